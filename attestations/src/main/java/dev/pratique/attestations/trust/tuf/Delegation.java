package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A role that targets metadata hands paths to (section 4.5).
 *
 * @param terminating whether nobody behind it is asked for the paths that are its own
 */
record Delegation(String name, RoleKeys keys, List<PathPattern> paths, List<String> hashPrefixes, boolean terminating) {
    private static final Set<String> TOP_LEVEL = Set.of("root", "timestamp", "snapshot", "targets", "mirrors");

    static Delegation of(JsonObject json, Map<String, TufKey> keys) throws MalformedEvidenceException {
        String name = json.getString("name");
        if (name.isEmpty() || name.length() > TufLimits.MAX_ROLE_NAME || TOP_LEVEL.contains(name)) {
            throw new MalformedEvidenceException("a delegated role's name is empty, too long, or a top-level role's");
        }
        boolean byPath = json.find("paths").isPresent();
        boolean byHash = json.find("path_hash_prefixes").isPresent();
        // "OPTIONAL, if used, exactly one of them should be set"; with neither it has no path at all.
        if (byPath && byHash) {
            throw new MalformedEvidenceException("a delegation has both paths and path_hash_prefixes");
        }
        return new Delegation(
                name, RoleKeys.of(json, keys), paths(json), prefixes(json), RootMetadata.flag(json, "terminating"));
    }

    private static List<PathPattern> paths(JsonObject json) throws MalformedEvidenceException {
        List<PathPattern> paths = new ArrayList<>();
        for (JsonValue path : json.arrayOrEmpty("paths", TufLimits.MAX_PATHS)) {
            paths.add(PathPattern.parse(path.asString("a path")));
        }
        return List.copyOf(paths);
    }

    private static List<String> prefixes(JsonObject json) throws MalformedEvidenceException {
        List<String> prefixes = new ArrayList<>();
        for (JsonValue one : json.arrayOrEmpty("path_hash_prefixes", TufLimits.MAX_PATHS)) {
            String prefix = one.asString("a prefix");
            if (!prefix.matches("[0-9a-f]{1,64}")) {
                throw new MalformedEvidenceException("a prefix of path_hash_prefixes is not lower-case hex");
            }
            prefixes.add(prefix);
        }
        return List.copyOf(prefixes);
    }

    /** Whether the role may speak about this path. */
    boolean covers(String path) {
        String hash = Digest.sha256(path.getBytes(StandardCharsets.UTF_8)).hex();
        return paths.stream().anyMatch(pattern -> pattern.matches(path))
                || hashPrefixes.stream().anyMatch(hash::startsWith);
    }
}
