package dev.pratique.proxy.http;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.config.ProxySettings;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.Answers;
import dev.pratique.proxy.admission.DiscoveryAnswer;
import dev.pratique.proxy.admission.DiscoveryRequest;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.admission.RequestTarget;
import dev.pratique.proxy.admission.UpstreamNames;
import dev.pratique.proxy.relay.RelayOutcome;
import dev.pratique.proxy.relay.RelayRequest;
import dev.pratique.proxy.upstream.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The registry face before a gate that decides by the tag, and a relay that sends the tag back. */
final class FrontBench implements AutoCloseable, PullEvents {
    static final Face FACE = new Face(
            new UpstreamNames(Set.of("up.example"), Optional.empty()),
            "default",
            ProxySettings.Refusal.DEFAULT,
            Optional.of(URI.create("http://127.0.0.1:8081")));

    final Transport transport = Transport.open(2, "front-test");
    final RegistryServer server;
    final InetSocketAddress address;
    final List<PullRequest> asked = new CopyOnWriteArrayList<>();
    final List<RelayRequest> relayed = new CopyOnWriteArrayList<>();
    final List<PullAnswer> decided = new CopyOnWriteArrayList<>();
    final List<RequestTarget.Wrong> turnedAway = new CopyOnWriteArrayList<>();
    final List<DiscoveryRequest> listsAsked = new CopyOnWriteArrayList<>();
    final List<DiscoveryAnswer> lists = new CopyOnWriteArrayList<>();
    final List<String> faults = new CopyOnWriteArrayList<>();
    final List<Runnable> held = new CopyOnWriteArrayList<>();

    FrontBench(HttpLimits limits) throws IOException {
        this(limits, () -> FACE);
    }

    FrontBench(HttpLimits limits, Supplier<Face> face) throws IOException {
        server = new RegistryServer(transport, limits, this::admit, this::list, this::serve, this);
        address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), face);
    }

    FrontBench() throws IOException {
        this(HttpLimits.DEFAULT);
    }

    Wire client() throws IOException {
        return new Wire(address);
    }

    private void admit(PullRequest request, Executor loop, Consumer<PullAnswer> answer) {
        asked.add(request);
        String tag = request.reference().toString();
        switch (tag.split("-", 2)[0]) {
            case "unsigned" ->
                answer.accept(Answers.refuse(request, RefusalReason.UNSIGNED, RefusalReason.UNSIGNED.sentence()));
            case "missing" -> answer.accept(Answers.refuse(request, RefusalReason.MANIFEST_UNKNOWN, "no such image"));
            case "injected" -> answer.accept(Answers.refuse(request, RefusalReason.UNSIGNED, "a\r\nX-Evil: 1\u00e9"));
            case "undecided" ->
                answer.accept(Answers.defer(request, Verdict.Cause.valueOf(tag.substring("undecided-".length()))));
            case "bug" -> throw new IllegalStateException("secret of the proxy");
            case "error" -> throw new StackOverflowError("secret of the proxy");
            case "later" ->
                transport
                        .group()
                        .schedule(
                                () -> loop.execute(() -> answer.accept(Answers.pass(request))),
                                20,
                                TimeUnit.MILLISECONDS);
            case "held" -> held.add(() -> answer.accept(Answers.pass(request)));
            case "stale" -> answer.accept(Answers.pass(request, Admission.Confirmation.STALE, Optional.empty()));
            default -> answer.accept(Answers.pass(request));
        }
    }

    private void list(DiscoveryRequest request, Executor loop, Consumer<DiscoveryAnswer> answer) {
        listsAsked.add(request);
        String name = request.repository().name();
        if (name.equals("acme/bug")) {
            throw new IllegalStateException("secret of the proxy");
        }
        loop.execute(() -> answer.accept(
                switch (name) {
                    case "acme/refused" ->
                        declined(
                                request,
                                new Verdict.Refused(RefusalReason.REFUSED_BY_RULE, "not from here\r\nX: 1", List.of()));
                    case "acme/undecided" ->
                        declined(
                                request,
                                new Verdict.Undecided(
                                        Verdict.Cause.EVIDENCE_UNREADABLE,
                                        "referrers API: the upstream answered 500",
                                        Duration.ofSeconds(7),
                                        List.of()));
                    case "acme/long" ->
                        new DiscoveryAnswer.Listed(
                                request,
                                "all",
                                Answers.REVISION,
                                new byte[7 << 20],
                                "application/json",
                                Optional.empty(),
                                Optional.empty());
                    default ->
                        new DiscoveryAnswer.Listed(
                                request,
                                "all",
                                Answers.REVISION,
                                "{}".getBytes(StandardCharsets.UTF_8),
                                "application/vnd.oci.image.index.v1+json",
                                Optional.of("/v2/x?after=1"),
                                Optional.of("artifactType"));
                }));
    }

    private static DiscoveryAnswer declined(DiscoveryRequest request, Verdict verdict) {
        return new DiscoveryAnswer.Declined(request, "all", Answers.REVISION, verdict);
    }

    @Override
    public void listed(DiscoveryAnswer answer) {
        lists.add(answer);
    }

    private void serve(ChannelHandlerContext ctx, Admission admission, RelayRequest request, RelayOutcome outcome) {
        relayed.add(request);
        if (admission.confirmation() == Admission.Confirmation.STALE) {
            outcome.notServedThere();
            return;
        }
        byte[] body = "content".getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                request.head() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers().set("content-length", body.length).set("docker-content-digest", admission.digest());
        ctx.writeAndFlush(response).addListener(done -> outcome.served(body.length));
    }

    @Override
    public Transfer decided(PullAnswer answer) {
        decided.add(answer);
        return (bytes, complete) -> {};
    }

    @Override
    public void turnedAway(RequestTarget.Wrong wrong, boolean manifest) {
        turnedAway.add(wrong);
    }

    @Override
    public void failed(String id, Throwable cause) {
        faults.add(id + " " + cause.getMessage());
    }

    @Override
    public void close() {
        server.close();
        transport.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
