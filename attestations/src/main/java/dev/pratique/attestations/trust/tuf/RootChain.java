package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** From the root that was pinned to the newest, each signed by the one before it and by itself (section 5.3). */
final class RootChain {
    private final SortedMap<Long, byte[]> roots = new TreeMap<>();
    private RootMetadata trusted;

    /** @throws TufException where the pinned root is none, or has not signed itself */
    RootChain(byte[] pinned) throws TufException {
        this.trusted = read(pinned, "the pinned root.json", Optional.empty());
        roots.put(version(), pinned);
    }

    /** Of the root that it has come to. */
    long version() {
        return trusted.head().version();
    }

    /** All from the pinned one to the last, by version. */
    SortedMap<Long, byte[]> roots() {
        return roots;
    }

    /**
     * The last of these roots.
     *
     * @throws TufException where one of them does not follow from the one before it
     */
    RootMetadata follow(Collection<byte[]> later) throws TufException {
        for (byte[] next : later) {
            step(successor(next), next);
        }
        return trusted;
    }

    private void step(RootMetadata next, byte[] bytes) {
        trusted = next;
        roots.put(version(), bytes);
    }

    /** What earlier updates came to. It is checked again, link by link: a store that was damaged ends the chain there. */
    private void kept(TufStore store) throws TufException {
        for (Optional<byte[]> next = store.read(nextName()); next.isPresent(); next = store.read(nextName())) {
            try {
                step(successor(next.get()), next.get());
            } catch (TufException damaged) {
                return;
            }
        }
    }

    /** Steps 5.3.3 to 5.3.9. */
    RootMetadata update(TufStore store, TufFetcher fetcher) throws TufException {
        kept(store);
        for (int i = 0; i < TufLimits.MAX_ROTATIONS; i++) {
            Optional<byte[]> next = fetcher.metadata(nextName(), TufLimits.MAX_ROOT_BYTES);
            if (next.isEmpty()) {
                return trusted;
            }
            RootMetadata successor = successor(next.get());
            // Section 5.3.11, before the root is kept: an end between the two must not leave the old files behind.
            if (trusted.onlineKeysTakenBy(successor)) {
                store.delete("timestamp.json");
                store.delete("snapshot.json");
            }
            store.write(nextName(), next.get());
            step(successor, next.get());
        }
        return trusted;
    }

    private RootMetadata successor(byte[] bytes) throws TufException {
        RootMetadata next = read(bytes, nextName(), Optional.of(trusted.root()));
        // Section 5.3.5: "exactly the version in the trusted root metadata (version N) incremented by one".
        if (next.head().version() != version() + 1) {
            throw new TufException(
                    Reason.ROLLBACK, nextName() + " is version " + next.head().version());
        }
        return next;
    }

    // Section 5.3.4: a threshold of the keys of the root before it, and of its own.
    static RootMetadata read(byte[] bytes, String what, Optional<RoleKeys> before) throws TufException {
        try {
            SignedMetadata metadata = SignedMetadata.parse(bytes, what, TufLimits.MAX_ROOT_BYTES);
            if (before.isPresent()) {
                before.get().verify(metadata, what);
            }
            RootMetadata root = RootMetadata.of(metadata);
            root.root().verify(metadata, what);
            return root;
        } catch (MalformedEvidenceException e) {
            throw new TufException(Reason.MALFORMED, what + ": " + e.getMessage(), e);
        }
    }

    private String nextName() {
        return version() + 1 + ".root.json";
    }
}
