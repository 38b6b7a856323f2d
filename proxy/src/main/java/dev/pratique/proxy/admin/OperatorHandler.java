package dev.pratique.proxy.admin;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.http.Face;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes of the operator's port. Reads only. */
@Sharable
final class OperatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorHandler.class);
    /** An address or localhost: a page of another origin that made its name point here says that name. */
    private static final Pattern LOCAL_HOST = Pattern.compile("(localhost|[0-9.]+|\\[[0-9a-fA-F:.]+])(:[0-9]{1,5})?");

    private final OperatorDesk desk;
    private final boolean loopback;
    private final byte[] style = style();

    OperatorHandler(OperatorDesk desk, boolean loopback) {
        this.desk = desk;
        this.loopback = loopback;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        try {
            route(ctx, Reply.to(request));
        } catch (RuntimeException fault) {
            LOG.error("the operator's port failed", fault);
            var unused = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }

    private void route(ChannelHandlerContext ctx, Reply reply) {
        FullHttpRequest request = reply.request();
        if (request.decoderResult().isFailure()) {
            reply.text(ctx, 400, "not a well-formed request\n");
            return;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            reply.text(ctx, 405, "this port is read only\n");
            return;
        }
        String host = request.headers().get(HttpHeaderNames.HOST, "localhost");
        if (loopback && !LOCAL_HOST.matcher(host).matches()) {
            reply.text(ctx, 421, "this port answers to an address or localhost only\n");
            return;
        }
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        if (!wellFormed(query)) {
            reply.text(ctx, 400, "the address is not well formed\n");
            return;
        }
        switch (query.rawPath()) {
            case "/healthz" -> reply.text(ctx, 200, "ok\n");
            case "/readyz" ->
                reply.json(
                        ctx,
                        desk.readiness().ready() ? 200 : 503,
                        desk.readiness().json());
            case "/metrics" -> reply.metrics(ctx, desk.metrics().scrape());
            case "/style.css" -> reply.style(ctx, style);
            case "/" -> reply.html(ctx, 200, home());
            case "/explain" -> explain(ctx, reply, query, reply.wantsJson());
            case "/api/v1/explain" -> explain(ctx, reply, query, true);
            default -> reply.text(ctx, 404, "there is no such page; try /, /readyz, /metrics or /explain?image=...\n");
        }
    }

    private String home() {
        return Pages.home(
                desk.recent().latest(),
                desk.readiness().revision().map(PolicyRevision::value).orElse("none"),
                desk.readiness().problems());
    }

    private void explain(ChannelHandlerContext ctx, Reply reply, QueryStringDecoder query, boolean json) {
        Face face = desk.face().get();
        String image = one(query, "image").orElse("");
        ImageName name;
        try {
            name = ImageName.parse(image);
        } catch (MalformedEvidenceException e) {
            said(
                    ctx,
                    reply,
                    json,
                    400,
                    "Not an image",
                    "The image parameter must be an image name, as in registry.example/acme/app:1.0");
            return;
        }
        Repository repository = name.repository();
        if (!face.upstreams().configured().contains(repository.registry())) {
            RefusalReason reason = RefusalReason.UNKNOWN_UPSTREAM;
            String text = repository.registry() + ": " + reason.sentence() + "; " + reason.remedy();
            said(ctx, reply, json, reason.status(), reason.name(), text);
            return;
        }
        String environment = one(query, "environment").filter(Reply::plain).orElse(face.environment());
        PullRequest pull =
                new PullRequest(PullRequest.Kind.MANIFEST, repository, name.reference(), "operator", environment);
        desk.gate().admit(pull, ctx.executor(), answer -> {
            Explanation about =
                    Explanation.of(name.toString(), answer, desk.registry().get());
            if (json) {
                reply.json(ctx, 200, JsonWriter.bytes(about.json()));
            } else {
                reply.html(ctx, 200, Pages.explain(about));
            }
        });
    }

    private static void said(
            ChannelHandlerContext ctx, Reply reply, boolean json, int status, String title, String text) {
        if (json) {
            reply.json(ctx, status, JsonWriter.bytes(Map.of("error", title, "message", text)));
        } else {
            reply.html(ctx, status, Pages.message(title, text));
        }
    }

    private static boolean wellFormed(QueryStringDecoder query) {
        try {
            return query.parameters() != null;
        } catch (IllegalArgumentException e) {
            return false; // a percent sign without two hex digits
        }
    }

    private static Optional<String> one(QueryStringDecoder query, String name) {
        List<String> values = query.parameters().getOrDefault(name, List.of());
        return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
    }

    private static byte[] style() {
        try (InputStream in = OperatorHandler.class.getResourceAsStream("style.css")) {
            return in == null ? "".getBytes(StandardCharsets.UTF_8) : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
