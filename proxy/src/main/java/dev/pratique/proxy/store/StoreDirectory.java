package dev.pratique.proxy.store;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The directory tree: {@code blobs/<algorithm>/<first two digits>/<digits>} and {@code partial/}. When a content was last
 * used is its file's modification time. Blocking.
 */
final class StoreDirectory {
    private final Path root;
    private final Path blobs;
    private final Path partial;
    private final FileChannel lockFile;
    private final InstantSource clock;
    private final AtomicLong partials = new AtomicLong();

    /**
     * A content.
     *
     * @param usedAt milliseconds since the epoch
     */
    record Entry(Digest digest, long size, long usedAt) {}

    /** Of the file system, in bytes. */
    record Space(long total, long usable) {}

    private StoreDirectory(Path root, FileChannel lockFile, InstantSource clock) throws IOException {
        this.root = root;
        this.clock = clock;
        this.blobs = root.resolve("blobs");
        this.partial = root.resolve("partial");
        this.lockFile = lockFile;
    }

    static StoreDirectory open(Path root, InstantSource clock) throws IOException {
        makePrivate(root);
        FileChannel lockFile =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock(lockFile, root);
        StoreDirectory directory = new StoreDirectory(root, lockFile, clock);
        makePrivate(directory.partial);
        makePrivate(directory.blobs);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            makePrivate(directory.blobs.resolve(algorithm.prefix()));
        }
        directory.deletePartials();
        return directory;
    }

    // A second process would delete the partial files of the first.
    private static void lock(FileChannel lockFile, Path root) throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            lock = null;
        }
        if (lock == null) {
            lockFile.close();
            throw new IOException("the content store " + root + " is in use");
        }
    }

    private static void makePrivate(Path dir) throws IOException {
        Files.createDirectories(dir);
        PosixFileAttributeView posix = Files.getFileAttributeView(dir, PosixFileAttributeView.class);
        if (posix != null) {
            posix.setPermissions(PosixFilePermissions.fromString("rwx------"));
        }
    }

    private void deletePartials() throws IOException {
        try (Stream<Path> left = Files.list(partial)) {
            for (Path each : left.toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** Where a content is or would be. */
    Path path(Digest digest) {
        return fan(digest).resolve(digest.hex());
    }

    private Path fan(Digest digest) {
        return blobs.resolve(digest.algorithm().prefix()).resolve(digest.hex().substring(0, 2));
    }

    /** A name that no other transfer has. */
    Path newPartial(Digest digest) {
        return partial.resolve(digest.algorithm().prefix() + "-" + digest.hex() + "-" + partials.incrementAndGet());
    }

    /**
     * Gives a partial file its name. Its bytes must be flushed: after a power cut a name without them would be content that
     * is none. The directory is flushed too, so that what was complete stays.
     *
     * @return whether there was no such content before
     */
    boolean publish(Path from, Digest digest) throws IOException {
        Path to = path(digest);
        boolean added = !Files.exists(to);
        Path fan = fan(digest);
        if (!Files.isDirectory(fan)) {
            makePrivate(fan);
            flush(blobs.resolve(digest.algorithm().prefix()));
        }
        // Over one that is there: these bytes were hashed a moment ago, those may have been damaged since.
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        flush(fan);
        return added;
    }

    private static void flush(Path directory) throws IOException {
        try (FileChannel handle = FileChannel.open(directory, StandardOpenOption.READ)) {
            handle.force(true);
        }
    }

    /** Notes that a content is used now; where that fails it only seems older than it is. */
    void touch(Digest digest) {
        try {
            Files.setLastModifiedTime(path(digest), FileTime.from(clock.instant()));
        } catch (IOException goneOrReadOnly) {
            // As above.
        }
    }

    /** Whether this call removed it. */
    boolean delete(Digest digest) {
        try {
            return Files.deleteIfExists(path(digest));
        } catch (IOException readOnly) {
            return false;
        }
    }

    /** Deletes a partial file; where that fails the next start does it. */
    void discard(Path partialFile) {
        try {
            Files.deleteIfExists(partialFile);
        } catch (IOException readOnly) {
            // As above.
        }
    }

    /** In bytes; 0 where it is not there. */
    long length(Digest digest) {
        try {
            return Files.size(path(digest));
        } catch (IOException gone) {
            return 0;
        }
    }

    /** What the file system has. */
    Space space() throws IOException {
        // By statvfs. A FileStore is looked up in the table of mounts, in which the root of a chroot is not.
        File directory = root.toFile();
        long total = directory.getTotalSpace();
        if (total == 0) {
            throw new IOException("the file system of " + root + " does not say how large it is");
        }
        return new Space(total, directory.getUsableSpace());
    }

    Path scrubMark() {
        return root.resolve("scrub");
    }

    /** All contents, as a list to be sorted; what cannot be read is left out. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        fans().forEach(fan -> entries.addAll(entriesOf(fan)));
        return entries;
    }

    /** The directories that contents are in, as {@code sha256/0f}, in order. */
    List<String> fans() {
        List<String> fans = new ArrayList<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            for (Path fan : list(blobs.resolve(algorithm.prefix()))) {
                fans.add(algorithm.prefix() + "/" + fan.getFileName());
            }
        }
        Collections.sort(fans);
        return fans;
    }

    List<Entry> entriesOf(String fan) {
        String algorithm = fan.substring(0, fan.indexOf('/'));
        List<Entry> entries = new ArrayList<>();
        for (Path file : list(blobs.resolve(fan))) {
            try {
                BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
                entries.add(new Entry(
                        Digest.parse(algorithm + ":" + file.getFileName()),
                        about.size(),
                        about.lastModifiedTime().toMillis()));
            } catch (IOException | MalformedEvidenceException goneOrNone) {
                // Not content, or no longer.
            }
        }
        return entries;
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }

    void close() throws IOException {
        lockFile.close();
    }
}
