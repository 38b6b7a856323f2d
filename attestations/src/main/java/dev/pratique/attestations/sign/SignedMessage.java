package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.Hash;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A signature over bytes as they are: a plain artifact, or the payload of cosign's older signatures (sigstore_common.proto,
 * MessageSignature).
 *
 * @param algorithm of the digest
 * @param digest of the message, by which it is known
 * @param signature over the message
 */
public record SignedMessage(Hash algorithm, byte[] digest, byte[] signature) {

    /** Signs it, and names it by the hash that the key signs with. */
    public static SignedMessage sign(byte[] message, Signer signer) throws SigningException {
        Hash hash = signer.algorithm().hash();
        return new SignedMessage(hash, hash.of(message), signer.sign(message));
    }

    /** A Sigstore bundle v0.3 (sigstore/protobuf-specs, sigstore_bundle.proto). */
    public byte[] bundle(SigningMaterial material) {
        Base64.Encoder base64 = Base64.getEncoder();
        Map<String, Object> identified = new LinkedHashMap<>();
        // sigstore_common.proto, HashAlgorithm.
        identified.put("algorithm", "SHA2_" + 8 * algorithm.bytes());
        identified.put("digest", base64.encodeToString(digest));
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("messageDigest", identified);
        message.put("signature", base64.encodeToString(signature));
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", MediaType.BUNDLE_V03);
        bundle.put("verificationMaterial", material.json());
        bundle.put("messageSignature", message);
        return JsonWriter.bytes(bundle);
    }
}
