package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.upstream.BlobSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Content under its digest in files. Nothing is there under a name that its bytes did not have when they were written: a
 * partial file becomes content by a rename after its digest matched and it was flushed. Thread safe.
 */
public final class ContentStore implements AutoCloseable {
    private final StoreDirectory directory;
    private final Executor disk;
    private final ContentCache cache;
    private final StoreLimits limits;
    private final Fills fills;
    private final AtomicLong bytes = new AtomicLong();

    private ContentStore(StoreDirectory directory, Executor disk, BlobSource source, StoreLimits limits) {
        this.directory = directory;
        this.disk = disk;
        this.limits = limits;
        this.cache = new ContentCache(limits);
        this.fills = new Fills(this, source);
    }

    /**
     * Opens the store and deletes what a crash left half-written. Blocking.
     *
     * @param dir made with mode 0700 where it is missing: who can write it decides what is served
     * @param disk threads that may wait for the disk; stays running when this is closed
     * @param source where blobs that are not stored come from
     * @throws IOException where the directory cannot be used, or another process uses it
     */
    public static ContentStore open(Path dir, Executor disk, BlobSource source, StoreLimits limits) throws IOException {
        ContentStore store = new ContentStore(StoreDirectory.open(dir), disk, source, limits);
        store.disk.execute(() -> store.bytes.addAndGet(store.directory.bytesOnDisk()));
        return store;
    }

    /** The transfers from upstreams. */
    public Fills fills() {
        return fills;
    }

    /** The content if it is open: one look-up, no input or output. The caller releases it. */
    public Optional<StoredContent> acquireCached(Digest digest) {
        return Optional.ofNullable(cache.acquire(digest));
    }

    /** The content if it is stored. May wait for the disk. The caller releases it. */
    public Optional<StoredContent> acquire(Digest digest) throws IOException {
        StoredContent open = cache.acquire(digest);
        if (open != null) {
            return Optional.of(open);
        }
        StoredContent opened;
        try {
            opened = read(directory.path(digest));
        } catch (NoSuchFileException notStored) {
            return Optional.empty();
        }
        opened.retain();
        cache.add(digest, opened);
        return Optional.of(opened);
    }

    /** As {@link #acquire} on a disk thread; fails with an IOException where the disk does. */
    public CompletionStage<Optional<StoredContent>> acquireLater(Digest digest) {
        CompletableFuture<Optional<StoredContent>> later = new CompletableFuture<>();
        onDisk(
                () -> {
                    try {
                        later.complete(acquire(digest));
                    } catch (IOException unreadable) {
                        later.completeExceptionally(unreadable);
                    }
                },
                () -> later.completeExceptionally(new IOException("the content store is closed")));
        return later;
    }

    private StoredContent read(Path path) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        boolean kept = false;
        try {
            long size = file.size();
            if (size > limits.smallBytes()) {
                kept = true;
                return StoredContent.inFile(file, size);
            }
            ByteBuffer small = ByteBuffer.allocate((int) size);
            while (small.hasRemaining()) {
                if (file.read(small) < 0) {
                    throw new IOException("the file is shorter than it was");
                }
            }
            return StoredContent.inMemory(small.array());
        } finally {
            if (!kept) {
                file.close();
            }
        }
    }

    /** Whether the content is stored. May wait for the disk. */
    public boolean contains(Digest digest) {
        return Files.exists(directory.path(digest));
    }

    /**
     * The bytes of a stored content, verified again: who reads them judges by them. Blocking.
     *
     * @param maxBytes limit; a longer content is an IOException
     * @return empty where it is not stored, or was damaged and is no longer
     */
    public Optional<byte[]> read(Digest digest, int maxBytes) throws IOException {
        Path path = directory.path(digest);
        byte[] found;
        try (InputStream in = Files.newInputStream(path)) {
            found = in.readNBytes(maxBytes + 1);
        } catch (NoSuchFileException notStored) {
            return Optional.empty();
        }
        if (found.length > maxBytes) {
            throw new IOException("stored content is larger than " + maxBytes + " bytes");
        }
        if (!digest.matches(found)) {
            cache.remove(digest);
            bytes.addAndGet(-found.length);
            Files.deleteIfExists(path);
            return Optional.empty();
        }
        return Optional.of(found);
    }

    /**
     * Stores these bytes. Blocking, until they are on the disk.
     *
     * @throws IllegalArgumentException where they have another digest
     */
    public void put(Digest digest, byte[] content) throws IOException {
        if (!digest.matches(content)) {
            throw new IllegalArgumentException("the content has another digest than " + digest);
        }
        if (contains(digest)) {
            return;
        }
        Path partial = directory.newPartial(digest);
        try {
            try (FileChannel file =
                    FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(content);
                while (left.hasRemaining()) {
                    file.write(left);
                }
            }
            publish(partial, digest, content.length);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Makes a partial file whose digest matched into content: flushed first, then renamed. Blocking. */
    void publish(Path partial, Digest digest, long size) throws IOException {
        try (FileChannel file = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        try {
            directory.publish(partial, digest);
            bytes.addAndGet(size);
        } catch (FileAlreadyExistsException sameBytes) {
            Files.deleteIfExists(partial);
        }
    }

    /** Makes content of a whole file whose digest matched. Where the disk fails, the next client fetches it again. */
    void settle(PartialFile file, Digest digest, StoredContent whole) {
        try {
            file.closeWriter();
            publish(file.path(), digest, whole.size());
            if (whole.size() > limits.smallBytes()) {
                whole.retain();
                cache.add(digest, whole);
            } else {
                acquire(digest).ifPresent(StoredContent::release);
            }
        } catch (IOException notStored) {
            file.delete();
        }
    }

    StoreDirectory directory() {
        return directory;
    }

    StoreLimits limits() {
        return limits;
    }

    /** Runs on a disk thread, or says that there is none any more. */
    void onDisk(Runnable step, Runnable rejected) {
        try {
            disk.execute(step);
        } catch (RejectedExecutionException closing) {
            rejected.run();
        }
    }

    /** Bytes of all content, for a metric; counted in the background after opening. */
    public long bytesStored() {
        return bytes.get();
    }

    /** Gives up what is being filled, closes the files that nobody writes to a client any more, and lets go of the directory. */
    @Override
    public void close() throws IOException {
        fills.close();
        cache.close();
        directory.close();
    }
}
