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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where refreshed roots are kept between updates, a directory of mode 0700 for each repository and root that it was pinned by.
 * What is kept is checked from the pinned root on whenever it is read. It asks nobody: who updates brings a {@link TufFetcher}. Thread safe.
 */
public final class RootCache {
    private static final String LOCK = "lock";
    /** Each is of a program or a root that pins what the others do not lead to; there are hardly ever two. */
    private static final int MAX_OTHERS = 16;

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

    /** The file that changes with the next update of a root. */
    public Path fileOf(RefreshedRoot root) {
        return find(root, RootCache::read).directory.resolve(AcceptedTarget.NAME);
    }

    /**
     * What the last update left of it, or what came with the program. Empty where there is neither: it was never fetched.
     *
     * @throws TufException where there is neither, and what is kept cannot be used, or the pinned root is none
     */
    public Optional<Standing> standing(RefreshedRoot root) throws TufException {
        return standing(root, RootCache::read);
    }

    /** Reads {@link AcceptedTarget#NAME}. */
    @FunctionalInterface
    interface Kept {
        /**
         * @return empty where the directory has no such file
         * @throws TufException STORE where it has one that cannot be read
         */
        Optional<byte[]> read(Path directory) throws TufException;
    }

    private static Optional<byte[]> read(Path directory) throws TufException {
        return new TufDirectory(directory).read(AcceptedTarget.NAME);
    }

    /** The same, for who has another way to the files. */
    Optional<Standing> standing(RefreshedRoot root, Kept kept) throws TufException {
        Found found = find(root, kept);
        // A program's own root and its trusted root are of one release: what was fetched before there was such a
        // root is older than both.
        if (root.builtIn() && found.predatesPinnedRoot()) {
            return Optional.of(builtIn(root, Optional.empty()));
        }
        if (found.standing.isPresent()) {
            return found.standing;
        }
        if (root.builtIn()) {
            return Optional.of(builtIn(root, found.trouble.map(TufException::getMessage)));
        }
        if (found.trouble.isPresent()) {
            throw found.trouble.get();
        }
        return Optional.empty();
    }

    /**
     * The newest update that follows from a root's pinned one.
     *
     * @param directory that it is in, or the next is to be in
     * @param trouble of one that should have followed and does not
     */
    private record Found(Path directory, Optional<Standing> standing, Optional<TufException> trouble) {
        boolean predatesPinnedRoot() {
            return standing.flatMap(Standing::accepted)
                    .filter(AcceptedTarget::predatesPinnedRoot)
                    .isPresent();
        }

        boolean isNewerThan(Found other) {
            Optional<AcceptedTarget> that = other.standing.flatMap(Standing::accepted);
            return standing.flatMap(Standing::accepted)
                    .filter(own -> that.isEmpty() || own.isNewerThan(that.get()))
                    .isPresent();
        }
    }

    /**
     * Programs of several versions, and roots of several names, may pin different roots of one repository. Those of one chain
     * share what was fetched; those of different chains have nothing of each other's.
     */
    private Found find(RefreshedRoot root, Kept kept) {
        Found best = look(root, directory.resolve(root.directory()), kept);
        for (Path other : others(root)) {
            Found found = look(root, other, kept);
            if (found.isNewerThan(best)) {
                best = new Found(other, found.standing, Optional.empty());
            } else if (best.standing.isEmpty() && best.trouble.isEmpty()) {
                best = new Found(best.directory, Optional.empty(), found.trouble);
            }
        }
        return best;
    }

    private static Found look(RefreshedRoot root, Path own, Kept kept) {
        try {
            Optional<byte[]> bytes = kept.read(own);
            Optional<AcceptedTarget> accepted = TufClient.accepted(root.pinnedRoot(), RefreshedRoot.TARGET, bytes);
            if (accepted.isPresent()) {
                return new Found(own, Optional.of(of(accepted.get())), Optional.empty());
            }
            boolean misplaced = bytes.isPresent() && own.endsWith(root.directory());
            return new Found(
                    own,
                    Optional.empty(),
                    misplaced
                            ? Optional.of(
                                    new TufException(Reason.STORE, "what is kept does not follow from the pinned root"))
                            : Optional.empty());
        } catch (TufException e) {
            return new Found(own, Optional.empty(), Optional.of(e));
        }
    }

    /** Where updates of the same repository may be that began with another pinned root. */
    private List<Path> others(RefreshedRoot root) {
        List<Path> others = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, root.family() + "*")) {
            stream.forEach(others::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        others.remove(directory.resolve(root.directory()));
        Collections.sort(others);
        return others.size() > MAX_OTHERS ? others.subList(0, MAX_OTHERS) : others;
    }

    /** Changes where a repository's first update makes a directory. */
    Path directory() {
        return directory;
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
        Path own = find(root, RootCache::read).directory;
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
