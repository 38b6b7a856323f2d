package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The directory tree: {@code blobs/<algorithm>/<first two digits>/<digits>} and {@code partial/}. Blocking.
 */
final class StoreDirectory {
    private final Path blobs;
    private final Path partial;
    private final FileChannel lockFile;
    private final AtomicLong partials = new AtomicLong();

    private StoreDirectory(Path root, FileChannel lockFile) {
        this.blobs = root.resolve("blobs");
        this.partial = root.resolve("partial");
        this.lockFile = lockFile;
    }

    static StoreDirectory open(Path root) throws IOException {
        makePrivate(root);
        FileChannel lockFile =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock(lockFile, root);
        StoreDirectory directory = new StoreDirectory(root, lockFile);
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

    /** @throws FileAlreadyExistsException where the same content is there */
    void publish(Path from, Digest digest) throws IOException {
        Path to = path(digest);
        if (Files.exists(to)) {
            throw new FileAlreadyExistsException("the same content is there");
        }
        makePrivate(fan(digest));
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The sum of all contents' lengths. */
    long bytesOnDisk() {
        try (Stream<Path> all = Files.find(blobs, 3, (path, about) -> about.isRegularFile())) {
            return all.mapToLong(StoreDirectory::length).sum();
        } catch (IOException | UncheckedIOException unreadable) {
            return 0;
        }
    }

    private static long length(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).size();
        } catch (IOException gone) {
            return 0;
        }
    }

    void close() throws IOException {
        lockFile.close();
    }
}
