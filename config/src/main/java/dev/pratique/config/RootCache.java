package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.trust.tuf.AcceptedTarget;
import dev.pratique.attestations.trust.tuf.TufClient;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;

/**
 * Where refreshed roots are kept between updates, a directory of mode 0700 for each repository. It asks nobody: who updates
 * brings a {@link TufFetcher}. Thread safe.
 */
public final class RootCache {
    private static final String LOCK = "lock";

    private final Path directory;

    /** @param directory absolute; it may not exist yet */
    public RootCache(Path directory) {
        this.directory = directory;
    }

    /** The one of a configuration: beside what the proxy keeps. */
    public static RootCache of(ProxySettings.Storage storage) {
        return new RootCache(storage.directory().resolve("trust"));
    }

    /**
     * A root as it stands.
     *
     * @param json its {@code trusted_root.json}
     * @param accepted the update that it is of; empty: it came with the program
     * @param expires when the first of the metadata behind it expires, or expired
     * @param trouble why what is kept could not be used
     */
    public record Standing(
            byte[] json,
            TrustedRoot material,
            Optional<AcceptedTarget> accepted,
            Instant expires,
            Optional<String> trouble) {

        /** Whether nothing vouches any more that it is the newest. */
        public boolean isStale(Instant now) {
            return !expires.isAfter(now);
        }
    }

    /** The file that changes with every update of a root. */
    public Path fileOf(RefreshedRoot root) {
        return directory.resolve(root.directory()).resolve(AcceptedTarget.NAME);
    }

    /**
     * What the last update left of it, or what came with the program. Empty where there is neither: it was never fetched.
     *
     * @throws TufException where there is neither, and what is kept cannot be used, or the pinned root is none
     */
    public Optional<Standing> standing(RefreshedRoot root) throws TufException {
        TufDirectory own = new TufDirectory(directory.resolve(root.directory()));
        return standing(root, () -> own.read(AcceptedTarget.NAME));
    }

    /** Reads what {@link #fileOf} names. */
    @FunctionalInterface
    interface Kept {
        /**
         * @return empty where there is no such file
         * @throws TufException STORE where there is one and it cannot be read
         */
        Optional<byte[]> read() throws TufException;
    }

    /** The same, for who has another way to that file. */
    static Optional<Standing> standing(RefreshedRoot root, Kept kept) throws TufException {
        TufException trouble;
        try {
            Optional<AcceptedTarget> accepted =
                    TufClient.accepted(root.pinnedRoot(), RefreshedRoot.TARGET, kept.read());
            if (accepted.isPresent()) {
                return Optional.of(of(accepted.get()));
            }
            return root.builtIn() ? Optional.of(builtIn(root, Optional.empty())) : Optional.empty();
        } catch (TufException e) {
            trouble = e;
        }
        if (!root.builtIn()) {
            throw trouble;
        }
        return Optional.of(builtIn(root, Optional.of(trouble.getMessage())));
    }

    private static Standing of(AcceptedTarget accepted) throws TufException {
        try {
            return new Standing(
                    accepted.content(),
                    TrustedRoot.parse(accepted.content()),
                    Optional.of(accepted),
                    accepted.expires(),
                    Optional.empty());
        } catch (MalformedEvidenceException e) {
            throw new TufException(Reason.STORE, "the root that is kept cannot be read: " + e.getMessage(), e);
        }
    }

    private static Standing builtIn(RefreshedRoot root, Optional<String> trouble) throws TufException {
        return new Standing(
                BuiltInRoot.bytes(),
                BuiltInRoot.publicGood(),
                Optional.empty(),
                TufClient.pinned(root.pinnedRoot()).expires(),
                trouble);
    }

    /**
     * Asks the repository for it. Blocking; one at a time for each repository, whatever process asks.
     *
     * @throws TufException where there is no newer one that may be trusted; what is kept is then as it was
     */
    public AcceptedTarget update(RefreshedRoot root, TufFetcher fetcher, Instant now) throws TufException {
        Path own = directory.resolve(root.directory());
        create(own);
        try (FileChannel channel =
                        FileChannel.open(own.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw busy();
            }
            return new TufClient(root.pinnedRoot(), new TufDirectory(own))
                    .update(RefreshedRoot.TARGET, fetcher, TrustedRoot::parse, now);
        } catch (OverlappingFileLockException e) {
            throw busy();
        } catch (IOException e) {
            throw new TufException(Reason.STORE, own + " cannot be locked", e);
        }
    }

    private static TufException busy() {
        return new TufException(Reason.STORE, "another update of this repository is under way");
    }

    private static void create(Path own) throws TufException {
        try {
            boolean posix = own.getFileSystem().supportedFileAttributeViews().contains("posix");
            FileAttribute<?>[] mode = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                    }
                    : new FileAttribute<?>[0];
            Files.createDirectories(own, mode);
        } catch (IOException e) {
            throw new TufException(Reason.STORE, own + " cannot be made", e);
        }
    }
}
