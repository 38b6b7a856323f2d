package dev.pratique.proxy.upstream;

/** The other end of a {@link BlobListener}. Thread safe. */
public interface BlobStream {

    /** Asks for the next batch. */
    void read();

    /** Ends it; the listener is told that it failed, unless it had ended already. */
    void cancel();
}
