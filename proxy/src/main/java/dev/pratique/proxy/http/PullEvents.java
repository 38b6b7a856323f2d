package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.DiscoveryAnswer;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.RequestTarget;

/** What the registry face tells ledger and metrics. Called on event loops: must not block. */
public interface PullEvents {
    /** Nobody listens. */
    PullEvents NONE = new PullEvents() {};

    /** Counts what one pull carried. */
    @FunctionalInterface
    interface Transfer {
        /**
         * The answer is over.
         *
         * @param bytes of the body that went to the client
         * @param complete whether that was all of it
         */
        void ended(long bytes, boolean complete);
    }

    /** The gate has answered. */
    default Transfer decided(PullAnswer answer) {
        return (bytes, complete) -> {};
    }

    /** A request for a list has been answered. */
    default void listed(DiscoveryAnswer answer) {}

    /** A request that was no pull, or of no configured upstream. */
    default void turnedAway(RequestTarget.Wrong wrong, boolean manifest) {}

    /** Something failed that never should; the client was told the id. */
    default void failed(String id, Throwable cause) {}
}
