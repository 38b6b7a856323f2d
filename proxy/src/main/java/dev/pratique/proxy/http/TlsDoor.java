package dev.pratique.proxy.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The first bytes on a port that speaks TLS. Who speaks plain HTTP instead is let in only to be told so: a resolver asks
 * elsewhere where a connection just ends. For the connection's event loop.
 */
final class TlsDoor extends OptionalSslHandler {
    private static final AttributeKey<Boolean> PLAIN = AttributeKey.valueOf(TlsDoor.class, "plain");

    private final SslContext tls;
    private final Duration patience;

    /** @param patience for the first bytes, and again for the handshake that they begin */
    TlsDoor(SslContext tls, Duration patience) {
        super(tls);
        this.tls = tls;
        this.patience = patience;
    }

    /** Whether nothing but the reason may be said on this connection. */
    static boolean isPlain(Channel channel) {
        return channel.hasAttr(PLAIN);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        var timer = ctx.executor()
                .schedule(
                        () -> {
                            if (!ctx.isRemoved()) {
                                var unused = ctx.close();
                            }
                        },
                        patience.toNanos(),
                        TimeUnit.NANOSECONDS);
        ctx.channel().closeFuture().addListener(closed -> timer.cancel(false));
    }

    @Override
    protected SslHandler newSslHandler(ChannelHandlerContext ctx, SslContext sslContext) {
        SslHandler handler = tls.newHandler(ctx.alloc());
        handler.setHandshakeTimeout(patience.toNanos(), TimeUnit.NANOSECONDS);
        return handler;
    }

    @Override
    protected ChannelHandler newNonSslHandler(ChannelHandlerContext ctx) {
        ctx.channel().attr(PLAIN).set(true);
        return new ChannelInboundHandlerAdapter();
    }
}
