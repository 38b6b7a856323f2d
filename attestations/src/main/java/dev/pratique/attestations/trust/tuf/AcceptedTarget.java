package dev.pratique.attestations.trust.tuf;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A target as a whole update left it: what was trusted last, whatever came of later attempts.
 *
 * @param path of the target
 * @param content that the metadata names
 * @param roles the metadata that it rests on, by role, the root first
 * @param predatesPinnedRoot whether the newest root that the update saw is older than the pinned one, which all of the
 *     metadata was checked by all the same
 * @param updated when the update was
 */
public record AcceptedTarget(
        String path, byte[] content, Map<String, RoleState> roles, boolean predatesPinnedRoot, Instant updated) {
    /** As a {@link TufStore} keeps it. */
    public static final String NAME = "accepted.json";

    /**
     * One file of metadata.
     *
     * @param expires from then on it must not be trusted
     */
    public record RoleState(long version, Instant expires) {}

    public AcceptedTarget {
        content = content.clone();
        roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a target that rests on nothing");
        }
    }

    @Override
    public byte[] content() {
        return content.clone();
    }

    /** When the first of the metadata expires: from then on this is stale. */
    public Instant expires() {
        return roles.values().stream()
                .map(RoleState::expires)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /**
     * Whether this is of a later update of the same repository. A later root goes before a later timestamp: with its keys a
     * role may begin to count anew.
     */
    public boolean isNewerThan(AcceptedTarget other) {
        if (predatesPinnedRoot != other.predatesPinnedRoot) {
            return other.predatesPinnedRoot;
        }
        int root = Long.compare(version("root"), other.version("root"));
        return root > 0 || root == 0 && version("timestamp") > other.version("timestamp");
    }

    private long version(String role) {
        return Optional.ofNullable(roles.get(role)).map(RoleState::version).orElse(0L);
    }
}
