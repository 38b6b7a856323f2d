package dev.pratique.proxy.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of lists that wait for their clients. A list is in memory until its client has taken it: many slow clients and one
 * long list would fill the heap. Thread safe.
 */
final class ListBudget {
    /** A list of an ordinary image has a few kilobytes; this is an eighth of the heap that the proxy is run with. */
    static final long DEFAULT = 32L << 20;

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /** @param limit bytes */
    ListBudget(long limit) {
        this.limit = limit;
    }

    /** Whether there is room; then {@link #give} is to follow. */
    boolean take(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
