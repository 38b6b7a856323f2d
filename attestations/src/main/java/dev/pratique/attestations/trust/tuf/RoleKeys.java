package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who signs for a role. A keyid is a name within one file, and nothing rests on it: keys are counted by what they are. (The
 * specification's section 4.3 wants it to be the key's hash; Sigstore's own roots are not so, the reference implementation
 * and TAP 12 do not ask for it.)
 */
final class RoleKeys {
    private final Map<String, TufKey> keys;
    private final int threshold;

    private RoleKeys(Map<String, TufKey> keys, int threshold) {
        this.keys = keys;
        this.threshold = threshold;
    }

    /**
     * The keys of a file, those alone that can be used.
     *
     * @param json keyid to key
     */
    static Map<String, TufKey> keysOf(JsonObject json) throws MalformedEvidenceException {
        if (json.members().size() > TufLimits.MAX_KEYS) {
            throw new MalformedEvidenceException("more than " + TufLimits.MAX_KEYS + " keys");
        }
        Map<String, TufKey> keys = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> entry : json.members().entrySet()) {
            Optional<TufKey> key = TufKey.of(entry.getValue().asObject("a key"));
            key.ifPresent(usable -> keys.put(entry.getKey(), usable));
        }
        return keys;
    }

    /** @param role has {@code keyids} and {@code threshold} */
    static RoleKeys of(JsonObject role, Map<String, TufKey> keys) throws MalformedEvidenceException {
        // TUF-01; section 4.3: "THRESHOLD must be a positive integer number of keys (>=1)".
        long threshold = role.get("threshold").asSize("'threshold'");
        if (threshold < 1) {
            throw new MalformedEvidenceException("'threshold' is 0: anything would be signed by enough keys");
        }
        Map<String, TufKey> own = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        List<JsonValue> keyids = role.get("keyids").asArray("'keyids'", TufLimits.MAX_KEYIDS);
        for (JsonValue one : keyids) {
            String keyid = one.asString("a keyid");
            if (!seen.add(keyid)) {
                throw new MalformedEvidenceException("a role has one keyid twice");
            }
            TufKey key = keys.get(keyid);
            if (key != null) {
                own.put(keyid, key);
            }
        }
        return new RoleKeys(own, (int) Math.min(threshold, Integer.MAX_VALUE));
    }

    /**
     * Holds where enough of the keys signed it, each counted once: sections 5.3.4, 5.4.2, 5.5.3 and 5.6.3.
     *
     * @param what the file's name, for people
     * @throws TufException SIGNATURES
     */
    void verify(SignedMetadata metadata, String what) throws TufException {
        Set<Digest> signers = new HashSet<>();
        metadata.signatures().forEach((keyid, signature) -> {
            TufKey key = keys.get(keyid);
            // TUF-02: one key under two keyids is one.
            if (key != null && !signers.contains(key.id()) && key.signed(metadata.canonical(), signature)) {
                signers.add(key.id());
            }
        });
        if (signers.size() < threshold) {
            throw new TufException(
                    Reason.SIGNATURES,
                    what + " is signed by " + signers.size() + " of the keys of its role, and " + threshold
                            + " must sign it");
        }
    }

    /** Whether one of these keys is not among the others. */
    boolean hasKeyOutside(RoleKeys others) {
        return !others.ids().containsAll(ids());
    }

    private Set<Digest> ids() {
        return keys.values().stream().map(TufKey::id).collect(Collectors.toUnmodifiableSet());
    }
}
