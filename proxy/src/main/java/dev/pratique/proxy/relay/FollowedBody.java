package dev.pratique.proxy.relay;

import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.store.FillFollower;
import dev.pratique.proxy.store.FillSubscription;
import dev.pratique.proxy.store.Fills;
import dev.pratique.proxy.store.StoredContent;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a blob to one client while it arrives. The last bytes wait until the digest matched, so no client ever has the whole
 * of a wrong blob; the head waits for the first byte that may go, so a small wrong blob is answered like any other error.
 */
final class FollowedBody implements FillFollower, ChannelFutureListener {
    /** More than a socket needs to notice a missing end, less than anyone waits for. */
    static final int WITHHELD = 16 << 10;

    private final RelayJob job;
    private final Duration stall;
    private final Consumer<RelayJob> stored;
    private @Nullable FillSubscription subscription;
    private @Nullable StoredContent content;
    private @Nullable BodyWriter writer;
    private boolean over;

    /** @param stored continues where the blob was stored in the meantime */
    FollowedBody(RelayJob job, Duration stall, Consumer<RelayJob> stored) {
        this.job = job;
        this.stall = stall;
        this.stored = stored;
    }

    void join(Fills fills) {
        subscription = fills.join(
                job.admission().repository(),
                job.admission().digest(),
                job.admission().size(),
                job.channel().eventLoop(),
                this);
        job.channel().closeFuture().addListener(this);
    }

    /** The client left; the fill goes on. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        BodyWriter body = writer;
        if (over) {
            return;
        }
        leave();
        if (body != null) {
            body.abort("the client left");
        } else {
            release();
            job.outcome().aborted(0, "the client left");
        }
    }

    @Override
    public void onStart(StoredContent growing, long size) {
        content = growing;
        if (job.contradicts(size)) {
            leave();
            release();
        }
    }

    @Override
    public void onAvailable(long watermark) {
        StoredContent growing = content;
        long upTo = growing == null ? 0 : Math.min(watermark, growing.size() - WITHHELD);
        if (growing != null && upTo > 0) {
            allow(growing, upTo, null);
        }
    }

    @Override
    public void onVerified() {
        StoredContent whole = content;
        detach();
        // Only now: an upstream that answers 200 with other bytes has not served this digest.
        job.admission().confirmed();
        if (whole != null) {
            // A small blob is whole before its head is written, and then a part of it can be had too.
            allow(whole, whole.size(), job.request().range());
        }
    }

    private void allow(StoredContent growing, long upTo, @Nullable String asked) {
        BodyWriter body = writer;
        if (body == null) {
            ByteRange range = ByteRange.of(asked, growing.size());
            var headers = AnswerHead.of(
                    job.admission(), range, growing.size(), job.request().keepAlive());
            var unused = job.ctx().write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, range.status(), headers));
            body = new BodyWriter(job, growing, range.first(), range.end(), stall);
            writer = body;
        }
        body.allow(upTo);
        if (body.over() && !over) {
            leave();
        }
    }

    @Override
    public void onFailed(Fetched why) {
        BodyWriter body = writer;
        detach();
        if (body == null) {
            release();
            job.failed(why);
        } else {
            body.abort(
                    why instanceof Fetched.Wrong wrong
                            ? wrong.what()
                            : why instanceof Fetched.Unread unread ? unread.what() : "the upstream failed");
        }
    }

    @Override
    public void onStored() {
        detach();
        stored.accept(job);
    }

    // The client hears nothing of the store's trouble: the rest comes another way. What it has was not verified, so it
    // is compared with the beginning of the second body.
    @Override
    public void onUnkept() {
        BodyWriter body = writer;
        StoredContent partly = content;
        detach();
        if (body == null || partly == null) {
            release();
            new PassedBody(job, stall).begin();
        } else {
            body.handOver(sent -> new PassedBody(job, stall).goOn(sent, partly.size()));
        }
    }

    /** Hears nothing more from the fill, nor of the channel's end. */
    private void leave() {
        if (subscription != null) {
            subscription.cancel();
        }
        detach();
    }

    private void detach() {
        over = true;
        job.channel().closeFuture().removeListener(this);
    }

    // Once there is a writer, the reference is the writer's.
    private void release() {
        if (content != null) {
            content.release();
            content = null;
        }
    }
}
