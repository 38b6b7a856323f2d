package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.testing.LogBodies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The forms in which Rekor v1 takes, keeps and answers with entries. */
final class Rekor1Form {
    private static final int MAX = 4 << 20;

    private Rekor1Form() {}

    /** What is kept of a proposed entry. */
    static byte[] canonical(JsonObject entry) throws MalformedEvidenceException {
        return entry.getString("kind").equals("dsse")
                ? envelopeBody(entry.getObject("spec").getObject("proposedContent"))
                : LogBodies.body("hashedrekord", "0.0.1", plain(entry.getObject("spec")));
    }

    static String id(byte[] canonical) {
        return "108e9186e8c5677a" + HexFormat.of().formatHex(Hash.SHA_256.of(canonical));
    }

    private static Map<String, Object> plain(JsonObject spec) {
        return new LinkedHashMap<>(spec.members());
    }

    private static byte[] envelopeBody(JsonObject content) throws MalformedEvidenceException {
        byte[] text = content.getString("envelope").getBytes(StandardCharsets.UTF_8);
        JsonObject envelope = StrictJson.parseObject(text, "envelope", MAX);
        byte[] payload = Base64.getDecoder().decode(envelope.getString("payload"));
        String signature =
                envelope.arrayOrEmpty("signatures", 9).get(0).asObject("sig").getString("sig");
        String verifier = content.arrayOrEmpty("verifiers", 9).get(0).asString("verifier");
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("envelopeHash", hash(text));
        spec.put("payloadHash", hash(payload));
        spec.put("signatures", List.of(Map.of("signature", signature, "verifier", verifier)));
        return LogBodies.body("dsse", "0.0.1", spec);
    }

    private static Map<String, Object> hash(byte[] bytes) {
        String hex = HexFormat.of().formatHex(Hash.SHA_256.of(bytes));
        return Map.of("algorithm", "sha256", "value", hex);
    }

    /**
     * An entry as Rekor v1 answers with it, out of the form that bundles have.
     *
     * @param proved whether its inclusion is
     */
    static Map<String, Object> answered(Map<String, Object> bundled, boolean proved) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("body", bundled.get("canonicalizedBody"));
        entry.put("integratedTime", Long.parseLong(String.valueOf(bundled.get("integratedTime"))));
        entry.put("logID", hex(inner(bundled, "logId").get("keyId")));
        entry.put("logIndex", Long.parseLong(String.valueOf(bundled.get("logIndex"))));
        Map<String, Object> proof = inner(bundled, "inclusionProof");
        Map<String, Object> inclusion = new LinkedHashMap<>();
        inclusion.put("checkpoint", inner(proof, "checkpoint").get("envelope"));
        List<Object> hashes = new ArrayList<>();
        for (Object hash : (List<?>) proof.get("hashes")) {
            hashes.add(hex(hash));
        }
        inclusion.put("hashes", hashes);
        inclusion.put("logIndex", Long.parseLong(String.valueOf(proof.get("logIndex"))));
        inclusion.put("rootHash", hex(proof.get("rootHash")));
        inclusion.put("treeSize", Long.parseLong(String.valueOf(proof.get("treeSize"))));
        Map<String, Object> verification = new LinkedHashMap<>();
        if (proved) {
            verification.put("inclusionProof", inclusion);
        }
        verification.put(
                "signedEntryTimestamp", inner(bundled, "inclusionPromise").get("signedEntryTimestamp"));
        entry.put("verification", verification);
        return entry;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> inner(Map<String, Object> map, String name) {
        return (Map<String, Object>) map.get(name);
    }

    private static String hex(Object base64) {
        return HexFormat.of().formatHex(Base64.getDecoder().decode(String.valueOf(base64)));
    }
}
