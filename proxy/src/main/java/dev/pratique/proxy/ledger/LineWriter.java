package dev.pratique.proxy.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that writes lines, behind a bounded queue. */
final class LineWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);
    /** A disk that stands still for some seconds loses nothing: first decisions are far fewer than pulls. */
    private static final int QUEUE = 65_536;

    private static final int BATCH = 1024;
    /** Not a line: ends the writer's wait. */
    private static final byte[] WAKE = {};

    private static final long TICK_MILLIS = 500;
    private static final long STOP_MILLIS = 5_000;
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LineSink sink;
    private final LongConsumer dropped;
    private final Runnable everyTick;
    private final Thread thread;
    private volatile @Nullable Runnable last;
    private long complained = System.nanoTime() - QUIET_NANOS;

    LineWriter(LineSink sink, LongConsumer dropped, Runnable everyTick) {
        this.sink = sink;
        this.dropped = dropped;
        this.everyTick = everyTick;
        this.thread = new Thread(this::run, "decision-log");
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes a line or counts it as lost. Any thread; never blocks. */
    void offer(byte[] line) {
        if (!queue.offer(line)) {
            dropped.accept(1);
        }
    }

    /** @param beforeTheEnd runs on the writer's thread, and may still offer lines */
    void stop(Runnable beforeTheEnd) {
        last = beforeTheEnd;
        // Never an interrupt: one that meets a write closes the file under it, and the lines are lost.
        var unused = queue.offer(WAKE);
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<byte[]> batch = new ArrayList<>();
        while (last == null) {
            try {
                byte[] line = queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (line != null && line != WAKE) {
                    batch.add(line);
                }
            } catch (InterruptedException stopping) {
                // The loop's condition says whether we end.
            }
            write(batch);
            everyTick.run();
        }
        Runnable ending = last;
        if (ending != null) {
            ending.run();
        }
        write(batch);
        close();
    }

    private void write(List<byte[]> batch) {
        do {
            queue.drainTo(batch, BATCH);
            batch.removeIf(line -> line == WAKE);
            if (!batch.isEmpty()) {
                try {
                    sink.write(batch);
                } catch (IOException e) {
                    dropped.accept(batch.size());
                    complain(e);
                }
            }
            batch.clear();
        } while (!queue.isEmpty());
    }

    private void close() {
        try {
            sink.close();
        } catch (IOException e) {
            complain(e);
        }
    }

    private void complain(IOException e) {
        if (System.nanoTime() - complained >= QUIET_NANOS) {
            complained = System.nanoTime();
            LOG.warn("the decision log cannot be written, decisions are being lost: {}", e.toString());
        }
    }
}
