package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A whole update as it is kept, in one file: its target and all the metadata that the target rests on. Nothing of it counts
 * but what {@link #accepted} has checked from a pinned root on, by the rules by which a repository's answers are checked.
 *
 * @param roots by their versions, one after the other
 * @param files all other metadata, by the name in a {@link TufStore}
 * @param updated when the update was
 */
record KeptUpdate(
        String path, byte[] content, SortedMap<Long, byte[]> roots, Map<String, byte[]> files, Instant updated) {

    KeptUpdate {
        content = content.clone();
        roots = Collections.unmodifiableSortedMap(new TreeMap<>(roots));
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("an update that no root is behind");
        }
    }

    /**
     * The update, as far as the pinned root vouches for it. That metadata has expired is no reason against it: it says how
     * old the update is. Empty for another target, and for an update that does not follow from the pinned root: another
     * repository's, or signed by keys that the pinned root no longer has.
     *
     * @throws TufException STORE where it began with this very root and does not hold; another where the pinned root is none
     */
    Optional<AcceptedTarget> accepted(byte[] pinnedRoot, String wanted) throws TufException {
        RootChain chain = new RootChain(pinnedRoot);
        if (!path.equals(wanted)) {
            return Optional.empty();
        }
        long pinned = chain.version();
        try {
            MetadataUpdate update = new MetadataUpdate(
                    chain.follow(roots.tailMap(pinned + 1).values()), new Replay(), new Replay(), Instant.MIN);
            new TargetSearch(update, update.snapshot(update.timestamp()))
                    .find(path)
                    .check(content, path);
            return Optional.of(new AcceptedTarget(path, content, update.trusted(), roots.lastKey() < pinned, updated));
        } catch (TufException e) {
            if (!has(pinned, pinnedRoot)) {
                return Optional.empty();
            }
            throw new TufException(Reason.STORE, "what is kept of the last update does not hold: " + e.getMessage(), e);
        }
    }

    private boolean has(long version, byte[] root) {
        byte[] known = roots.get(version);
        return known != null && Arrays.equals(known, root);
    }

    /** What is kept, answering as the repository did. */
    private final class Replay implements TufStore, TufFetcher {
        @Override
        public Optional<byte[]> read(String name) {
            return Optional.ofNullable(files.get(name));
        }

        @Override
        public Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
            if (name.equals("timestamp.json")) {
                return read(name);
            }
            // Asked for only where what was read is not what the metadata above it names, or its role did not sign it.
            throw new TufException(
                    Reason.MISMATCH, RepositoryNames.printable(name) + " is not as it was announced and signed");
        }

        @Override
        public Optional<byte[]> target(String path, int maxBytes) {
            return Optional.of(content);
        }

        @Override
        public void write(String name, byte[] bytes) {
            // It is there already.
        }

        @Override
        public void delete(String name) {
            // Nothing is found to be too old here that was not then.
        }
    }

    /**
     * The same with the roots of an earlier one before its own, where they led to the same root: a program that pins one of
     * those still finds its way.
     */
    KeptUpdate after(KeptUpdate earlier) {
        long first = roots.firstKey();
        byte[] pinned = roots.get(first);
        if (pinned == null || !earlier.has(first, pinned)) {
            return this;
        }
        TreeMap<Long, byte[]> all = new TreeMap<>(earlier.roots.headMap(first));
        all.putAll(roots);
        return new KeptUpdate(path, content, all, files, updated);
    }

    /** Whether it may be written: {@link #parse} reads no more. */
    static boolean fits(KeptUpdate update, byte[] json) {
        return update.roots.size() <= TufLimits.MAX_KEPT_ROOTS && json.length <= TufLimits.MAX_KEPT_BYTES;
    }

    byte[] toJson() {
        Map<String, Object> chain = new LinkedHashMap<>();
        roots.forEach((version, root) -> chain.put(Long.toString(version), base64(root)));
        Map<String, Object> metadata = new LinkedHashMap<>();
        files.forEach((name, file) -> metadata.put(name, base64(file)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path);
        json.put("updated", updated.toString());
        json.put("roots", chain);
        json.put("metadata", metadata);
        json.put("content", base64(content));
        return JsonWriter.bytes(json);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static KeptUpdate parse(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, AcceptedTarget.NAME, TufLimits.MAX_KEPT_BYTES);
        SortedMap<Long, byte[]> roots = new TreeMap<>();
        Map<String, JsonValue> chain = json.getObject("roots").members();
        if (chain.isEmpty() || chain.size() > TufLimits.MAX_KEPT_ROOTS) {
            throw new MalformedEvidenceException(AcceptedTarget.NAME + " has no root, or too many");
        }
        for (Map.Entry<String, JsonValue> root : chain.entrySet()) {
            if (!root.getKey().matches("[1-9][0-9]{0,17}")) {
                throw new MalformedEvidenceException(AcceptedTarget.NAME + " has a root without a version");
            }
            roots.put(Long.parseLong(root.getKey()), bytes(root.getValue()));
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> file :
                json.getObject("metadata").members().entrySet()) {
            files.put(file.getKey(), bytes(file.getValue()));
        }
        return new KeptUpdate(
                json.getString("path"),
                StrictBase64.decode(json.getString("content"), "'content'"),
                roots,
                files,
                instant(json.getString("updated")));
    }

    private static byte[] bytes(JsonValue value) throws MalformedEvidenceException {
        return StrictBase64.decode(value.asString("a file"), "a file");
    }

    private static Instant instant(String text) throws MalformedEvidenceException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedEvidenceException(AcceptedTarget.NAME + " has a date that is none", e);
        }
    }
}
