package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.trust.tuf.AcceptedTarget.RoleState;
import dev.pratique.attestations.trust.tuf.MetaFiles.MetaFile;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Timestamp, snapshot and targets under one root at one moment (sections 5.4 to 5.6). Each is kept as soon as it is trusted,
 * so that the next update cannot be led behind it, whatever becomes of this one.
 */
final class MetadataUpdate {
    private final RootMetadata root;
    private final RepositoryNames names;
    private final TufStore store;
    private final TufFetcher fetcher;
    private final Instant now;
    private final Map<String, RoleState> trusted = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    MetadataUpdate(RootMetadata root, TufStore store, TufFetcher fetcher, Instant now) throws TufException {
        this.root = root;
        this.names = new RepositoryNames(root.consistentSnapshot());
        this.store = store;
        this.fetcher = fetcher;
        this.now = now;
        trust("root", "root.json", root.head());
    }

    RepositoryNames names() {
        return names;
    }

    /** All that this update has come to trust, in order. */
    Map<String, RoleState> trusted() {
        return trusted;
    }

    /** The files of that but the root's, by their names in a store. */
    Map<String, byte[]> files() {
        return files;
    }

    private void trust(String role, String what, MetadataHead head) throws TufException {
        head.notExpired(now, what);
        trusted.put(role, new RoleState(head.version(), head.expires()));
    }

    /** Section 5.4. */
    MetaFiles timestamp() throws TufException {
        String what = "timestamp.json";
        MetadataForm<MetaFiles> form = MetaFiles::timestamp;
        Optional<byte[]> keptBytes = store.read(what);
        Optional<MetaFiles> before = kept(keptBytes, form, root.timestamp(), TufLimits.MAX_TIMESTAMP_BYTES);
        byte[] bytes = there(fetcher.metadata(what, TufLimits.MAX_TIMESTAMP_BYTES), what);
        MetaFiles fresh = form.verified(bytes, root.timestamp(), what, TufLimits.MAX_TIMESTAMP_BYTES);
        if (before.isPresent()) {
            long known = before.get().head().version();
            if (fresh.head().version() < known) {
                throw rollback(what, fresh.head().version(), known);
            }
            // Section 5.4.3.1: "In case they are equal, discard the new timestamp metadata".
            if (fresh.head().version() == known) {
                trust("timestamp", what, before.get().head());
                files.put(what, keptBytes.orElseThrow());
                return before.get();
            }
            notOlder(before.get(), fresh);
        }
        trust("timestamp", what, fresh.head());
        keep(what, bytes);
        return fresh;
    }

    /** Section 5.5. */
    MetaFiles snapshot(MetaFiles timestamp) throws TufException {
        MetaFile announced = announced(timestamp, "snapshot.json");
        MetadataForm<MetaFiles> form = metadata -> MetaFiles.of(metadata, "snapshot");
        Optional<byte[]> keptBytes = store.read("snapshot.json");
        Optional<MetaFiles> before = kept(keptBytes, form, root.snapshot(), TufLimits.MAX_SNAPSHOT_BYTES);
        if (before.isPresent()
                && before.get().head().version() == announced.version()
                && announced.hashes().match(keptBytes.orElseThrow())) {
            trust("snapshot", "snapshot.json", before.get().head());
            files.put("snapshot.json", keptBytes.orElseThrow());
            return before.get();
        }
        byte[] bytes = fetched("snapshot", announced, TufLimits.MAX_SNAPSHOT_BYTES);
        MetaFiles fresh = form.verified(bytes, root.snapshot(), "snapshot.json", TufLimits.MAX_SNAPSHOT_BYTES);
        isVersion(fresh.head(), announced, "snapshot.json");
        if (before.isPresent()) {
            notOlder(before.get(), fresh);
        }
        trust("snapshot", "snapshot.json", fresh.head());
        keep("snapshot.json", bytes);
        return fresh;
    }

