package dev.pratique.proxy.relay;

import dev.pratique.proxy.store.SentBefore;
import dev.pratique.proxy.store.StoredContent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes content to one client as far as it is allowed to: one write at a time, so a client that reads slowly holds one
 * reference and no buffers. For the channel's event loop.
 */
final class BodyWriter implements ChannelFutureListener {
    /** What is copied at once where TLS keeps the kernel from sending the file. */
    private static final int COPY = 64 << 10;

    private final RelayJob job;
    private final StoredContent content;
    private final long start;
    private final long end;
    private final Duration stall;
    private final boolean copying;
    private long position;
    private long limit;
    private boolean writing;
    private boolean lastWritten;
    private boolean over;
    private @Nullable Consumer<SentBefore> next;
    private @Nullable DefaultFileRegion region;
    private @Nullable ScheduledFuture<?> watch;
    private long seen = -1;

    /**
     * The head must be written before {@link #allow}.
     *
     * @param content whose reference the writer takes over
     * @param end offset after the last byte
     * @param stall after which a client that reads nothing is cut off
     */
    BodyWriter(RelayJob job, StoredContent content, long start, long end, Duration stall) {
        this.job = job;
        this.content = content;
        this.start = start;
        this.end = end;
        this.stall = stall;
        this.position = start;
        this.limit = start;
        this.copying = content.inMemory() || job.ctx().pipeline().get(SslHandler.class) != null;
    }

    /** Bytes up to this offset may be sent. */
    void allow(long upTo) {
        limit = Math.min(upTo, end);
        pump();
    }

    /**
     * Stops where it may not go on now, and lets another one go on from there; no outcome is told.
     *
     * @param successor given what was sent, with the reference to it; not told where the client leaves before
     */
    void handOver(Consumer<SentBefore> successor) {
        next = successor;
        pump();
    }

    private void pump() {
        if (writing || over || lastWritten) {
            return;
        }
        if (position >= limit && limit < end) {
            Consumer<SentBefore> successor = next;
            if (successor != null) {
                content.retain();
                finish();
                successor.accept(SentBefore.of(content, position));
            }
            return;
        }
        ChannelFuture written = write(job.ctx(), limit - position);
        if (written == null) {
            return;
        }
        writing = true;
        written.addListener(this);
        if (writing && watch == null) {
            watch = job.ctx().executor().schedule(this::check, stall.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private @Nullable ChannelFuture write(ChannelHandlerContext ctx, long available) {
        long count = copying ? Math.min(available, COPY) : available;
        lastWritten = position + count == end;
        ChannelFuture part = null;
        if (count > 0) {
            Object message = copying ? copy((int) count) : send(count);
            if (message == null) {
                return null;
            }
            position += count;
            part = lastWritten ? ctx.write(message) : ctx.writeAndFlush(message);
        }
        return lastWritten || part == null ? ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT) : part;
    }

    private DefaultFileRegion send(long count) {
        DefaultFileRegion next = content.region(position, count);
        region = next;
        return next;
    }

    private @Nullable ByteBuf copy(int count) {
        ByteBuf buffer = job.ctx().alloc().directBuffer(count);
        try {
            for (int copied = 0; copied < count; ) {
                copied += content.copy(position + copied, count - copied, buffer);
            }
            return buffer;
        } catch (IOException diskFailed) {
            buffer.release();
            job.suspect(content, diskFailed);
            abort("the stored content cannot be read");
            return null;
        }
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        writing = false;
        region = null;
        if (over) {
            return;
        }
        if (!written.isSuccess()) {
            job.suspect(content, written.cause());
            abort("the client left");
        } else if (lastWritten) {
            finish();
            if (!job.request().keepAlive()) {
                var unused = job.channel().close();
            }
            job.outcome().served(end - start);
        } else {
            pump();
        }
    }

    /** Cuts the connection within the body. */
    void abort(String what) {
        if (over) {
            return;
        }
        long sent = position - start;
        finish();
        job.cut();
        job.outcome().aborted(sent, what);
    }

    /** Whether an outcome was told. */
    boolean over() {
        return over;
    }

    private void finish() {
        over = true;
        content.release();
        if (watch != null) {
            watch.cancel(false);
        }
    }

    // Waiting for the upstream is not the client's fault; a write that has not moved is.
    private void check() {
        if (over) {
            return;
        }
        DefaultFileRegion current = region;
        long now = position + (current == null ? 0 : current.transferred());
        if (writing && now == seen) {
            abort("the client stopped reading");
            return;
        }
        seen = writing ? now : -1;
        watch = job.ctx().executor().schedule(this::check, stall.toNanos(), TimeUnit.NANOSECONDS);
    }
}
