package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Sigstore bundle of version 0.1, 0.2 or 0.3 (sigstore/protobuf-specs, sigstore_bundle.proto), read and not judged.
 *
 * <p>Members that the proto does not define are refused at every level, and so is every other spelling of those that it
 * does: ProtoJSON, "JSON parsers should reject unknown fields by default"; Sigstore's client-spec.md 5: "The bundle MUST use
 * lowerCamelCase rather than snake_case for keys", "Clients SHOULD NOT accept other variants". What one reader skips and
 * another takes would be two bundles in one.
 */
public record SigstoreBundle(BundleContent content, VerificationMaterial material) {
    private static final Set<String> MEMBERS =
            Set.of("mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope");
    private static final Set<String> OF_ENVELOPE = Set.of("payload", "payloadType", "signatures");
    private static final Set<String> OF_SIGNATURE = Set.of("sig", "keyid");

    /**
     * A bundle as a registry holds it.
     *
     * @throws MalformedEvidenceException also where the layer's media type is of another version than the bundle (BND-18)
     */
    public static SigstoreBundle read(EvidenceBytes evidence) throws MalformedEvidenceException {
        return parse(evidence.bytes(), Optional.of(evidence.mediaType()));
    }

    /** A bundle as a file holds it. */
    public static SigstoreBundle parse(byte[] bytes) throws MalformedEvidenceException {
        return parse(bytes, Optional.empty());
    }

    private static SigstoreBundle parse(byte[] bytes, Optional<String> announced) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "bundle", EvidenceLimits.MAX_ENVELOPE_BYTES);
        BundleVersion version = BundleVersion.of(json.getString("mediaType"));
        if (announced.isPresent() && !version.isAnnouncedBy(announced.get())) {
            throw new MalformedEvidenceException(
                    "the bundle is of version " + version + ", the layer's media type says otherwise");
        }
        json.requireOnly(MEMBERS, "the bundle");
        VerificationMaterial material = MaterialReader.read(json.getObject("verificationMaterial"), version);
        return new SigstoreBundle(content(json, material), material);
    }

    /** The envelope, where it holds one. */
    public Optional<DsseEnvelope> envelope() {
        return content.envelope();
    }

    /** The signature of a message, where it holds one. */
    public Optional<MessageSignature> message() {
        return content.message();
    }

    private static BundleContent content(JsonObject json, VerificationMaterial material)
            throws MalformedEvidenceException {
        Optional<JsonObject> envelope = json.findObject("dsseEnvelope");
        Optional<JsonObject> message = json.findObject("messageSignature");
        // protobuf: content is a oneof.
        if (envelope.isPresent() == message.isPresent()) {
            throw new MalformedEvidenceException("the bundle must hold one of dsseEnvelope and messageSignature");
        }
        return message.isPresent()
                ? MessageSignature.from(message.get())
                : envelope(envelope.orElseThrow(), material.keyHint());
    }

    private static DsseEnvelope envelope(JsonObject json, Optional<String> hint) throws MalformedEvidenceException {
        json.requireOnly(OF_ENVELOPE, "dsseEnvelope");
        List<JsonValue> signatures =
                json.get("signatures").asArray("signatures", EvidenceLimits.MAX_ENVELOPE_SIGNATURES);
        // sigstore_bundle.proto: "a client MUST reject an envelope if the number of signatures is not equal to one".
        if (signatures.size() != 1) {
            throw new MalformedEvidenceException("the bundle's envelope must have exactly one signature");
        }
        JsonObject signature = signatures.get(0).asObject("signatures[0]");
        signature.requireOnly(OF_SIGNATURE, "signatures[0]");
        Optional<String> keyId = signature.findString("keyid").filter(id -> !id.isEmpty());
        // sigstore_bundle.proto: "the key hints MUST be exactly the same in the verification material and in the DSSE
        // envelope". cosign writes no keyid, so only two that differ contradict each other.
        if (keyId.isPresent() && hint.isPresent() && !keyId.equals(hint)) {
            throw new MalformedEvidenceException("the envelope's keyid is not the hint of the verification material");
        }
        return DsseEnvelope.from(json);
    }
}
