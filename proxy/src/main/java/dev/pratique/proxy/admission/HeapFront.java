package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts in memory, for event loops: one look-up, one comparison with the clock. Bounded by two generations: when the
 * young one is full it becomes the old one, and what is asked for again moves back.
 */
final class HeapFront {
    private static final int GENERATION = 65_536;
    private static final long SAME_CONFIRMATION_MILLIS = 5_000;
    /** How soon a refresh that came to nothing is tried again. */
    private static final long REFRESH_AGAIN_MILLIS = 600_000;

    private volatile Map<Key, Entry> young = new ConcurrentHashMap<>();
    private volatile Map<Key, Entry> old = new ConcurrentHashMap<>();

    /**
     * What was asked for and under which requirements.
     *
     * @param blob asked on the blobs route
     */
    record Key(Repository repository, Digest digest, String requirements, boolean blob) {}

    /** A verdict and what the relay needs to act on it. */
    static final class Entry {
        private final Verdict verdict;
        private final String mediaType;
        private final long size;
        private final long from;
        private final long life;
        private volatile long confirmedAt;
        private final AtomicLong nextRefresh;

        /**
         * @param size bytes, -1 where not known
         * @param from when it was decided, milliseconds since the epoch: before, the clock was set back, and it is a miss
         * @param until from which it is a miss
         * @param refreshFrom when looking for evidence again in the background is due
         * @param confirmedAt when the upstream last answered 200, 0: never
         */
        Entry(Verdict verdict, String mediaType, long size, long from, long until, long refreshFrom, long confirmedAt) {
            this.verdict = verdict;
            this.mediaType = mediaType;
            this.size = size;
            this.from = from;
            this.life = Math.max(until - from, 0);
            this.nextRefresh = new AtomicLong(refreshFrom);
            this.confirmedAt = confirmedAt;
        }

        Verdict verdict() {
            return verdict;
        }

        Optional<Verdict.Admitted> admitted() {
            return verdict instanceof Verdict.Admitted admitted ? Optional.of(admitted) : Optional.empty();
        }

        String mediaType() {
            return mediaType;
        }

        long size() {
            return size;
        }

        Instant since() {
            return Instant.ofEpochMilli(from);
        }

        Instant until() {
            return Instant.ofEpochMilli(from + life);
        }

        // One comparison for both ends: what is before the beginning is a very large number without its sign.
        boolean current(long now) {
            return Long.compareUnsigned(now - from, life) < 0;
        }

        long confirmedAt() {
            return confirmedAt;
        }

        /** Remembers it, and says whether that is news: the last time was not just now. */
        synchronized boolean confirmed(long at) {
            boolean news = Math.abs(at - confirmedAt) > SAME_CONFIRMATION_MILLIS;
            confirmedAt = at;
            return news;
        }

        /** True for one caller, and again a while later: a refresh that succeeds puts another entry in this one's place. */
        boolean dueForRefresh(long now) {
            long due = nextRefresh.get();
            return now >= due && nextRefresh.compareAndSet(due, now + REFRESH_AGAIN_MILLIS);
        }
    }

    /** The entry, unless it has expired. */
    @Nullable
    Entry find(Key key, long now) {
        Entry entry = young.get(key);
        if (entry == null) {
            entry = old.get(key);
            if (entry == null) {
                return null;
            }
            put(key, entry);
        }
        return entry.current(now) ? entry : null;
    }

    void put(Key key, Entry entry) {
        Map<Key, Entry> current = young;
        current.put(key, entry);
        if (current.size() > GENERATION) {
            turn(current);
        }
    }

    /** All that has not expired. What changes meanwhile may or may not be among it. Takes as long as there are entries. */
    void forEach(long now, BiConsumer<Key, Entry> each) {
        for (Map<Key, Entry> generation : List.of(old, young)) {
            generation.forEach((key, entry) -> {
                if (entry.current(now)) {
                    each.accept(key, entry);
                }
            });
        }
    }

    /** Whatever was known about it may no longer be so. */
    void forget(Key key) {
        young.remove(key);
        old.remove(key);
    }

    private synchronized void turn(Map<Key, Entry> full) {
        if (young == full) {
            old = full;
            young = new ConcurrentHashMap<>();
        }
    }

    int size() {
        return young.size() + old.size();
    }
}
