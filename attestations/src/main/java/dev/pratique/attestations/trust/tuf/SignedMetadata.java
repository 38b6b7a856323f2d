package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A metadata file as it came (section 4.2.1). Nothing of it counts before {@link RoleKeys} has said that it is signed. */
final class SignedMetadata {
    /** RSA of 8192 bits. */
    private static final int MAX_SIGNATURE_BYTES = 1024;

    private final JsonObject signed;
    private final byte[] canonical;
    private final Map<String, byte[]> signatures;

    private SignedMetadata(JsonObject signed, byte[] canonical, Map<String, byte[]> signatures) {
        this.signed = signed;
        this.canonical = canonical;
        this.signatures = signatures;
    }

    static SignedMetadata parse(byte[] bytes, String what, int maxBytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, what, maxBytes);
        JsonObject signed = json.getObject("signed");
        List<JsonValue> listed = json.get("signatures").asArray("'signatures'", TufLimits.MAX_SIGNATURES);
        Map<String, byte[]> signatures = new LinkedHashMap<>();
        for (JsonValue one : listed) {
            JsonObject signature = one.asObject("a signature");
            // Section 4.2.1: "The keyid MUST be unique in the 'signatures' array".
            if (signatures.putIfAbsent(signature.getString("keyid"), hex(signature.getString("sig"))) != null) {
                throw new MalformedEvidenceException("two signatures have one keyid");
            }
        }
        return new SignedMetadata(signed, OlpcJson.encode(signed), signatures);
    }

    // Tools leave an empty one where a signer has not signed yet. What is no signature does not count, and spoils
    // nothing.
    private static byte[] hex(String text) {
        return HexText.decode(text, MAX_SIGNATURE_BYTES).orElseGet(() -> new byte[0]);
    }

    JsonObject signed() {
        return signed;
    }

    /** What the signatures are over. */
    byte[] canonical() {
        return canonical;
    }

    /** By keyid, in their order; without bytes where there is none. */
    Map<String, byte[]> signatures() {
        return signatures;
    }
}
