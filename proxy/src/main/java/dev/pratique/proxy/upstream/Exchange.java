package dev.pratique.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;

/** Takes the answer to one request. Called on the connection's event loop; ends with onEnd or onBroken, once. */
interface Exchange {

    /** Why an exchange ended without its end. */
    enum Broken {
        /** No headers in time. */
        NO_ANSWER("did not answer in time"),
        /** The body stopped or drips. */
        STALLED("stopped sending"),
        /** Closed or reset before the headers. */
        RESET("closed the connection without an answer"),
        /** Closed or reset within the body. */
        TRUNCATED("closed the connection before the end of the body"),
        /** Not HTTP/1.1, or headers beyond the limits. */
        NOT_HTTP("did not answer in readable HTTP"),
        /** By ourselves. */
        ABORTED("was given up");

        private final String what;

        /** Whether it is for want of time. */
        boolean late() {
            return this == NO_ANSWER || this == STALLED;
        }

        Broken(String what) {
            this.what = what;
        }

        /** What happened, to follow the name of an origin. */
        String what() {
            return what;
        }
    }

    /** Headers of the final answer; the body comes on demand. */
    void onHead(HttpResponse head);

    /** Bytes of the body; they are the exchange's to release. */
    void onContent(ByteBuf content);

    /** The last read is over and more is to come on demand. */
    void onBatch();

    /** The answer is complete. */
    void onEnd();

    /** There will be no end. */
    void onBroken(Broken why);
}
