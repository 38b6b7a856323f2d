package dev.pratique.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the connections of clients over all listeners, and ends at once what is more than the limit. Thread safe. */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
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
        if (now > limit) {
            // There is no answer that would not take what is short: the client sees a closed connection and comes
            // again.
            var unused = channel.close();
        } else {
            channels.add(channel);
        }
    }
}
