package dev.pratique.proxy.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all content again, slowly, and removes what no longer has its digest. Where it was is written down, so that it goes
 * on there after a restart. Runs on a thread of its own until that is interrupted.
 */
final class Scrub implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("pratique.store");
    /** Slower is no relief for a disk, and a small store is done early. */
    private static final long LEAST_PER_SECOND = 1 << 20;

    private static final Duration LONGEST_REST = Duration.ofHours(1);

    private final ContentStore store;
    private final Duration period;
    private final InstantSource clock;

    /** @param period in how much time all is to be read once */
    Scrub(ContentStore store, Duration period, InstantSource clock) {
        this.store = store;
        this.period = period;
        this.clock = clock;
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                rest(pass());
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest(Duration left) throws InterruptedException {
        for (long millis = left.toMillis(); millis > 0; millis -= LONGEST_REST.toMillis()) {
            Thread.sleep(Math.min(millis, LONGEST_REST.toMillis()));
        }
    }

    /** Once through the store, from where the last pass was left. @return until the next one is due */
    Duration pass() throws InterruptedException {
        StoreDirectory directory = store.directory();
        ScrubMark mark = ScrubMark.read(directory.scrubMark())
                .filter(one -> !one.begun().isAfter(clock.instant()))
                .orElseGet(() -> ScrubMark.beginning(clock.instant()));
        if (mark.done()) {
            Duration left = Duration.between(clock.instant(), mark.begun().plus(period));
            if (!left.isNegative() && !left.isZero()) {
                return left;
            }
            mark = ScrubMark.beginning(clock.instant());
        }
        Slow pace = new Slow(Math.max(LEAST_PER_SECOND, store.bytesStored() / Math.max(1, period.toSeconds())));
        for (String fan : directory.fans()) {
            if (fan.compareTo(mark.fan()) > 0) {
                look(directory.entriesOf(fan), pace);
                mark = mark.after(fan);
                mark.write(directory.scrubMark());
            }
        }
        mark.finished().write(directory.scrubMark());
        LOG.info("all content was read again: {} bytes, {} contents were damaged", pace.bytes(), pace.damaged());
        return Duration.between(clock.instant(), mark.begun().plus(period));
    }

    private void look(List<StoreDirectory.Entry> entries, Slow pace) throws InterruptedException {
        for (StoreDirectory.Entry entry : entries) {
            long before = pace.bytes();
            if (!store.check(entry.digest(), pace)) {
                pace.foundDamaged();
            }
            store.figures().scrubbedBytes.addAndGet(pace.bytes() - before);
        }
    }

    /** So many bytes a second, and no more. */
    private static final class Slow implements Pace {
        private final long perSecond;
        private final long begun = System.nanoTime();
        private long bytes;
        private int damaged;

        Slow(long perSecond) {
            this.perSecond = perSecond;
        }

        @Override
        public void took(int count) throws InterruptedException {
            bytes += count;
            long due = begun + (long) (bytes * 1e9 / perSecond);
            long millis = Duration.ofNanos(due - System.nanoTime()).toMillis();
            if (millis > 0) {
                Thread.sleep(millis);
            }
        }

        void foundDamaged() {
            damaged++;
        }

        long bytes() {
            return bytes;
        }

        int damaged() {
            return damaged;
        }
    }
}
