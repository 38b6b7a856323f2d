package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.util.Map;

/**
 * root.json (section 4.3): who signs for which role.
 *
 * @param consistentSnapshot whether files are named with their version or hash
 */
record RootMetadata(
        MetadataHead head,
        boolean consistentSnapshot,
        RoleKeys root,
        RoleKeys timestamp,
        RoleKeys snapshot,
        RoleKeys targets) {

    static RootMetadata of(SignedMetadata metadata) throws MalformedEvidenceException {
        JsonObject signed = metadata.signed();
        MetadataHead head = MetadataHead.of(signed, "root");
        Map<String, TufKey> keys = RoleKeys.keysOf(signed.getObject("keys"));
        JsonObject roles = signed.getObject("roles");
        return new RootMetadata(
                head,
                flag(signed, "consistent_snapshot"),
                RoleKeys.of(roles.getObject("root"), keys),
                RoleKeys.of(roles.getObject("timestamp"), keys),
                RoleKeys.of(roles.getObject("snapshot"), keys),
                RoleKeys.of(roles.getObject("targets"), keys));
    }

    /** A boolean that is false where it is absent. */
    static boolean flag(JsonObject json, String name) throws MalformedEvidenceException {
        if (json.find(name).isEmpty()) {
            return false;
        }
        if (json.get(name) instanceof JsonValue.JsonBoolean bool) {
            return bool.value();
        }
        throw new MalformedEvidenceException("'" + name + "' is neither true nor false");
    }

    /** Section 5.3.11: whether a key of the timestamp or the snapshot was taken away on the way to the later root. */
    boolean onlineKeysTakenBy(RootMetadata later) {
        return timestamp.hasKeyOutside(later.timestamp) || snapshot.hasKeyOutside(later.snapshot);
    }
}
