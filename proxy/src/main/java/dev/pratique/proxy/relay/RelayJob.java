package dev.pratique.proxy.relay;

import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.store.DiskTrouble;
import dev.pratique.proxy.store.StoredContent;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannelConfig;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One admission on its way to one client. For the channel's event loop, except {@link #onLoop}.
 *
 * @param store where its content is
 */
record RelayJob(
        ChannelHandlerContext ctx,
        Admission admission,
        RelayRequest request,
        RelayOutcome outcome,
        ContentStore store) {

    Channel channel() {
        return ctx.channel();
    }

    /** Runs the step on the channel's event loop, or the other one where the loop has ended. */
    void onLoop(Runnable step, Runnable ended) {
        if (channel().eventLoop().inEventLoop()) {
            step.run();
            return;
        }
        try {
            channel().eventLoop().execute(step);
        } catch (RejectedExecutionException shuttingDown) {
            ended.run();
        }
    }

    /** Whether the client is gone; then that is the outcome. */
    boolean clientLeft() {
        if (channel().isActive()) {
            return false;
        }
        outcome.aborted(0, "the client left");
        return true;
    }

    /** Whether a length contradicts what a manifest said; then that is the outcome. */
    boolean contradicts(long size) {
        if (admission.size().orElse(size) == size) {
            return false;
        }
        outcome.wrong("the content has another length than its manifest says");
        return true;
    }

    /** Has a content read again that could not be sent for a reason that is the disk's, not the client's. */
    void suspect(StoredContent content, @Nullable Throwable why) {
        if (!content.inMemory() && why != null && DiskTrouble.isOfContent(why)) {
            store.suspect(admission.digest());
        }
    }

    /** The outcome where the upstream does not bring it and nothing has been written. */
    void failed(Fetched why) {
        if (why instanceof Fetched.Missing || why instanceof Fetched.Denied) {
            outcome.notServedThere();
        } else if (why instanceof Fetched.Wrong wrong) {
            outcome.wrong(wrong.what());
        } else if (why instanceof Fetched.Unread unread) {
            outcome.undecided(unread.late(), unread.what(), unread.retryAfter());
        } else {
            outcome.wrong("the registry answered something else");
        }
    }

    /** Ends the connection so that nobody takes what was sent for a whole answer. */
    void cut() {
        if (channel().isActive() && channel().config() instanceof SocketChannelConfig socket) {
            socket.setSoLinger(0);
        }
        // From the head of the pipeline: TLS must not say that this was the orderly end.
        ChannelHandlerContext first = channel().pipeline().firstContext();
        var unused = first == null ? channel().close() : first.close();
    }
}
