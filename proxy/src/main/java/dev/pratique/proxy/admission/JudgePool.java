package dev.pratique.proxy.admission;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that judge. They may wait for event loops, never for each other; who finds no room is told so at once.
 *
 * <p>Whoever the work is for has a judge only while he has fewer of them than are free, and a place to wait likewise: half
 * of all for one, a quarter more for a second, and always some left. So an upstream that hangs cannot keep the judges from
 * the others (UPS-09).
 */
public final class JudgePool implements AutoCloseable {
    private static final int DRAIN_SECONDS = 10;

    private final ThreadPoolExecutor threads;
    private final int judges;
    private final int maxWaiting;

    // All guarded by this.
    private final Map<String, Integer> active = new HashMap<>();
    private final Map<String, Deque<Runnable>> waiting = new LinkedHashMap<>();
    private int allActive;
    private int allWaiting;

    /**
     * @param judges threads
     * @param waiting cases that may wait for a thread; 0: none
     */
    public JudgePool(int judges, int waiting) {
        this("judge", judges, waiting);
    }

    /** @param name of the threads, where they do other work of the kind */
    public JudgePool(String name, int judges, int waiting) {
        this.judges = judges;
        this.maxWaiting = waiting;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(judges, judges, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Has work done.
     *
     * @param sharer for whom: an upstream that the work may have to wait for
     * @return false where there is no judge and no place to wait for one
     */
    synchronized boolean submit(String sharer, Runnable work) {
        if (threads.isShutdown()) {
            return false;
        }
        if (mayBegin(sharer)) {
            return begin(sharer, work);
        }
        Deque<Runnable> queue = waiting.getOrDefault(sharer, new ArrayDeque<>());
        if (queue.size() >= maxWaiting - allWaiting) {
            return false;
        }
        queue.addLast(work);
        waiting.put(sharer, queue);
        allWaiting++;
        return true;
    }

    private boolean mayBegin(String sharer) {
        return active.getOrDefault(sharer, 0) < judges - allActive;
    }

    private boolean begin(String sharer, Runnable work) {
        active.merge(sharer, 1, Integer::sum);
        allActive++;
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } finally {
                    ended(sharer);
                }
            });
            return true;
        } catch (RejectedExecutionException closing) {
            leave(sharer);
            return false;
        }
    }

    private void leave(String sharer) {
        allActive--;
        active.computeIfPresent(sharer, (key, count) -> count > 1 ? count - 1 : null);
    }

    private synchronized void ended(String sharer) {
        leave(sharer);
        boolean more = true;
        while (more) {
            more = beginNext();
        }
    }

    // Whoever gets a judge goes to the end of the line.
    private boolean beginNext() {
        for (Iterator<Map.Entry<String, Deque<Runnable>>> line =
                        waiting.entrySet().iterator();
                line.hasNext(); ) {
            Map.Entry<String, Deque<Runnable>> next = line.next();
            if (mayBegin(next.getKey())) {
                String sharer = next.getKey();
                Deque<Runnable> queue = next.getValue();
                Runnable work = queue.removeFirst();
                allWaiting--;
                line.remove();
                if (!queue.isEmpty()) {
                    waiting.put(sharer, queue);
                }
                return begin(sharer, work);
            }
        }
        return false;
    }

    public synchronized int active() {
        return allActive;
    }

    public synchronized int waiting() {
        return allWaiting;
    }

    @Override
    public void close() {
        beginAll();
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

    // Somebody waits for the answer to each: the last thing that a pool does is to give them one, shares or not.
    private synchronized void beginAll() {
        List<Runnable> rest = new ArrayList<>();
        waiting.values().forEach(rest::addAll);
        waiting.clear();
        allWaiting = 0;
        rest.forEach(threads::execute);
    }
}
