package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.time.Instant;
import java.util.Optional;

/**
 * Obtains one file of a repository by TUF's client workflow (specification 1.0.33, section 5). The rules are here; bytes come
 * from a {@link TufFetcher} and are kept in a {@link TufStore}. For one update at a time.
 */
public final class TufClient {
    private final byte[] pinnedRoot;
    private final TufStore store;

    /** @param pinnedRoot the root metadata that all trust begins with; it may have expired (section 5.2) */
    public TufClient(byte[] pinnedRoot, TufStore store) {
        this.pinnedRoot = pinnedRoot.clone();
        this.store = store;
    }

    /** Whether a target is what it is wanted for. */
    @FunctionalInterface
    public interface Use {
        /** @throws MalformedEvidenceException where it is not, and must not take the place of the one before */
        void check(byte[] content) throws MalformedEvidenceException;
    }

    /**
     * The target as the repository has it now.
     *
     * @param path for example {@code trusted_root.json}
     * @param now the one moment at which everything is compared (section 5.1)
     * @throws TufException where it could not be had or must not be trusted; {@link #accepted} is then as it was
     */
    public AcceptedTarget update(String path, TufFetcher fetcher, Use use, Instant now) throws TufException {
        RepositoryNames.checkTarget(path);
        RootChain chain = new RootChain(pinnedRoot);
        RootMetadata root = chain.update(store, fetcher);
        MetadataUpdate update = new MetadataUpdate(root, store, fetcher, now);
        MetaFiles snapshot = update.snapshot(update.timestamp());
        FileHashes hashes = new TargetSearch(update, snapshot).find(path);
        byte[] content = content(path, hashes, update.names(), fetcher);
        try {
            use.check(content);
        } catch (MalformedEvidenceException e) {
            throw new TufException(Reason.MALFORMED, path + " cannot be used: " + e.getMessage(), e);
        }
        keep(new KeptUpdate(path, content, chain.roots(), update.files(), now));
        return new AcceptedTarget(path, content, update.trusted(), false, now);
    }

    private void keep(KeptUpdate update) throws TufException {
        KeptUpdate whole = earlier().map(update::after).orElse(update);
        byte[] json = whole.toJson();
        if (!KeptUpdate.fits(whole, json)) {
            whole = update;
            json = whole.toJson();
        }
        if (!KeptUpdate.fits(whole, json)) {
            throw new TufException(
                    Reason.TOO_LARGE,
                    "the metadata and the target come to more than is kept: " + TufLimits.MAX_KEPT_ROOTS
                            + " roots, and " + TufLimits.MAX_KEPT_BYTES + " bytes in base64");
        }
        store.write(AcceptedTarget.NAME, json);
    }

    // Of it only the roots are taken over, and who reads them checks them. A damaged file is replaced.
    private Optional<KeptUpdate> earlier() throws TufException {
        Optional<byte[]> kept = store.read(AcceptedTarget.NAME);
        try {
            return kept.isPresent() ? Optional.of(KeptUpdate.parse(kept.get())) : Optional.empty();
        } catch (MalformedEvidenceException damaged) {
            return Optional.empty();
        }
    }

    // Section 5.7.
    private byte[] content(String path, FileHashes hashes, RepositoryNames names, TufFetcher fetcher)
            throws TufException {
        Optional<byte[]> before = knownContent(path);
        if (before.isPresent() && hashes.match(before.get())) {
            return before.get();
        }
        String name = names.target(path, hashes.digests().get(0));
        byte[] content = fetcher.target(name, hashes.limit(TufLimits.MAX_TARGET_BYTES))
                .orElseThrow(() -> new TufException(Reason.MISSING, "the repository has no target " + name));
        hashes.check(content, name);
        return content;
    }

    // A damaged file is replaced by what comes now, rather than standing in its way.
    private Optional<byte[]> knownContent(String path) {
        try {
            return accepted(path).map(AcceptedTarget::content);
        } catch (TufException damaged) {
            return Optional.empty();
        }
    }

    /**
     * What the last whole update left, checked from the pinned root on, without asking anybody and whether or not it has
     * expired. Empty where there was none, or it does not follow from the pinned root.
     *
     * @throws TufException STORE where what is kept cannot be read, or began with this very root and does not hold
     */
    public Optional<AcceptedTarget> accepted(String path) throws TufException {
        return accepted(pinnedRoot, path, store.read(AcceptedTarget.NAME));
    }

    /**
     * The same, for who read the store's file {@link AcceptedTarget#NAME} and updates nothing.
     *
     * @param kept empty where there is no such file
     */
    public static Optional<AcceptedTarget> accepted(byte[] pinnedRoot, String path, Optional<byte[]> kept)
            throws TufException {
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        KeptUpdate update;
        try {
            update = KeptUpdate.parse(kept.get());
        } catch (MalformedEvidenceException e) {
            throw new TufException(Reason.STORE, "what is kept of the last update is damaged: " + e.getMessage(), e);
        }
        return update.accepted(pinnedRoot, path);
    }

    /**
     * Version and expiry of the pinned root itself.
     *
     * @throws TufException where it is no root metadata, or not signed by its own keys
     */
    public static AcceptedTarget.RoleState pinned(byte[] pinnedRoot) throws TufException {
        MetadataHead head =
                RootChain.read(pinnedRoot, "root.json", Optional.empty()).head();
        return new AcceptedTarget.RoleState(head.version(), head.expires());
    }
}
