package dev.pratique.proxy.admin;

import dev.pratique.proxy.upstream.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The operator's port, on event loops of its own so that it answers while the registry face is busy. Thread safe. */
public final class OperatorServer implements AutoCloseable {
    /** A page, a probe and a scraper come one at a time. */
    private static final int THREADS = 1;
    /** Nothing here takes a body. */
    private static final int MAX_BODY = 0;

    private static final int QUIET_SECONDS = 60;
    private static final long STOP_SECONDS = 5;

    private final Transport transport = Transport.open(THREADS, "operator");
    private final Channel channel;

    /** @throws IOException where the address cannot be had */
    public OperatorServer(InetSocketAddress address, OperatorDesk desk) throws IOException {
        OperatorHandler handler = new OperatorHandler(
                desk, address.getAddress() != null && address.getAddress().isLoopbackAddress());
        ChannelFuture bound = new ServerBootstrap()
                .group(transport.group())
                .channel(transport.serverSocket())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new Pipeline(handler))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            transport
                    .group()
                    .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly();
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort(), bound.cause());
        }
        this.channel = bound.channel();
    }

    /** Where it listens, with the port that it got. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        transport.group().shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static final class Pipeline extends ChannelInitializer<Channel> {
        private final OperatorHandler handler;

        Pipeline(OperatorHandler handler) {
            this.handler = handler;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(new ReadTimeoutHandler(QUIET_SECONDS))
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(MAX_BODY))
                    .addLast(handler);
        }
    }
}
