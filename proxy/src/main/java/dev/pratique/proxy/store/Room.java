package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps content within its budget: room is taken before a byte is written, and made by removing what was used least
 * recently. Blocking. Thread safe.
 */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger("pratique.store");
    /** Room is made down to this share, so that the directory is not read for each new content. */
    private static final double LOW = 0.9;
    /** How long nobody tries again after nothing more could be removed. */
    private static final long FUTILE_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int REMEMBERED = 16_384;

    private final StoreDirectory directory;
    private final DiskBudget budget;
    private final Pins pins;
    private final ContentCache cache;
    private final StoreFigures figures;
    private final DiskTrouble trouble;
    private final AtomicLong stored = new AtomicLong();
    /** Taken and not yet content. */
    private final AtomicLong taken = new AtomicLong();
    /** The part of it that is not yet written, so that the file system counts it as free. */
    private final AtomicLong unwritten = new AtomicLong();

    private final Set<Digest> evicted = Collections.newSetFromMap(Collections.synchronizedMap(new Latest()));

    private volatile boolean measured;

    // Guarded by this.
    private long futileSince;
    private boolean futile;

    /** Forgets the oldest of too many. */
    private static final class Latest extends LinkedHashMap<Digest, Boolean> {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }

    Room(
            StoreDirectory directory,
            DiskBudget budget,
            Pins pins,
            ContentCache cache,
            StoreFigures figures,
            DiskTrouble trouble) {
        this.directory = directory;
        this.budget = budget;
        this.pins = pins;
        this.cache = cache;
        this.figures = figures;
        this.trouble = trouble;
    }

    /** Room for something that is being written. For one thread at a time; closed once, whatever became of it. */
    final class Place implements AutoCloseable {
        private long bytes;
        private long written;

        /** These bytes are to be written; false where there is no room for them. */
        boolean write(long more) {
            long beyond = written + more - bytes;
            if (beyond > 0 && !take(beyond)) {
                return false;
            }
            bytes += Math.max(beyond, 0);
            written += more;
            unwritten.addAndGet(-more);
            return true;
        }

        @Override
        public void close() {
            taken.addAndGet(-bytes);
            unwritten.addAndGet(-(bytes - written));
            bytes = 0;
            written = 0;
        }
    }

    /** A place that has taken no room yet. */
    Place place() {
        return new Place();
    }

    /** Takes room for a content of this length in advance; false where it is not to be kept. */
    boolean take(Place place, long bytes) {
        if (!take(bytes)) {
            return false;
        }
        place.bytes += bytes;
        return true;
    }

    private boolean take(long bytes) {
        if (budget.maxBytes() > 0 && bytes > budget.maxBytes() * LOW) {
            return false; // for one content all others would go
        }
        if (budget.maxBytes() > 0 && !measured) {
            measure();
        }
        taken.addAndGet(bytes);
        unwritten.addAndGet(bytes);
        if (fits() || makeRoom()) {
            return true;
        }
        taken.addAndGet(-bytes);
        unwritten.addAndGet(-bytes);
        return false;
    }

    private boolean fits() {
        return overBudget() <= 0 && lacking() <= 0;
    }

    private long overBudget() {
        return budget.maxBytes() == 0 ? 0 : stored.get() + taken.get() - budget.maxBytes();
    }

    private long lacking() {
        try {
            StoreDirectory.Space space = directory.space();
            return budget.keptFree(space.total()) - (space.usable() - unwritten.get());
        } catch (IOException unknown) {
            return 0; // writing says what is wrong
        }
    }

    private synchronized boolean makeRoom() {
        if (fits()) {
            return true;
        }
        if (futile && System.nanoTime() - futileSince < FUTILE_NANOS) {
            return false; // not after each of many
        }
        evict(0);
        futile = !fits();
        futileSince = System.nanoTime();
        if (futile && lacking() > 0) {
            trouble.noRoom();
        }
        return !futile;
    }

    /**
     * The disk says that it is full though there seemed to be room: it has no inodes left, or there is a quota. A tenth of
     * what is there goes, at most once a second.
     */
    synchronized void refused() {
        if (!futile || System.nanoTime() - futileSince >= FUTILE_NANOS) {
            evict((long) (stored.get() * (1 - LOW)) + 1);
            futile = true;
            futileSince = System.nanoTime();
        }
    }

    private void evict(long least) {
        cache.recentlyUsed().forEach(directory::touch);
        Set<Digest> pinned = pins.current();
        List<StoreDirectory.Entry> entries = directory.entries();
        measure(entries);
        figures.pinnedBytes.set(entries.stream()
                .filter(entry -> pinned.contains(entry.digest()))
                .mapToLong(StoreDirectory.Entry::size)
                .sum());
        long goal = Math.max(least, goal());
        long freed = 0;
        int count = 0;
        entries.sort(Comparator.comparingLong(StoreDirectory.Entry::usedAt));
        for (StoreDirectory.Entry entry : entries) {
            if (freed >= goal) {
                break;
            }
            if (!pinned.contains(entry.digest()) && remove(entry)) {
                freed += entry.size();
                count++;
            }
        }
        LOG.debug("{} contents of {} bytes were removed to make room", count, freed);
    }

    private long goal() {
        long over = overBudget();
        long toLow = over > 0 ? over + (long) (budget.maxBytes() * (1 - LOW)) : 0;
        long lacking = lacking();
        return Math.max(toLow, lacking > 0 ? lacking + lacking / 4 + (1 << 20) : 0);
    }

    // Whoever has it open goes on reading; but as long as somebody does, removing it frees nothing.
    private boolean remove(StoreDirectory.Entry entry) {
        if (cache.inUse(entry.digest()) || !directory.delete(entry.digest())) {
            return false;
        }
        cache.remove(entry.digest());
        stored.addAndGet(-entry.size());
        figures.evictions.incrementAndGet();
        figures.evictedBytes.addAndGet(entry.size());
        evicted.add(entry.digest());
        return true;
    }

    /** Counts what is there. */
    synchronized void measure() {
        measure(directory.entries());
    }

    // What was published while the directory was read may count twice until it is next read: too much, never too
    // little.
    private void measure(List<StoreDirectory.Entry> entries) {
        long before = stored.get();
        long sum = entries.stream().mapToLong(StoreDirectory.Entry::size).sum();
        stored.addAndGet(sum - before);
        measured = true;
    }

    void added(long bytes) {
        stored.addAndGet(bytes);
    }

    void removed(long bytes) {
        stored.addAndGet(-bytes);
    }

    /** It is fetched: whether it had been here and was removed to make room. */
    void missed(Digest digest) {
        if (evicted.remove(digest)) {
            figures.evictedMisses.incrementAndGet();
        }
    }

    long stored() {
        return stored.get();
    }
}
