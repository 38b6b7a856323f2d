package dev.pratique.proxy.admin;

import dev.pratique.proxy.upstream.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The operator's port, on event loops of its own so that it answers while the registry face is busy. Thread safe. */
public final class OperatorServer implements AutoCloseable {
    /** A page, a probe and a scraper come one at a time. */
    private static final int THREADS = 1;
    /** Nothing here takes a body; a short one is passed over, so that its sender can be told what is wrong. */
    private static final int MAX_BODY = 16 << 10;

    private static final int QUIET_SECONDS = 60;
    private static final long STOP_SECONDS = 5;

    private final Transport transport = Transport.open(THREADS, "operator");
    private final Channel channel;

    /**
     * @param names that people and programs reach it by, beside its addresses
     * @throws IOException where the address cannot be had
     */
    public OperatorServer(InetSocketAddress address, List<String> names, OperatorDesk desk) throws IOException {
        Set<String> all = new HashSet<>();
        names.forEach(name -> all.add(name.toLowerCase(Locale.ROOT)));
        all.add(address.getHostString().toLowerCase(Locale.ROOT));
        OperatorHandler handler = new OperatorHandler(desk, all);
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

    /** Requests with their bodies; longer ones are told so in the form of all problems here. */
    private static final class Whole extends HttpObjectAggregator {
        Whole() {
            super(MAX_BODY, true);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
            DefaultFullHttpRequest told = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
            told.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            Reply.to(told, ctx, false).problem(ProblemDetails.of(ProblemType.CONTENT_TOO_LARGE));
            told.release();
        }
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
                    .addLast(new Whole())
                    .addLast(new FlowControlHandler())
                    .addLast(handler);
        }
    }
}
