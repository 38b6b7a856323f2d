package dev.pratique.proxy.admission;

import dev.pratique.attestations.registry.EvidenceBudget;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The part of the heap that evidence under judgement may take, shared by all judges: whoever can push to a registry decides
 * how much lies beside an image, and many such images at once must not end the proxy. Thread safe; nobody waits.
 */
final class EvidenceMemory {
    /** Bytes are copied once or twice on their way to the verdict and to the store: the rest of the heap is for that. */
    private static final int SHARE_OF_HEAP = 4;

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    /** @param limit in bytes */
    EvidenceMemory(long limit) {
        this.limit = limit;
    }

    static EvidenceMemory ofThisHeap() {
        return new EvidenceMemory(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    /** For one image; closed when nothing of its evidence is held any more. */
    Share share() {
        return new Share();
    }

    /** What one judge holds. One thread. */
    final class Share implements EvidenceBudget, AutoCloseable {
        private long own;

        private Share() {}

        /** Where nobody else holds anything, all that the limits of one image allow is given, however small the heap. */
        @Override
        public boolean take(long bytes) {
            long mine = own;
            long before = held.getAndUpdate(all -> fits(all, mine, bytes) ? all + bytes : all);
            if (!fits(before, mine, bytes)) {
                return false;
            }
            own += bytes;
            return true;
        }

        private boolean fits(long all, long mine, long bytes) {
            return all == mine || all + bytes <= limit;
        }

        @Override
        public void close() {
            held.addAndGet(-own);
            own = 0;
        }
    }
}
