package dev.pratique.proxy.http;

import dev.pratique.proxy.admission.Admission;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;

/** Brings admitted content to the client. */
@FunctionalInterface
public interface Delivery {
    /**
     * Answers one request on its channel's event loop, whatever happens to the content.
     *
     * @param keepAlive whether the connection may be used again
     * @param ended called once, on the event loop, when nothing more will be written for this request
     */
    void serve(ChannelHandlerContext ctx, Admission admission, HttpRequest head, boolean keepAlive, Ended ended);

    /** How it ended. */
    @FunctionalInterface
    interface Ended {
        /**
         * @param bytes of the body that were sent
         * @param complete whether that was the whole answer; otherwise the connection is of no more use
         */
        void ended(long bytes, boolean complete);
    }
}
