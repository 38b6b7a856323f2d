package dev.pratique.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the decoder of one connection: ends clients that send a head, or take an answer, too slowly, and spoils
 * folded header lines so that the decoder refuses them. All on the connection's event loop.
 */
final class HeadGuard extends ChannelDuplexHandler {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final HttpLimits limits;
    private State state = State.IDLE;
    private long since = System.nanoTime();
    private boolean afterNewline;
    private long seenPending;
    private long seenProgress;
    private @Nullable ScheduledFuture<?> ticks;

    private enum State {
        /** No request is on its way. */
        IDLE,
        /** The first bytes of a head are here. */
        HEAD,
        /** A request is being answered. */
        ANSWERING
    }

    HeadGuard(HttpLimits limits) {
        this.limits = limits;
    }

    /** A head is complete. */
    void headComplete() {
        enter(State.ANSWERING);
    }

    /** The last answer is out, and nothing is waiting. */
    void answered() {
        enter(State.IDLE);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        // One task for the connection's life: scheduling one for each request would cost as much as a heap hit.
        long tick = Math.min(TICK.toNanos(), limits.head().toNanos() / 2 + 1);
        ticks = ctx.executor().scheduleAtFixedRate(() -> check(ctx), tick, tick, TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            if (state == State.IDLE) {
                enter(State.HEAD);
            }
            spoilFolds(bytes);
        }
        ctx.fireChannelRead(message);
    }

    // RFC 9112 section 5.2: a server that receives an obs-fold in a request MUST reject it or replace it. The decoder
    // joins such lines; with a NUL at their start it takes them for a header of an impossible name. Requests have no
    // bodies here, so every line is one of a head.
    private void spoilFolds(ByteBuf bytes) {
        int end = bytes.writerIndex();
        int at = bytes.readerIndex();
        if (at == end) {
            return;
        }
        if (afterNewline) {
            spoil(bytes, at);
        }
        for (int newline = bytes.indexOf(at, end, (byte) '\n');
                newline >= 0;
                newline = bytes.indexOf(at, end, (byte) '\n')) {
            at = newline + 1;
            if (at == end) {
                afterNewline = true;
                return;
            }
            spoil(bytes, at);
        }
        afterNewline = false;
    }

    private static void spoil(ByteBuf bytes, int lineStart) {
        byte first = bytes.getByte(lineStart);
        if (first == ' ' || first == '\t') {
            bytes.setByte(lineStart, 0);
        }
    }

    private void enter(State next) {
        state = next;
        since = System.nanoTime();
        seenPending = 0;
    }

    private void check(ChannelHandlerContext ctx) {
        long now = System.nanoTime();
        Duration allowed = switch (state) {
            case IDLE -> limits.idle();
            case HEAD -> limits.head();
            case ANSWERING -> limits.stalled();
        };
        if (state == State.ANSWERING && !stalled(ctx, now)) {
            return;
        }
        if (now - since > allowed.toNanos()) {
            var unused = ctx.close();
        }
    }

    /** Whether an answer is ready and the client has taken none of it since the last look. */
    private boolean stalled(ChannelHandlerContext ctx, long now) {
        ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
        long pending = out == null ? 0 : out.totalPendingWriteBytes();
        long progress = out == null ? 0 : out.currentProgress();
        boolean moved = pending == 0 || pending != seenPending || progress != seenProgress;
        if (moved) {
            since = now;
            seenPending = pending;
            seenProgress = progress;
        }
        return !moved;
    }
}
