package dev.pratique.proxy.relay;

import java.time.Duration;

/**
 * How serving an admission ended. Exactly one method is called, once, on the channel's event loop. After the first two
 * nothing more is to be written; after the others nothing has been written, and the HTTP layer answers.
 */
public interface RelayOutcome {

    /**
     * The answer is written and flushed; the connection is closed where it was not to be kept.
     *
     * @param bytes of body that were sent
     */
    void served(long bytes);

    /**
     * The connection was cut within an answer, or the client left.
     *
     * @param bytes of body that were handed to the connection
     * @param what for an operator, one line
     */
    void aborted(long bytes, String what);

    /** It is no longer stored, and the upstream cannot be asked for it alone: it is to be judged again. */
    void gone();

    /** The upstream does not serve it in this repository: 404. */
    void notServedThere();

    /**
     * The upstream answered with something else: 502.
     *
     * @param what one line
     */
    void wrong(String what);

    /**
     * Nothing can be said now: 502, or 504 where it is for want of time.
     *
     * @param late whether the upstream did not answer in time
     * @param what one line
     */
    void undecided(boolean late, String what, Duration retryAfter);
}
