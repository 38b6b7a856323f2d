package dev.pratique.attestations.sign;

import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.statement.Statement;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A payload and one signature over its pre-authentication encoding (secure-systems-lab/dsse, protocol.md and envelope.md).
 *
 * @param signature as the signer made it
 */
public record SignedEnvelope(String payloadType, byte[] payload, byte[] signature) {

    /**
     * Signs an in-toto statement.
     *
     * @param statement the exact bytes that the envelope carries
     */
    public static SignedEnvelope sign(byte[] statement, Signer signer) throws SigningException {
        byte[] signature = signer.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, statement));
        return new SignedEnvelope(Statement.PAYLOAD_TYPE, statement, signature);
    }

    /** The envelope alone, as cosign's {@code .att} holds it. */
    public byte[] bytes() {
        return JsonWriter.bytes(json());
    }

    /** A Sigstore bundle v0.3 around the envelope (sigstore/protobuf-specs, sigstore_bundle.proto). */
    public byte[] bundle(SigningMaterial material) {
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", MediaType.BUNDLE_V03);
        bundle.put("verificationMaterial", material.json());
        bundle.put("dsseEnvelope", json());
        return JsonWriter.bytes(bundle);
    }

    private Map<String, Object> json() {
        Base64.Encoder base64 = Base64.getEncoder();
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("payload", base64.encodeToString(payload));
        envelope.put("payloadType", payloadType);
        envelope.put("signatures", List.of(Map.of("sig", base64.encodeToString(signature))));
        return envelope;
    }
}
