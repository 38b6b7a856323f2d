package dev.pratique.proxy.admin;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.proxy.admission.KnownVerdicts;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.http.Face;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes of the operator's port. Reads only. */
@Sharable
final class OperatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorHandler.class);
    /** Lists that are read from the disk at once: the disk is for pulls. */
    private static final int MAX_LISTS = 2;

    private final OperatorDesk desk;
    private final RequestGuard guard;
    private final Semaphore lists = new Semaphore(MAX_LISTS);
    private final byte[] style = resource("style.css");
    private final byte[] openapi = resource("openapi.json");

    /** @param names that the port answers to beside its addresses */
    OperatorHandler(OperatorDesk desk, Set<String> names) {
        this.desk = desk;
        this.guard = new RequestGuard(names);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        // One request at a time: the answers to two at once might change places.
        ctx.channel().config().setAutoRead(false);
        String path = pathOf(request.uri());
        Optional<OperatorRoute> route = OperatorRoute.at(path);
        Reply reply = Reply.to(
                request,
                ctx,
                !path.startsWith("/api/") && !route.map(OperatorRoute::ofProbes).orElse(false));
        try {
            Optional<ProblemType> objection = guard.objection(request, route);
            if (objection.isPresent()) {
                reply.problem(ProblemDetails.of(objection.get()));
            } else if (route.isEmpty()) {
                elsewhere(reply, path);
            } else {
                Parameters.Read read = Parameters.of(request.uri(), route.get().parameters());
                read.problem().ifPresent(reply::problem);
                read.parameters().ifPresent(parameters -> answer(ctx, reply, route.get(), parameters));
            }
        } catch (RuntimeException fault) {
            failed(reply, fault);
        }
    }

    private static String pathOf(String target) {
        try {
            return new QueryStringDecoder(target).rawPath();
        } catch (IllegalArgumentException notATarget) {
            return target;
        }
    }

    private static void failed(Reply reply, Throwable fault) {
        LOG.error("the operator's port failed", fault);
        reply.problem(ProblemDetails.of(ProblemType.INTERNAL));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var unused = ctx.close();
    }

    private static void elsewhere(Reply reply, String path) {
        Optional<ProblemType> type = ProblemType.at(path);
        if (type.isPresent()) {
            reply.html(
                    200,
                    Pages.message(
                            "Problem: " + type.get().title(),
                            "What to do: " + type.get().remedy() + "."));
        } else {
            reply.problem(ProblemDetails.of(ProblemType.NOT_FOUND));
        }
    }

    private void answer(ChannelHandlerContext ctx, Reply reply, OperatorRoute route, Parameters parameters) {
        switch (route) {
            case HOME -> reply.html(200, home());
            case STYLE -> reply.style(style);
            case HEALTH -> reply.text(200, "ok\n");
            case READY ->
                reply.json(
                        desk.readiness().ready() ? 200 : 503, desk.readiness().json());
            case METRICS -> reply.metrics(desk.metrics().scrape());
            case EXPLAIN_PAGE ->
                explain(ctx, reply, parameters, about -> {
                    if (reply.wantsJson()) {
                        reply.json(200, JsonWriter.bytes(about.json()));
                    } else {
                        reply.html(200, Pages.explain(about));
                    }
                });
            case EXPLAIN -> explain(ctx, reply, parameters, about -> reply.json(200, JsonWriter.bytes(about.json())));
            case VERDICTS -> verdicts(ctx, reply, parameters);
            case OPENAPI -> reply.json(200, openapi);
        }
    }

    private String home() {
        return Pages.home(
                desk.recent().latest(),
                desk.readiness().revision().map(PolicyRevision::value).orElse("none"),
                desk.readiness().problems());
    }

    private void explain(
            ChannelHandlerContext ctx, Reply reply, Parameters parameters, Consumer<Explanation> explained) {
        Face face = desk.face().get();
        ImageName name;
        try {
            name = ImageName.parse(parameters.find("image").orElse(""));
        } catch (MalformedEvidenceException e) {
            reply.problem(ProblemDetails.of(ProblemType.NOT_AN_IMAGE));
            return;
        }
        String environment = parameters.find("environment").orElse(face.environment());
        Set<String> environments = desk.environments().get();
        if (!environments.contains(environment)) {
            String known = "known here: " + String.join(", ", environments);
            reply.problem(new ProblemDetails(ProblemType.UNKNOWN_ENVIRONMENT, known));
            return;
        }
        PullRequest pull = new PullRequest(
                PullRequest.Kind.MANIFEST, name.repository(), name.reference(), "operator", environment);
        String registry = desk.registry().get();
        if (!face.upstreams().configured().contains(name.repository().registry())) {
            String revision =
                    desk.readiness().revision().map(PolicyRevision::value).orElse("none");
            explained.accept(Explanation.ofUnknownUpstream(name.toString(), pull, revision, registry));
            return;
        }
        List<String> asked = desk.requirements().apply(name.repository(), environment);
        desk.gate()
                .admit(
                        pull,
                        ctx.executor(),
                        answer -> explained.accept(Explanation.of(name.toString(), answer, asked, registry)));
    }

    private void verdicts(ChannelHandlerContext ctx, Reply reply, Parameters parameters) {
        KnownVerdicts.Query query;
        try {
            query = VerdictQueries.query(parameters);
        } catch (VerdictQueries.WrongParameterException wrong) {
            reply.problem(new ProblemDetails(ProblemType.WRONG_PARAMETER, wrong.what()));
            return;
        }
        if (!lists.tryAcquire()) {
            reply.problem(ProblemDetails.of(ProblemType.BUSY));
            return;
        }
        try {
            desk.blocking().execute(() -> list(ctx, reply, query));
        } catch (RejectedExecutionException closing) {
            lists.release();
            reply.problem(ProblemDetails.of(ProblemType.BUSY));
        }
    }

    private void list(ChannelHandlerContext ctx, Reply reply, KnownVerdicts.Query query) {
        try {
            byte[] json = VerdictQueries.json(
                    desk.verdicts().apply(query), desk.readiness().revision());
            ctx.executor().execute(() -> reply.json(200, json));
        } catch (RuntimeException fault) {
            ctx.executor().execute(() -> failed(reply, fault));
        } finally {
            lists.release();
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = OperatorHandler.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not where this program was built to have it");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
