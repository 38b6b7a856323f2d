package dev.pratique.proxy.admission;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that judge. They may wait for event loops, never for each other; who finds the pool full is told so at once.
 */
public final class JudgePool implements AutoCloseable {
    private static final int DRAIN_SECONDS = 10;
    private final ThreadPoolExecutor threads;

    /**
     * @param judges threads
     * @param waiting cases that may wait for a thread; 0: none
     */
    public JudgePool(int judges, int waiting) {
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(judges, judges, 60, TimeUnit.SECONDS, queue(waiting), work -> {
            Thread thread = new Thread(work, "judge-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    private static BlockingQueue<Runnable> queue(int waiting) {
        return waiting == 0 ? new SynchronousQueue<>() : new ArrayBlockingQueue<>(waiting);
    }

    /** Whether the work was taken; false where every judge is busy and the queue is full. */
    boolean submit(Runnable work) {
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    public int active() {
        return threads.getActiveCount();
    }

    public int waiting() {
        return threads.getQueue().size();
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