    /** The top-level targets: sections 5.6.1 to 5.6.6. */
    TargetsMetadata targets(MetaFiles snapshot) throws TufException {
        return targets("targets", "targets.json", root.targets(), snapshot);
    }

    /** A delegated role, by the keys that the role above it names. */
    TargetsMetadata delegated(Delegation delegation, MetaFiles snapshot) throws TufException {
        return targets(delegation.name(), RepositoryNames.stored(delegation.name()), delegation.keys(), snapshot);
    }

    private TargetsMetadata targets(String role, String storedAs, RoleKeys keys, MetaFiles snapshot)
            throws TufException {
        MetaFile announced = announced(snapshot, role + ".json");
        String what = RepositoryNames.printable(role + ".json");
        MetadataForm<TargetsMetadata> form = TargetsMetadata::of;
        Optional<byte[]> keptBytes = store.read(storedAs);
        Optional<TargetsMetadata> before = kept(keptBytes, form, keys, TufLimits.MAX_TARGETS_BYTES);
        if (before.isPresent()
                && before.get().head().version() == announced.version()
                && announced.hashes().match(keptBytes.orElseThrow())) {
            trust(role, what, before.get().head());
            files.put(storedAs, keptBytes.orElseThrow());
            return before.get();
        }
        byte[] bytes = fetched(role, announced, TufLimits.MAX_TARGETS_BYTES);
        TargetsMetadata fresh = form.verified(bytes, keys, what, TufLimits.MAX_TARGETS_BYTES);
        isVersion(fresh.head(), announced, what);
        trust(role, what, fresh.head());
        keep(storedAs, bytes);
        return fresh;
    }

    private void keep(String name, byte[] bytes) throws TufException {
        store.write(name, bytes);
        files.put(name, bytes);
    }

    /** What is kept and still signed by the role's keys; anything else is as if it were not there. */
    private static <T> Optional<T> kept(Optional<byte[]> bytes, MetadataForm<T> form, RoleKeys keys, int maxBytes) {
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(form.verified(bytes.get(), keys, "what is kept", maxBytes));
        } catch (TufException otherKeysOrDamaged) {
            return Optional.empty();
        }
    }

    private byte[] fetched(String role, MetaFile announced, int max) throws TufException {
        String name = names.metadata(role, announced.version());
        byte[] bytes = there(fetcher.metadata(name, announced.hashes().limit(max)), name);
        announced.hashes().check(bytes, name);
        return bytes;
    }

    private static byte[] there(Optional<byte[]> answer, String what) throws TufException {
        return answer.orElseThrow(() -> new TufException(Reason.MISSING, "the repository has no " + what));
    }

    private static MetaFile announced(MetaFiles by, String name) throws TufException {
        return by.file(name)
                .orElseThrow(() ->
                        new TufException(Reason.MISSING, "the snapshot names no " + RepositoryNames.printable(name)));
    }

    // Sections 5.5.4 and 5.6.4.
    private static void isVersion(MetadataHead head, MetaFile announced, String what) throws TufException {
        if (head.version() != announced.version()) {
            throw new TufException(
                    Reason.MISMATCH,
                    what + " is version " + head.version() + ", and version " + announced.version() + " was announced");
        }
    }

    // Sections 5.4.3.2 and 5.5.5: no version goes back, and no file is left out.
    private static void notOlder(MetaFiles before, MetaFiles fresh) throws TufException {
        for (Map.Entry<String, MetaFile> entry : before.files().entrySet()) {
            String what = RepositoryNames.printable(entry.getKey());
            MetaFile now = fresh.file(entry.getKey())
                    .orElseThrow(() -> new TufException(Reason.ROLLBACK, what + " is no longer named"));
            if (now.version() < entry.getValue().version()) {
                throw rollback(what, now.version(), entry.getValue().version());
            }
        }
    }

    private static TufException rollback(String what, long version, long known) {
        return new TufException(
                Reason.ROLLBACK, what + " is version " + version + ", and version " + known + " was already trusted");
    }
}
