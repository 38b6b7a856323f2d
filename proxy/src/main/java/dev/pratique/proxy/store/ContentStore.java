package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.upstream.BlobSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content under its digest in files. Nothing is there under a name that its bytes did not have when they were written: a
 * partial file becomes content by a rename after its digest matched and it was flushed. Thread safe.
 */
public final class ContentStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("pratique.store");

    private final StoreDirectory directory;
    private final Executor disk;
    private final ContentCache cache;
    private final StoreLimits limits;
    private final Fills fills;
    private final StoreFigures figures = new StoreFigures();
    private final DiskTrouble trouble;
    private final Room room;
    private final Set<Digest> underSuspicion = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Thread scrub;

    /**
     * What a store is made of.
     *
     * @param disk threads that may wait for the disk; stays running when the store is closed
     * @param source where blobs that are not stored come from
     * @param pins what is not removed to make room
     * @param trouble told what is wrong with the disk
     */
    public record Parts(
            Executor disk,
            BlobSource source,
            StoreLimits limits,
            DiskBudget budget,
            Pins pins,
            DiskTrouble trouble,
            InstantSource clock) {}

    private ContentStore(StoreDirectory directory, Parts parts) {
        this.directory = directory;
        this.disk = parts.disk();
        this.limits = parts.limits();
        this.trouble = parts.trouble();
        this.cache = new ContentCache(limits);
        this.room = new Room(directory, parts.budget(), parts.pins(), cache, figures, trouble);
        this.fills = new Fills(this, parts.source());
    }

    /**
     * Opens the store and deletes what a crash left half-written. Blocking.
     *
     * @param dir made with mode 0700 where it is missing: who can write it decides what is served
     * @throws IOException where the directory cannot be used, or another process uses it
     */
    public static ContentStore open(Path dir, Parts parts) throws IOException {
        ContentStore store = new ContentStore(StoreDirectory.open(dir, parts.clock()), parts);
        store.disk.execute(store.room::measure);
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

    /** The content if it is stored and not seen to be damaged. May wait for the disk. The caller releases it. */
    public Optional<StoredContent> acquire(Digest digest) throws IOException {
        StoredContent open = cache.acquire(digest);
        if (open != null) {
            return Optional.of(open);
        }
        StoredContent opened;
        try {
            opened = ContentFile.open(directory.path(digest), digest, limits);
        } catch (NoSuchFileException notStored) {
            return Optional.empty();
        } catch (ContentFile.Damaged damaged) {
            removeDamaged(digest, "its bytes have changed");
            if (contains(digest)) {
                throw damaged; // as if the disk failed: to look again would find the same for ever
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            trouble.met(unreadable);
            suspect(digest);
            throw unreadable;
        }
        opened.retain();
        cache.add(digest, opened);
        directory.touch(digest);
        if (!contains(digest)) {
            cache.remove(digest); // removed since it was opened: kept open, it would take room that nobody counts
        }
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
        } catch (NoSuchFileException notOnDisk) {
            return inMemory(digest, maxBytes);
        } catch (IOException unreadable) {
            trouble.met(unreadable);
            suspect(digest);
            throw unreadable;
        }
        if (found.length > maxBytes) {
            throw new IOException("stored content is larger than " + maxBytes + " bytes");
        }
        if (!digest.matches(found)) {
            removeDamaged(digest, "its bytes have changed");
            return Optional.empty();
        }
        return Optional.of(found);
    }

    // Where the disk could not take it.
    private Optional<byte[]> inMemory(Digest digest, int maxBytes) {
        StoredContent held = cache.acquire(digest);
        if (held == null) {
            return Optional.empty();
        }
        try {
            return held.size() > maxBytes ? Optional.empty() : held.bytes().map(ContentStore::taken);
        } finally {
            held.release();
        }
    }

    private static byte[] taken(ByteBuf bytes) {
        try {
            return ByteBufUtil.getBytes(bytes);
        } finally {
            bytes.release();
        }
    }

    /**
     * Stores these bytes. Blocking, until they are on the disk. Where the disk cannot take them they are held in memory for
     * a while, so that what was judged can also be served.
     *
     * @throws IllegalArgumentException where they have another digest
     */
    public void put(Digest digest, byte[] content) {
        if (!digest.matches(content)) {
            throw new IllegalArgumentException("the content has another digest than " + digest);
        }
        if (intact(digest, content.length)) {
            return;
        }
        Path partial = directory.newPartial(digest);
        try (Room.Place place = room.place()) {
            if (place.write(content.length)) {
                ContentFile.write(partial, content);
                publish(partial, digest, content.length);
                return;
            }
        } catch (IOException diskFailed) {
            directory.discard(partial);
            refused(diskFailed);
        }
        figures.unkept.incrementAndGet();
        cache.add(digest, StoredContent.inMemory(content));
    }

    private boolean intact(Digest digest, int length) {
        try {
            return contains(digest) && read(digest, length).isPresent();
        } catch (IOException longerOrUnreadable) {
            return false;
        }
    }

    private void publish(Path partial, Digest digest, long size) throws IOException {
        if (directory.publish(partial, digest)) {
            room.added(size);
        }
        cache.remove(digest);
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
            refused(notStored);
            figures.unkept.incrementAndGet();
            file.delete();
        }
    }

    /**
     * Reads a content again.
     *
     * @return false where it was damaged, and is stored no longer
     */
    boolean check(Digest digest, Pace pace) throws InterruptedException {
        try {
            if (!ContentFile.matches(directory.path(digest), digest, pace)) {
                removeDamaged(digest, "its bytes have changed");
                return false;
            }
        } catch (NoSuchFileException gone) {
            return true;
        } catch (IOException unreadable) {
            trouble.met(unreadable);
            if (DiskTrouble.isMediumError(unreadable)) {
                removeDamaged(digest, "it cannot be read");
                return false;
            }
        }
        return true;
    }

    /** Something about a content on disk was not as it should be: it is read again in the background, once at a time. */
    public void suspect(Digest digest) {
        if (underSuspicion.add(digest)) {
            onDisk(
                    () -> {
                        try {
                            check(digest, Pace.FULL);
                        } catch (InterruptedException closing) {
                            Thread.currentThread().interrupt();
                        } finally {
                            underSuspicion.remove(digest);
                        }
                    },
                    () -> underSuspicion.remove(digest));
        }
    }

    /**
     * As {@link #suspect}, told when it is done whether the content was intact; false also where none can be looked at. Fails
     * with an IOException where it was damaged and cannot be removed.
     */
    public CompletionStage<Boolean> checkLater(Digest digest) {
        CompletableFuture<Boolean> later = new CompletableFuture<>();
        onDisk(
                () -> {
                    try {
                        boolean intact = check(digest, Pace.FULL);
                        if (!intact && contains(digest)) {
                            later.completeExceptionally(new ContentFile.Damaged());
                        } else {
                            later.complete(intact);
                        }
                    } catch (InterruptedException closing) {
                        Thread.currentThread().interrupt();
                        later.complete(false);
                    }
                },
                () -> later.complete(false));
        return later;
    }

    /** The disk did not take bytes. */
    void refused(IOException why) {
        trouble.met(why);
        if (DiskTrouble.kind(why.toString()) == DiskTrouble.Kind.FULL) {
            room.refused();
        }
    }

    private void removeDamaged(Digest digest, String why) {
        long size = directory.length(digest);
        cache.remove(digest);
        if (directory.delete(digest)) {
            room.removed(size);
            figures.damaged.incrementAndGet();
            LOG.error("stored content {} is damaged: {}; it was removed and will be fetched again", digest, why);
        }
    }

    StoreDirectory directory() {
        return directory;
    }

    StoreLimits limits() {
        return limits;
    }

    Room room() {
        return room;
    }

    /** What happened since the start, for metrics. */
    public StoreFigures figures() {
        return figures;
    }

    /** Runs on a disk thread, or says that there is none any more. */
    void onDisk(Runnable step, Runnable rejected) {
        try {
            disk.execute(step);
        } catch (RejectedExecutionException closing) {
            rejected.run();
        }
    }

    /** Writes down what was used lately. Blocking; to be called every minute or so. */
    public void noteUse() {
        cache.recentlyUsed().forEach(directory::touch);
    }

    /** Begins to read all content again and again in the background, until closed. Once. */
    public void scrub(Duration period, InstantSource clock) {
        Thread thread = new Thread(new Scrub(this, period, clock), "scrub");
        thread.setDaemon(true);
        scrub = thread;
        thread.start();
    }

    /** Bytes of all content, for a metric; counted in the background after opening. */
    public long bytesStored() {
        return room.stored();
    }

    /** Gives up what is being filled, closes the files that nobody writes to a client any more, and lets go of the directory. */
    @Override
    public void close() throws IOException {
        Thread reading = scrub;
        if (reading != null) {
            reading.interrupt();
        }
        fills.close();
        cache.close();
        directory.close();
    }
}
