package dev.pratique.proxy.ledger;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the repeats of one decision from its first line to the window's end. Thread safe. */
final class Window {
    private static final long CLOSED = Long.MIN_VALUE / 2;

    private final Entry entry;
    private final Instant since;
    private final AtomicLong repeats = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    Window(Entry entry, Instant since) {
        this.entry = entry;
        this.since = since;
    }

    Entry entry() {
        return entry;
    }

    Instant since() {
        return since;
    }

    /** Counts one more; false where the window has ended, so that nothing is counted twice or lost. */
    boolean repeat() {
        return repeats.incrementAndGet() > 0;
    }

    /** Counts bytes; false as above. */
    boolean carried(long more) {
        return bytes.addAndGet(more) >= 0;
    }

    /** Ends it; called once. */
    Counts end() {
        return new Counts(repeats.getAndSet(CLOSED), bytes.getAndSet(CLOSED));
    }

    record Counts(long repeats, long bytes) {
        boolean worthALine() {
            return repeats > 0 || bytes > 0;
        }
    }
}
