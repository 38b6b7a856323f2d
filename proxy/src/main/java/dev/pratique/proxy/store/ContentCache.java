package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Contents that are open. A look-up is one read of a map; room is made with the clock algorithm (second chance), which is
 * close to least recently used and costs a reader nothing. Thread safe.
 */
final class ContentCache {
    private final StoreLimits limits;
    private final ConcurrentHashMap<Digest, StoredContent> contents = new ConcurrentHashMap<>();

    // Guarded by this.
    private final Deque<Digest> hand = new ArrayDeque<>();
    private int files;
    private long memory;
    private boolean closed;

    ContentCache(StoreLimits limits) {
        this.limits = limits;
    }

    /** A reference for the caller, or null where the content is not open. */
    @Nullable
    StoredContent acquire(Digest digest) {
        StoredContent content = contents.get(digest);
        if (content == null || !content.tryRetain()) {
            return null;
        }
        content.mark();
        return content;
    }

    /** Takes the caller's reference over; a content that is there already stays. */
    void add(Digest digest, StoredContent content) {
        synchronized (this) {
            if (!closed && contents.putIfAbsent(digest, content) == null) {
                hand.addLast(digest);
                count(content, 1);
                makeRoom(digest);
                return;
            }
        }
        content.release();
    }

    private void makeRoom(Digest newest) {
        // Everybody has a second chance, so two rounds always find somebody.
        for (int tries = 2 * hand.size(); tries > 0 && over(); tries--) {
            Digest next = hand.pollFirst();
            StoredContent content = next == null ? null : contents.get(next);
            if (next == null || content == null) {
                continue;
            }
            if (content.unmark(StoredContent.RECENT) || next.equals(newest)) {
                hand.addLast(next);
            } else {
                drop(next, content);
            }
        }
    }

    private boolean over() {
        return files > limits.openFiles() || memory > limits.memoryBytes();
    }

    private void drop(Digest digest, StoredContent content) {
        contents.remove(digest);
        count(content, -1);
        content.release();
    }

    private void count(StoredContent content, int sign) {
        files += content.inMemory() ? 0 : sign;
        memory += sign * content.heldBytes();
    }

    /** Forgets one that turned out to be bad. */
    synchronized void remove(Digest digest) {
        StoredContent content = contents.get(digest);
        if (content != null) {
            hand.remove(digest);
            drop(digest, content);
        }
    }

    /** What was used since this was last asked. */
    List<Digest> recentlyUsed() {
        List<Digest> used = new ArrayList<>();
        contents.forEach((digest, content) -> {
            if (content.unmark(StoredContent.USED)) {
                used.add(digest);
            }
        });
        return used;
    }

    /** Whether somebody besides the cache holds it. */
    boolean inUse(Digest digest) {
        StoredContent content = contents.get(digest);
        return content != null && content.refCnt() > 1;
    }

    /** Lets go of all; who still writes one keeps it until done. */
    synchronized void close() {
        closed = true;
        hand.clear();
        contents.values().forEach(StoredContent::release);
        contents.clear();
    }
}
