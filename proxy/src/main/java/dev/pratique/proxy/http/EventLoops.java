package dev.pratique.proxy.http;

import dev.pratique.proxy.upstream.Transport;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches that the event loops wait for nobody: each gets a heartbeat a second. One that does not answer within 100 ms is
 * counted; one that has not answered when the next is due is, at most once a minute, named in the log. Thread safe.
 */
public final class EventLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);
    private static final int FRAMES = 12;

    private final Transport transport;
    private final Duration late;
    private final Duration interval;

    private final LongSupplier nanos;
    private final Runnable onBlocked;
    private final List<Pulse> pulses = new ArrayList<>();
    private final ScheduledExecutorService watch;
    private final AtomicLong nextWarning;

    /** @param onBlocked called for each heartbeat that a loop missed, on the watching thread */
    public EventLoops(Transport transport, Runnable onBlocked) {
        this(transport, Duration.ofMillis(100), Duration.ofSeconds(1), System::nanoTime, onBlocked);
    }

    /**
     * @param late after which a missing heartbeat counts
     * @param interval between heartbeats
     */
    EventLoops(Transport transport, Duration late, Duration interval, LongSupplier nanos, Runnable onBlocked) {
        this.transport = transport;
        this.late = late;
        this.interval = interval;

        this.nanos = nanos;
        this.onBlocked = onBlocked;
        this.nextWarning = new AtomicLong(nanos.getAsLong());
        transport.group().forEach(loop -> pulses.add(new Pulse(loop)));
        this.watch = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "heartbeat");
            thread.setDaemon(true);
            return thread;
        });
        var unused = watch.scheduleAtFixedRate(this::beat, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** @throws IllegalStateException where the calling thread is an event loop: whoever calls this is about to wait */
    public void forbidBlocking() {
        if (transport.inEventLoop()) {
            throw new IllegalStateException("an event loop must not wait");
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }

    private void beat() {
        for (Pulse pulse : pulses) {
            if (pulse.missing()) {
                warn(pulse); // for a whole interval; a shorter pause is counted, but may be the machine's
            }
            pulse.send();
        }
        var unused = watch.schedule(this::look, late.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look() {
        for (Pulse pulse : pulses) {
            if (pulse.missing()) {
                onBlocked.run();
            }
        }
    }

    private void warn(Pulse pulse) {
        long now = nanos.getAsLong();
        long due = nextWarning.get();
        if (now - due < 0
                || !nextWarning.compareAndSet(due, now + Duration.ofMinutes(1).toNanos())) {
            return;
        }
        LOG.warn("an event loop has not answered for {} ms; it is at {}", interval.toMillis(), pulse.where());
    }

    /** The last heartbeat of one loop. */
    private static final class Pulse {
        private final EventExecutor loop;
        private volatile boolean answered = true;

        Pulse(EventExecutor loop) {
            this.loop = loop;
        }

        void send() {
            if (!answered || loop.isShuttingDown()) {
                return; // one task at a time waits in a blocked loop
            }
            answered = false;
            loop.execute(() -> answered = true);
        }

        boolean missing() {
            return !answered && !loop.isShuttingDown();
        }

        String where() {
            if (!(loop instanceof SingleThreadEventExecutor single)) {
                return "an unknown place";
            }
            StackTraceElement[] frames = single.threadProperties().stackTrace();
            StringBuilder text = new StringBuilder(single.threadProperties().name());
            for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                text.append(" < ").append(frames[i]);
            }
            return text.toString();
        }
    }
}
