package dev.pratique.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the connections of clients over all listeners. A few more than the limit are let in to be told so, for a resolver
 * asks elsewhere where a connection just ends; what is beyond those is ended at once. Thread safe.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<Boolean> SURPLUS = AttributeKey.valueOf(ConnectionLimit.class, "surplus");
    /** Surplus connections that are answered at a time: each lives for one refusal. */
    private static final int ANSWERED = 256;

    private final int limit;
    private final AtomicInteger open = new AtomicInteger();
    private final ChannelGroup channels = new DefaultChannelGroup("clients", GlobalEventExecutor.INSTANCE);

    ConnectionLimit(int limit) {
        this.limit = limit;
    }

    int open() {
        return open.get();
    }

    ChannelGroup channels() {
        return channels;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        int now = open.incrementAndGet();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (now > limit + ANSWERED) {
            var unused = channel.close();
            return;
        }
        if (now > limit) {
            channel.attr(SURPLUS).set(true);
        }
        channels.add(channel);
    }

    /** Whether the connection was let in only to be told that there are too many. */
    static boolean isSurplus(Channel channel) {
        return channel.hasAttr(SURPLUS);
    }
}
