package dev.pratique.proxy.http;

import dev.pratique.proxy.upstream.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The registry face: listeners, their connections, and the way to an orderly end. Thread safe. */
public final class RegistryServer implements AutoCloseable {
    /** Connections that wait to be accepted; the kernel's own limit is usually lower. */
    private static final int BACKLOG = 4096;

    private static final int SMALLEST_READ = 256;
    private static final int FIRST_READ = 2048;

    private final Transport transport;
    private final HttpLimits limits;
    private final Gate gate;
    private final Lists lists;
    private final ListBudget listBudget = new ListBudget(ListBudget.DEFAULT);
    private final Delivery delivery;
    private final PullEvents events;
    private final ConnectionLimit connections;
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean draining;

    /** Tells idle connections to end. */
    enum Drain {
        NOW
    }

    /** What a connection needs to know of its listener. */
    final class Listening {
        private final Supplier<Face> face;

        Listening(Supplier<Face> face) {
            this.face = face;
        }

        Face face() {
            return face.get();
        }

        Gate gate() {
            return gate;
        }

        Lists lists() {
            return lists;
        }

        ListBudget listBudget() {
            return listBudget;
        }

        Delivery delivery() {
            return delivery;
        }

        PullEvents events() {
            return events;
        }

        boolean draining() {
            return draining;
        }
    }

    public RegistryServer(
            Transport transport, HttpLimits limits, Gate gate, Lists lists, Delivery delivery, PullEvents events) {
        this.transport = transport;
        this.limits = limits;
        this.gate = gate;
        this.lists = lists;
        this.delivery = delivery;
        this.events = events;
        this.connections = new ConnectionLimit(limits.connections());
    }

    /**
     * Opens a listener.
     *
     * @param face asked for each request
     * @return where it listens, with the port that it got
     * @throws IOException where the address cannot be had
     */
    public InetSocketAddress listen(InetSocketAddress address, Supplier<Face> face) throws IOException {
        Listening listening = new Listening(face);
        ChannelFuture bound = new ServerBootstrap()
                .group(transport.group())
                .channel(transport.serverSocket())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, requestSized())
                .childHandler(new Pipeline(listening))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort(), bound.cause());
        }
        listeners.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Open connections of clients. */
    public int connections() {
        return connections.open();
    }

    /**
     * Accepts nothing more, ends idle connections at once and busy ones after their answer. Blocks.
     *
     * @param limit after which connections are cut
     * @return whether every answer was finished
     */
    public boolean drain(Duration limit) {
        draining = true;
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
        connections.channels().forEach(channel -> channel.pipeline().fireUserEventTriggered(Drain.NOW));
        boolean finished =
                connections.channels().newCloseFuture().awaitUninterruptibly(limit.toNanos(), TimeUnit.NANOSECONDS);
        connections.channels().close().awaitUninterruptibly();
        return finished;
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
    }

    private AdaptiveRecvByteBufAllocator requestSized() {
        AdaptiveRecvByteBufAllocator sizes =
                new AdaptiveRecvByteBufAllocator(SMALLEST_READ, FIRST_READ, limits.readSize());
        sizes.maxMessagesPerRead(1);
        return sizes;
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        private final Listening listening;

        Pipeline(Listening listening) {
            this.listening = listening;
        }

        @Override
        protected void initChannel(Channel channel) {
            HeadGuard guard = new HeadGuard(limits);
            channel.pipeline().addLast(connections);
            // Those of this moment: a connection keeps the certificate that it was opened with.
            listening.face().tls().ifPresent(tls -> channel.pipeline().addLast(new TlsDoor(tls, limits.head())));
            channel.pipeline()
                    .addLast(guard)
                    .addLast(new StrictRequestDecoder(decoding()))
                    .addLast(new HttpResponseEncoder())
                    .addLast(new RegistryHandler(listening, guard));
        }

        private HttpDecoderConfig decoding() {
            return new HttpDecoderConfig()
                    .setMaxInitialLineLength(limits.requestLine())
                    .setMaxHeaderSize(limits.headers())
                    .setValidateHeaders(true)
                    .setStrictLineParsing(true)
                    .setUseRfc9112TransferEncoding(true)
                    .setAllowDuplicateContentLengths(false);
        }
    }
}
