package dev.pratique.proxy.ledger;

import dev.pratique.proxy.admission.PullAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;

/**
 * One line for the first of equal decisions in ten minutes, and one with the number of repeats and bytes at the window's
 * end. Recording is one look-up in a bounded map, without I/O; a line that the writer cannot take is counted and dropped.
 * Thread safe.
 */
public final class DecisionLog implements AutoCloseable {
    /** How long a decision's repeats are counted instead of written. */
    public static final Duration WINDOW = Duration.ofMinutes(10);
    /** About 60 MB of keys; nodes times images in ten minutes stays far below. */
    static final int MAX_WINDOWS = 100_000;

    private final ConcurrentHashMap<Entry.Key, Window> windows = new ConcurrentHashMap<>();
    /** In the order of their beginnings, which is the order of their ends. */
    private final Queue<Window> order = new ConcurrentLinkedQueue<>();

    private final InstantSource clock;
    private final int maxWindows;
    private final LineWriter writer;

    /** Counts what one pull carried, to the decision's window. */
    public interface Recorded {
        /** @param bytes of the body that went to the client. Any thread; never blocks */
        void carried(long bytes);

        /** Whether it got a line of its own. */
        boolean first();

        /** The decision, as its first line has it. */
        Entry entry();
    }

    /**
     * @param sink where lines go
     * @param dropped told the number of lines that were lost because the writer did not keep up, or could not write
     */
    public DecisionLog(LineSink sink, InstantSource clock, LongConsumer dropped) {
        this(sink, clock, dropped, MAX_WINDOWS);
    }

    DecisionLog(LineSink sink, InstantSource clock, LongConsumer dropped, int maxWindows) {
        this.clock = clock;
        this.maxWindows = maxWindows;
        this.writer = new LineWriter(sink, dropped, this::sweep);
    }

    /** Counts a decision. Never blocks. */
    public Recorded record(PullAnswer answer) {
        Entry.Key key = Entry.keyOf(answer);
        Window known = windows.get(key);
        if (known != null && known.repeat()) {
            return new Counted(known, false);
        }
        return first(Entry.of(key, answer));
    }

    /** Counts a decision that was no pull. Never blocks. */
    public Recorded record(Entry entry) {
        Window known = windows.get(entry.key());
        return known != null && known.repeat() ? new Counted(known, false) : first(entry);
    }

    private Recorded first(Entry entry) {
        Instant now = clock.instant();
        Entry.Key key = entry.key();
        Window opened = new Window(entry, now);
        while (true) {
            Window other = windows.putIfAbsent(key, opened);
            if (other == null) {
                order.add(opened);
                writer.offer(opened.entry().firstLine(now));
                return new Counted(opened, true);
            }
            if (other.repeat()) {
                return new Counted(other, false);
            }
            windows.remove(key, other); // it ended while we looked
        }
    }

    /** Ends windows that are over, and the oldest ones where there are too many. On the writer's thread. */
    void sweep() {
        Instant over = clock.instant().minus(WINDOW);
        Window oldest = order.peek();
        while (oldest != null && (!oldest.since().isAfter(over) || windows.size() > maxWindows)) {
            order.remove();
            end(oldest);
            oldest = order.peek();
        }
    }

    private void end(Window window) {
        windows.remove(window.entry().key(), window);
        Window.Counts counts = window.end();
        if (counts.worthALine()) {
            writer.offer(window.entry().repeatsLine(clock.instant(), counts.repeats(), counts.bytes()));
        }
    }

    /** Decisions whose repeats are being counted. */
    int open() {
        return windows.size();
    }

    /** Writes what is counted and what is queued, and ends. Blocks for at most a few seconds. */
    @Override
    public void close() {
        writer.stop(() -> {
            for (Window window = order.poll(); window != null; window = order.poll()) {
                end(window);
            }
        });
    }

    private final class Counted implements Recorded {
        private final Window window;
        private final boolean first;

        Counted(Window window, boolean first) {
            this.window = window;
            this.first = first;
        }

        @Override
        public void carried(long bytes) {
            if (bytes > 0 && !window.carried(bytes)) {
                // A body that took longer than its window: a line of its own, so that the sum stays right.
                writer.offer(window.entry().repeatsLine(clock.instant(), 0, bytes));
            }
        }

        @Override
        public boolean first() {
            return first;
        }

        @Override
        public Entry entry() {
            return window.entry();
        }
    }
}
