package dev.pratique.proxy.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The latest first decisions, for people. Thread safe; adding never waits. */
public final class RecentDecisions {
    /** As many as fit a page that somebody reads. */
    public static final int SIZE = 200;

    private final AtomicReferenceArray<Seen> ring = new AtomicReferenceArray<>(SIZE);
    private final AtomicLong next = new AtomicLong();

    /** A decision and when it was made. */
    public record Seen(Instant time, Entry entry) {}

    public void add(Seen seen) {
        ring.set((int) (next.getAndIncrement() % SIZE), seen);
    }

    /** Newest first. */
    public List<Seen> latest() {
        List<Seen> latest = new ArrayList<>();
        long end = next.get();
        for (long i = end - 1; i >= Math.max(0, end - SIZE); i--) {
            Seen seen = ring.get((int) (i % SIZE));
            if (seen != null) {
                latest.add(seen);
            }
        }
        return latest;
    }
}
