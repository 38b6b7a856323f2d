package dev.pratique.proxy.relay;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.store.DiskBudget;
import dev.pratique.proxy.store.Pins;
import dev.pratique.proxy.store.StoreLimits;
import dev.pratique.proxy.store.TestStores;
import dev.pratique.proxy.upstream.Rig;
import dev.pratique.proxy.upstream.Timeouts;
import dev.pratique.proxy.upstream.UpstreamSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A relay behind a small HTTP server, over a fake registry. */
final class RelayRig implements AutoCloseable {
    final FakeRegistry registry = FakeRegistry.start();
    /** What the relay said, for example {@code served 17}. */
    final List<String> outcomes = new CopyOnWriteArrayList<>();

    final ContentStore store;
    private final Rig rig;
    private final ExecutorService disk = Executors.newFixedThreadPool(4);
    private final Channel server;
    private volatile Function<Digest, Admission> gate = digest -> {
        throw new AssertionError("no admission");
    };

    RelayRig(Path dir, Duration stall, @Nullable SslContext tls) throws Exception {
        this(dir, stall, tls, DiskBudget.UNLIMITED);
    }

    RelayRig(Path dir, Duration stall, @Nullable SslContext tls, DiskBudget budget) throws Exception {
        this(dir, stall, tls, budget, Rig.SHORT);
    }

    RelayRig(Path dir, Duration stall, @Nullable SslContext tls, DiskBudget budget, Timeouts upstream)
            throws Exception {
        rig = new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri()).withTimeouts(upstream));
        store = TestStores.open(dir, disk, rig.upstreams(), StoreLimits.DEFAULT, budget, Pins.NONE);
        Relay relay = new Relay(store, rig.upstreams(), stall);
        server = new ServerBootstrap()
                .group(rig.transport().group())
                .channel(rig.transport().serverSocket())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(new HttpRequestDecoder(), new HttpResponseEncoder(), new Front(relay));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    /** What is admitted from now on. */
    void admit(Function<Digest, Admission> admissions) {
        gate = admissions;
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    Client connect() throws IOException {
        return new Client(new Socket(InetAddress.getLoopbackAddress(), port()));
    }

    /** Answers {@code /<digest>}. */
    private final class Front extends SimpleChannelInboundHandler<HttpRequest> {
        private final Relay relay;

        Front(Relay relay) {
            this.relay = relay;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpRequest request) throws Exception {
            Admission admission = gate.apply(Digest.parse(request.uri().substring(1)));
            relay.serve(
                    ctx,
                    admission,
                    new RelayRequest(
                            request.method().equals(HttpMethod.HEAD),
                            HttpUtil.isKeepAlive(request),
                            request.headers().get(HttpHeaderNames.RANGE)),
                    new Answering(ctx));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            var unused = ctx.close();
        }
    }

    private final class Answering implements RelayOutcome {
        private final ChannelHandlerContext ctx;

        Answering(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        @Override
        public void served(long bytes) {
            outcomes.add("served " + bytes);
        }

        @Override
        public void aborted(long bytes, String what) {
            outcomes.add("aborted " + what);
        }

        @Override
        public void gone() {
            answer(503, "gone");
        }

        @Override
        public void notServedThere() {
            answer(404, "not served there");
        }

        @Override
        public void wrong(String what) {
            answer(502, "wrong " + what);
        }

        @Override
        public void undecided(boolean late, String what, Duration retryAfter) {
            answer(503, "undecided " + what);
        }

        private void answer(int status, String outcome) {
            outcomes.add(outcome);
            var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            var unused = ctx.writeAndFlush(response);
        }
    }

    @Override
    public void close() throws Exception {
        server.close().sync();
        store.close();
        rig.close();
        registry.close();
        disk.shutdown();
        disk.awaitTermination(5, TimeUnit.SECONDS);
    }
}
