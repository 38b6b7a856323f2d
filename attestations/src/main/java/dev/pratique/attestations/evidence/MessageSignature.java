package dev.pratique.attestations.evidence;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.key.Hash;
import java.util.Set;

/**
 * A signature of a message that is not in the bundle (sigstore_common.proto, MessageSignature).
 *
 * @param algorithm of the digest
 * @param digest what the signer says the message's digest is. sigstore_common.proto: "Clients MUST NOT attempt to use this
 *     digest to verify the associated signature; it is intended solely for identification"
 * @param signature over the message
 */
public record MessageSignature(Hash algorithm, byte[] digest, byte[] signature) implements BundleContent {
    private static final Set<String> MEMBERS = Set.of("messageDigest", "signature");
    private static final Set<String> OF_DIGEST = Set.of("algorithm", "digest");

    static MessageSignature from(JsonObject json) throws MalformedEvidenceException {
        json.requireOnly(MEMBERS, "messageSignature");
        JsonObject identified = json.getObject("messageDigest");
        identified.requireOnly(OF_DIGEST, "messageDigest");
        Hash algorithm = algorithm(identified.getString("algorithm"));
        byte[] digest = StrictBase64.decodeEither(identified.getString("digest"), "messageDigest.digest");
        if (digest.length != algorithm.bytes()) {
            throw new MalformedEvidenceException(
                    "messageDigest is " + digest.length + " bytes long, not " + algorithm.bytes());
        }
        byte[] signature = StrictBase64.decodeEither(json.getString("signature"), "messageSignature.signature");
        if (signature.length == 0) {
            throw new MalformedEvidenceException("messageSignature.signature is empty");
        }
        return new MessageSignature(algorithm, digest, signature);
    }

    // client-spec.md 5: "The bundle MUST use the string representation for enum values".
    private static Hash algorithm(String name) throws MalformedEvidenceException {
        return switch (name) {
            case "SHA2_256" -> Hash.SHA_256;
            case "SHA2_384" -> Hash.SHA_384;
            case "SHA2_512" -> Hash.SHA_512;
            default ->
                throw new MalformedEvidenceException(
                        "messageDigest's algorithm is none of SHA2_256, SHA2_384, SHA2_512");
        };
    }
}
