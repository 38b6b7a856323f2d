package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;

/** What a metric may count of upstreams. Called on event loops and disk threads: must not block. */
public interface UpstreamEvents {
    /** Counts nothing. */
    UpstreamEvents NONE = new UpstreamEvents() {};

    /** What was asked. */
    enum Kind {
        MANIFEST,
        MANIFEST_HEAD,
        BLOB,
        BLOB_HEAD,
        BLOB_STREAM,
        REFERRERS,
        TAGS,
        TOKEN
    }

    /** How it ended. */
    enum Outcome {
        FOUND,
        MISSING,
        DENIED,
        WRONG,
        UNREAD;

        static Outcome of(Fetched fetched) {
            return fetched instanceof Fetched.Found
                    ? FOUND
                    : fetched instanceof Fetched.Missing
                            ? MISSING
                            : fetched instanceof Fetched.Denied
                                    ? DENIED
                                    : fetched instanceof Fetched.Wrong ? WRONG : UNREAD;
        }
    }

    /** One request of ours is over, whatever number of HTTP requests it took. */
    default void requestFinished(String upstream, Kind kind, Outcome outcome, long nanos) {}

    /** A connection was opened to an origin of this upstream. */
    default void connectionOpened(String upstream) {}

    /** An open connection was used again. */
    default void connectionReused(String upstream) {}

    /** A connection is gone. */
    default void connectionClosed(String upstream) {}

    /** The upstream wanted its credentials at an origin that may not have them (UPS-02). */
    default void realmRefused(String upstream, String origin) {}
}
