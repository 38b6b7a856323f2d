package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A DSSE envelope (secure-systems-lab/dsse, envelope.md and protocol.md v1).
 *
 * @param payloadType as in the envelope; it is signed with the payload
 * @param payload decoded once; what is verified is what is read
 * @param signatures decoded, at least one
 */
public record DsseEnvelope(String payloadType, byte[] payload, List<byte[]> signatures) implements BundleContent {

    public DsseEnvelope {
        signatures = List.copyOf(signatures);
    }

    public static DsseEnvelope parse(byte[] bytes) throws MalformedEvidenceException {
        return from(StrictJson.parseObject(bytes, "envelope", EvidenceLimits.MAX_ENVELOPE_BYTES));
    }

    static DsseEnvelope from(JsonObject json) throws MalformedEvidenceException {
        List<byte[]> signatures = new ArrayList<>();
        for (JsonValue entry : json.get("signatures").asArray("signatures", EvidenceLimits.MAX_ENVELOPE_SIGNATURES)) {
            String sig = entry.asObject("signatures[" + signatures.size() + "]").getString("sig");
            signatures.add(StrictBase64.decodeEither(sig, "sig"));
        }
        if (signatures.isEmpty()) {
            throw new MalformedEvidenceException("the envelope has no signatures");
        }
        String payloadType = json.getString("payloadType");
        return new DsseEnvelope(
                payloadType, StrictBase64.decodeEither(json.getString("payload"), "payload"), signatures);
    }

    /** What is signed: {@link #pae}. */
    public byte[] signedBytes() {
        return pae(payloadType, payload);
    }

    /** The pre-authentication encoding (protocol.md): {@code "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body}. */
    public static byte[] pae(String payloadType, byte[] payload) {
        byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + type.length + 32);
        out.writeBytes(("DSSEv1 " + type.length + " ").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(type);
        out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
