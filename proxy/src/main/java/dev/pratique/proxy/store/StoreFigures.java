package dev.pratique.proxy.store;

import java.util.concurrent.atomic.AtomicLong;

/** What happened to the store since the start, for metrics. Thread safe. */
public final class StoreFigures {
    final AtomicLong evictions = new AtomicLong();
    final AtomicLong evictedBytes = new AtomicLong();
    final AtomicLong evictedMisses = new AtomicLong();
    final AtomicLong pinnedBytes = new AtomicLong();
    final AtomicLong unkept = new AtomicLong();
    final AtomicLong scrubbedBytes = new AtomicLong();
    final AtomicLong damaged = new AtomicLong();

    StoreFigures() {}

    /** Contents removed to make room. */
    public long evictions() {
        return evictions.get();
    }

    /** Their bytes. */
    public long evictedBytes() {
        return evictedBytes.get();
    }

    /** Contents fetched again after they had been removed to make room. */
    public long evictedMisses() {
        return evictedMisses.get();
    }

    /** Bytes that could not be removed for a verdict's sake, when room was last made. */
    public long pinnedBytes() {
        return pinnedBytes.get();
    }

    /** Contents that clients got and the store did not keep: too large, or no room, or the disk failed. */
    public long unkept() {
        return unkept.get();
    }

    /** Bytes read again in the background. */
    public long scrubbedBytes() {
        return scrubbedBytes.get();
    }

    /** Contents removed because their bytes had changed, or could not be read. */
    public long damaged() {
        return damaged.get();
    }
}
