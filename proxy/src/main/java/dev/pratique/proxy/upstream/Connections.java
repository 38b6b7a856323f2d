package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All connections of one upstream: to itself, to its token service, to where it redirects. Thread safe. */
final class Connections {
    private static final int MAX_HEADER_LINE = 8 << 10;
    private static final int MAX_HEADERS = 64 << 10;
    /** One read loop brings at most four of these: what may arrive unasked after a pause. */
    private static final int READ_BYTES = 64 << 10;

    private static final int READS = 4;
    /** Addresses of one host that are tried in turn. */
    private static final int MAX_ADDRESSES = 4;

    /** Redirects can name any number of origins; empty pools beyond this number are forgotten. */
    private static final int MAX_ORIGINS = 256;

    private final UpstreamSettings settings;
    private final Origin own;
    private final Transport transport;
    private final SslContext tls;
    private final Names names;
    private final UpstreamEvents events;
    private final ConcurrentHashMap<Origin, OriginPool> pools = new ConcurrentHashMap<>();
    /** Where the upstream itself was last reached: what a name server says later cannot change where it may lead. */
    private volatile @Nullable InetAddress home;

    Connections(
            UpstreamSettings settings,
            Origin own,
            Transport transport,
            SslContext tls,
            Executor blocking,
            UpstreamEvents events) {
        this.settings = settings;
        this.own = own;
        this.transport = transport;
        this.tls = tls;
        this.names = new Names(blocking, InetAddress::getAllByName);
        this.events = events;
    }

    /** @param fresh true for a connection that was never used */
    void acquire(Origin origin, boolean fresh, OriginPool.Waiter waiter) {
        OriginPool pool = pools.computeIfAbsent(
                origin, key -> new OriginPool(settings.maxConnections(), (mine, first) -> dial(key, mine, first)));
        pool.acquire(fresh, waiter);
        if (pools.size() > MAX_ORIGINS) {
            pools.values().removeIf(OriginPool::empty);
        }
    }

    void close() {
        pools.values().forEach(OriginPool::close);
    }

    private void dial(Origin origin, OriginPool pool, OriginPool.Waiter waiter) {
        BiConsumer<List<InetAddress>, Throwable> looked = (found, failed) -> {
            if (failed != null) {
                String what = failed instanceof RejectedExecutionException
                        ? "too many names of this upstream are being looked up"
                        : "no address is known for " + origin;
                pool.failed(Answers.unread(what), waiter);
                return;
            }
            List<InetAddress> allowed = found.stream()
                    .filter(address -> mayDial(origin, address))
                    .limit(MAX_ADDRESSES)
                    .toList();
            if (allowed.isEmpty()) {
                String what =
                        "the registry leads to an address that it must not lead to; its redirects may name the host";
                pool.failed(new Fetched.Wrong(what), waiter);
            } else {
                dial(new Attempt(origin, pool, waiter, allowed), 0);
            }
        };
        // Never at once: a pool whose waiters all fail would call itself for each.
        var unused = names.addresses(origin.address()).whenCompleteAsync(looked, transport.group());
    }

    /** What the operator named may be anywhere; where the upstream sends us, see {@link Reach}. */
    private boolean mayDial(Origin origin, InetAddress address) {
        InetAddress from = home;
        return origin.equals(own)
                || settings.tokenRealms().contains(origin)
                || settings.redirects().contains(origin)
                || from != null && Reach.mayLead(from, address);
    }

    private record Attempt(Origin origin, OriginPool pool, OriginPool.Waiter waiter, List<InetAddress> addresses) {
        void failed(Fetched why) {
            pool.failed(why, waiter);
        }
    }

    private void dial(Attempt attempt, int nth) {
        Origin origin = attempt.origin();
        Bootstrap bootstrap = new Bootstrap()
                .group(transport.group())
                .channel(transport.socket())
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.timeouts().connect().toMillis())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(1024, READ_BYTES / 4, READ_BYTES).maxMessagesPerRead(READS))
                // TLS reads by itself until the handshake is done.
                .option(ChannelOption.AUTO_READ, origin.secure())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (origin.secure()) {
                            channel.pipeline().addLast(tlsHandler(channel, origin), new Handshake());
                        }
                    }
                });
        ChannelFuture connecting;
        try {
            connecting =
                    bootstrap.connect(new InetSocketAddress(attempt.addresses().get(nth), origin.port()));
        } catch (IllegalStateException | RejectedExecutionException closing) {
            attempt.failed(Answers.unread("the upstream client is closed"));
            return;
        }
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                secure(attempt, connecting.channel());
            } else if (nth + 1 < attempt.addresses().size()) {
                dial(attempt, nth + 1);
            } else {
                String what = "cannot connect to " + origin;
                boolean late = done.cause() instanceof ConnectTimeoutException;
                attempt.failed(late ? Answers.late(what + " in time") : Answers.unread(what));
            }
        });
    }

    /** What goes wrong in a handshake is told by its future. */
    private static final class Handshake extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }

    private SslHandler tlsHandler(Channel channel, Origin origin) {
        SslHandler handler = tls.newHandler(channel.alloc(), origin.address(), origin.port());
        handler.setHandshakeTimeoutMillis(settings.timeouts().connect().toMillis());
        return handler;
    }

    private void secure(Attempt attempt, Channel channel) {
        if (!attempt.origin().secure()) {
            ready(attempt, channel);
            return;
        }
        SslHandler handler = channel.pipeline().get(SslHandler.class);
        if (handler == null) {
            // Already closed, which empties the pipeline: who dials may be told of the connection by another thread.
            attempt.failed(UpstreamTls.explain(attempt.origin(), new ClosedChannelException()));
            return;
        }
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                channel.config().setAutoRead(false);
                channel.pipeline().remove(Handshake.class);
                ready(attempt, channel);
            } else {
                var unused = channel.close();
                attempt.failed(UpstreamTls.explain(attempt.origin(), done.cause()));
            }
        });
    }

    private void ready(Attempt attempt, Channel channel) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_HEADER_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setMaxChunkSize(READ_BYTES);
        AnswerDecoder answers = new AnswerDecoder(limits);
        Connection connection = new Connection(
                channel, answers, attempt.pool(), settings.timeouts(), () -> events.connectionReused(settings.name()));
        channel.pipeline().addLast(answers, new HttpRequestEncoder(), connection);
        if (attempt.origin().equals(own) && channel.remoteAddress() instanceof InetSocketAddress there) {
            home = there.getAddress();
        }
        events.connectionOpened(settings.name());
        boolean alive = channel.isActive();
        // Not channelInactive: it may have been fired before the connection was in the pipeline.
        channel.closeFuture().addListener(closed -> {
            attempt.pool().closed(connection);
            events.connectionClosed(settings.name());
        });
        if (alive) {
            attempt.pool().opened(connection, attempt.waiter());
        } else {
            attempt.waiter().unconnected(Answers.unread("cannot connect to " + attempt.origin()));
        }
    }
}
