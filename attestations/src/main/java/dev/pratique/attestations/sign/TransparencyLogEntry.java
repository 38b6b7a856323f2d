package dev.pratique.attestations.sign;

import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a transparency log answered to an upload, as evidence carries it (sigstore_rekor.proto, TransparencyLogEntry). Written,
 * not judged: {@link dev.pratique.attestations.transparency.LogEntry} reads it to be proved.
 *
 * @param logId by which trusted roots name the log
 * @param logIndex among all of the log's entries
 * @param kind of the body, with its version
 * @param integratedTime seconds since 1970; Rekor v2 says none
 * @param promise the signed entry timestamp; Rekor v2 makes none
 * @param body the canonicalised entry
 */
public record TransparencyLogEntry(
        byte[] logId,
        long logIndex,
        Kind kind,
        OptionalLong integratedTime,
        Optional<byte[]> promise,
        Optional<Proof> proof,
        byte[] body) {

    /** For example hashedrekord 0.0.1. */
    public record Kind(String name, String version) {}

    /**
     * That the body is in the log's tree.
     *
     * @param index in that tree
     * @param hashes from leaf to root
     * @param checkpoint the signed note
     */
    public record Proof(long index, long treeSize, byte[] rootHash, List<byte[]> hashes, String checkpoint) {
        public Proof {
            hashes = List.copyOf(hashes);
        }

        private Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("logIndex", Long.toString(index));
            json.put("rootHash", base64(rootHash));
            json.put("treeSize", Long.toString(treeSize));
            json.put("hashes", hashes.stream().map(TransparencyLogEntry::base64).toList());
            json.put("checkpoint", Map.of("envelope", checkpoint));
            return json;
        }
    }

    /** An element of a bundle's {@code tlogEntries}. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("logIndex", Long.toString(logIndex));
        json.put("logId", Map.of("keyId", base64(logId)));
        Map<String, Object> kindVersion = new LinkedHashMap<>();
        kindVersion.put("kind", kind.name());
        kindVersion.put("version", kind.version());
        json.put("kindVersion", kindVersion);
        integratedTime.ifPresent(seconds -> json.put("integratedTime", Long.toString(seconds)));
        promise.ifPresent(signed -> json.put("inclusionPromise", Map.of("signedEntryTimestamp", base64(signed))));
        proof.ifPresent(inclusion -> json.put("inclusionProof", inclusion.json()));
        json.put("canonicalizedBody", base64(body));
        return json;
    }

    /**
     * The annotation {@code dev.sigstore.cosign/bundle} (cosign SIGNATURE_SPEC.md); empty for an entry without a promise and its
     * time, which that form cannot say.
     */
    Optional<Map<String, Object>> cosignBundle() {
        if (promise.isEmpty() || integratedTime.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("body", base64(body));
        payload.put("integratedTime", integratedTime.getAsLong());
        payload.put("logIndex", logIndex);
        payload.put("logID", HexFormat.of().formatHex(logId));
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("SignedEntryTimestamp", base64(promise.get()));
        bundle.put("Payload", payload);
        return Optional.of(bundle);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
