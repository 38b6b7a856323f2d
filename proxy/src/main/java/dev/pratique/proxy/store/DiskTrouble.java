package dev.pratique.proxy.store;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is wrong with the disk: counted each time, logged once a minute, and forgotten a minute after it last happened.
 * Thread safe.
 */
public final class DiskTrouble {
    private static final Logger LOG = LoggerFactory.getLogger("pratique.store");
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private final Map<Kind, AtomicLong> counts = new EnumMap<>(Kind.class);

    // Guarded by this.
    private final Map<Kind, Long> logged = new EnumMap<>(Kind.class);
    private @Nullable Kind latest;
    private long latestAt;

    /** What can be wrong. */
    public enum Kind {
        FULL("the disk is full", "free some space, or set storage.maxBytes"),
        READ_ONLY("the file system is read-only", "the kernel's log says why; mount it writable again"),
        FAILED("the disk cannot be read or written", "the kernel's log says why; check the disk and its permissions");

        private final String sentence;
        private final String remedy;

        Kind(String sentence, String remedy) {
            this.sentence = sentence;
            this.remedy = remedy;
        }

        /** As a metric names it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public DiskTrouble() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new AtomicLong());
        }
    }

    /** Something failed for this reason. */
    public void met(IOException why) {
        met(kind(why.toString()), why.toString());
    }

    /** @param saw the reason as the system or a library gave it; for the log only */
    public void met(Kind kind, String saw) {
        Objects.requireNonNull(counts.get(kind)).incrementAndGet();
        long now = System.nanoTime();
        synchronized (this) {
            latest = kind;
            latestAt = now;
            Long last = logged.get(kind);
            if (last != null && now - last < QUIET_NANOS) {
                return;
            }
            logged.put(kind, now);
        }
        LOG.error("{}: what is fetched is passed on and not kept; {} (last seen: {})", kind.sentence, kind.remedy, saw);
    }

    /** No room was left by what must be kept: for readyz and the counter. */
    void noRoom() {
        met(Kind.FULL, "storage.keepFree cannot be kept by removing content");
    }

    /** What an error text of the system means: Java gives no error numbers. */
    public static Kind kind(String text) {
        if (text.contains("No space left") || text.contains("quota exceeded") || text.contains("NoSpace")) {
            return Kind.FULL;
        }
        return text.contains("Read-only file system") ? Kind.READ_ONLY : Kind.FAILED;
    }

    /** Whether the bytes themselves cannot be had from the disk. */
    static boolean isMediumError(IOException why) {
        return why.toString().contains("Input/output error");
    }

    /** Whether sending a file failed for the file's sake: it became shorter, or the disk does not give it. */
    public static boolean isOfContent(Throwable why) {
        String text = String.valueOf(why.getMessage());
        return text.contains("Input/output error") || text.contains("file size") || text.contains("shorter");
    }

    /** How often it happened. */
    public long count(Kind kind) {
        return Objects.requireNonNull(counts.get(kind)).get();
    }

    /** What happened in the last minute, one line for an operator; empty where all is well. */
    public synchronized Optional<String> now() {
        return latest == null || System.nanoTime() - latestAt > QUIET_NANOS
                ? Optional.empty()
                : Optional.of(latest.sentence + "; " + latest.remedy);
    }
}
