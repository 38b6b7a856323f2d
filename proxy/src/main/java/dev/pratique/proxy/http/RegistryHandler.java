package dev.pratique.proxy.http;

import dev.pratique.attestations.registry.ErrorCode;
import dev.pratique.config.ClientNames;
import dev.pratique.proxy.admission.DiscoveryAnswer;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.RequestTarget;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its requests are answered one after the other, each with its own verdict, and nothing more is read while
 * one is being answered. All on the connection's event loop.
 */
final class RegistryHandler extends ChannelInboundHandlerAdapter {
    /** How long what follows a request that was turned away is read and thrown away. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** How often one request is asked because the listener was given another face while it was judged. */
    private static final int MAX_FACES = 4;

    private final RegistryServer.Listening listening;
    private final HeadGuard guard;
    private final Queue<HttpRequest> waiting = new ArrayDeque<>();
    private boolean answering;
    private boolean askedAgain;
    private int faces;
    private boolean looping;
    private boolean lingering;
    private String acceptedHost = "";
    private @Nullable Visitor visitor;

    RegistryHandler(RegistryServer.Listening listening, HeadGuard guard) {
        this.listening = listening;
        this.guard = guard;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head && !lingering) {
            waiting.add(head);
        } else {
            // The end of a request without a body; one that has a body is answered by its head, with a close.
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (lingering) {
            ctx.read();
        } else {
            takeNext(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == RegistryServer.Drain.NOW && !answering && waiting.isEmpty()) {
            var unused = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A client that resets its connection is not worth a line; what is ours comes through fault().
        var unused = ctx.close();
    }

    // A loop, not recursion: a thousand pipelined requests may all be answered at once.
    private void takeNext(ChannelHandlerContext ctx) {
        if (looping) {
            return;
        }
        looping = true;
        while (!answering && !waiting.isEmpty() && ctx.channel().isActive()) {
            HttpRequest head = waiting.remove();
            answering = true;
            askedAgain = false;
            faces = 1;
            guard.headComplete();
            answer(ctx, head);
        }
        looping = false;
        if (!answering) {
            ctx.read();
        }
    }

    // Errors too: a connection that just ends is to a resolver what a proxy that is down is, and it asks elsewhere.
    private void answer(ChannelHandlerContext ctx, HttpRequest head) {
        Face face = listening.face();
        try {
            Optional<Refusal> unacceptable = RequestRules.check(head, acceptedHost);
            if (unacceptable.isPresent()) {
                listening.events().turnedAway(RequestRules.asTarget(unacceptable.get()), manifest(head));
                boolean reusable = !RequestRules.mustClose(head);
                sent(
                        ctx,
                        RefusalWriter.write(ctx, head, unacceptable.get(), face, keepAlive(head) && reusable),
                        head,
                        reusable);
                return;
            }
            Optional<Refusal> unwelcome = unwelcome(ctx);
            if (unwelcome.isPresent()) {
                listening.events().turnedAway(RequestRules.asTarget(unwelcome.get()), manifest(head));
                sent(ctx, RefusalWriter.write(ctx, head, unwelcome.get(), face, false), head, false);
                return;
            }
            acceptedHost = head.headers().get(HttpHeaderNames.HOST, "");
            if (face.entrance().open()) {
                ask(ctx, head, face, ClientNames.NONE);
            } else {
                String authorization = head.headers().get(HttpHeaderNames.AUTHORIZATION);
                face.entrance().meet(visitor(ctx), authorization, ctx.executor(), found -> met(ctx, head, face, found));
            }
        } catch (RuntimeException | Error fault) {
            fault(ctx, head, face, fault);
        }
    }

    /** What is said to a connection that was let in only to be told it. */
    private static Optional<Refusal> unwelcome(ChannelHandlerContext ctx) {
        if (TlsDoor.isPlain(ctx.channel())) {
            return Optional.of(Refusal.of(400, ErrorCode.UNSUPPORTED, "this port speaks HTTPS, not plain HTTP"));
        }
        return ConnectionLimit.isSurplus(ctx.channel())
                ? Optional.of(Refusal.of(
                        503, ErrorCode.TOOMANYREQUESTS, "too many connections are open; try again in a moment"))
                : Optional.empty();
    }

    private void met(ChannelHandlerContext ctx, HttpRequest head, Face face, Entrance.Found found) {
        try {
            if (!listening.face().equals(face)) {
                // The configuration changed while a password was checked: it may be nobody's by now.
                answer(ctx, head);
                return;
            }
            switch (found.outcome()) {
                case WELCOME -> ask(ctx, head, face, found.names());
                case UNKNOWN ->
                    turnAway(
                            ctx,
                            head,
                            face,
                            Refusal.unknownClient(found.why(), face.entrance().asksPasswords()));
                case BUSY -> turnAway(ctx, head, face, Refusal.of(503, ErrorCode.TOOMANYREQUESTS, found.why()));
            }
        } catch (RuntimeException | Error fault) {
            fault(ctx, head, face, fault);
        }
    }

    private void turnAway(ChannelHandlerContext ctx, HttpRequest head, Face face, Refusal refusal) {
        listening.events().turnedAway(RequestRules.asTarget(refusal), manifest(head));
        refuse(ctx, head, refusal, face);
    }

    private void ask(ChannelHandlerContext ctx, HttpRequest head, Face face, ClientNames names) {
        try {
            RequestTarget target = face.targets()
                    .read(
                            head.uri(),
                            visitor(ctx).called(names),
                            face.environmentOf().apply(names));
            target.fold(
                    base -> sent(ctx, PlainAnswers.base(ctx, head, keepAlive(head)), head, true),
                    pull -> listening.gate().admit(pull.request(), ctx.executor(), said -> said(ctx, head, face, said)),
                    discover -> listening
                            .lists()
                            .list(discover.request(), ctx.executor(), answer -> listed(ctx, head, face, answer)),
                    wrong -> {
                        listening.events().turnedAway(wrong, manifest(head));
                        refuse(ctx, head, Refusal.wrong(wrong), face);
                    });
        } catch (RuntimeException | Error fault) {
            fault(ctx, head, face, fault);
        }
    }

    private Visitor visitor(ChannelHandlerContext ctx) {
        Visitor known = visitor;
        if (known == null) {
            known = new Visitor(ctx.channel());
            visitor = known;
        }
        return known;
    }

    // Who the client is came from one state of the configuration, the verdict may come from the next: a client whom the
    // new one puts into another environment would be judged by that one's rules for the old.
    private boolean overtaken(ChannelHandlerContext ctx, HttpRequest head, Face face) {
        if (listening.face().equals(face)) {
            return false;
        }
        if (faces++ < MAX_FACES) {
            answer(ctx, head);
        } else {
            String saw = "the configuration changed each time that this was judged; try again in a moment";
            turnAway(ctx, head, face, Refusal.of(503, ErrorCode.UNAVAILABLE, saw));
        }
        return true;
    }

    private void said(ChannelHandlerContext ctx, HttpRequest head, Face face, PullAnswer answer) {
        try {
            if (overtaken(ctx, head, face)) {
                return;
            }
            PullEvents.Transfer transfer = listening.events().decided(answer);
            if (answer instanceof PullAnswer.Pass pass) {
                deliver(ctx, head, face, pass, transfer);
            } else {
                refuse(ctx, head, Refusal.of(answer, face), face);
            }
        } catch (RuntimeException | Error fault) {
            fault(ctx, head, face, fault);
        }
    }

    private void listed(ChannelHandlerContext ctx, HttpRequest head, Face face, DiscoveryAnswer answer) {
        try {
            if (overtaken(ctx, head, face)) {
                return;
            }
            listening.events().listed(answer);
            if (answer instanceof DiscoveryAnswer.Listed list) {
                Optional<ChannelFuture> written =
                        ListWriter.write(ctx, head, list, keepAlive(head), listening.listBudget());
                if (written.isPresent()) {
                    sent(ctx, written.get(), head, true);
                    return;
                }
                String busy = "too many lists are on their way to clients; try again in a moment";
                refuse(ctx, head, Refusal.of(503, ErrorCode.TOOMANYREQUESTS, busy), face);
            } else {
                refuse(ctx, head, Refusal.of((DiscoveryAnswer.Declined) answer, face), face);
            }
        } catch (RuntimeException | Error fault) {
            fault(ctx, head, face, fault);
        }
    }

    private void deliver(
            ChannelHandlerContext ctx,
            HttpRequest head,
            Face face,
            PullAnswer.Pass pass,
            PullEvents.Transfer transfer) {
        Preconditions condition = Preconditions.of(head, pass.admission(), face);
        if (condition == Preconditions.NOT_MODIFIED) {
            sent(ctx, PlainAnswers.notModified(ctx, pass.admission(), keepAlive(head)), head, true);
            return;
        }
        if (condition == Preconditions.FAILED) {
            String saw = "what is here now is not what If-Match names";
            refuse(ctx, head, Refusal.of(412, ErrorCode.UNSUPPORTED, saw), face);
            return;
        }
        boolean keepAlive = keepAlive(head);
        Delivered outcome = new Delivered(pass, transfer, new Delivered.Ends() {
            @Override
            public void sent(boolean complete) {
                finish(ctx, complete && keepAlive);
            }

            @Override
            public void again(PullAnswer otherwise) {
                judgeAgain(ctx, head, face, otherwise);
            }

            @Override
            public void instead(PullAnswer answer) {
                said(ctx, head, face, answer);
            }
        });
        listening
                .delivery()
                .serve(ctx, pass.admission(), PlainAnswers.relayed(head, pass.admission(), keepAlive), outcome);
    }

    // What was admitted is no longer stored. A resolver that is told so looks elsewhere: it is fetched again instead.
    private void judgeAgain(ChannelHandlerContext ctx, HttpRequest head, Face face, PullAnswer otherwise) {
        if (askedAgain) {
            said(ctx, head, face, otherwise);
            return;
        }
        askedAgain = true;
        listening.gate().admit(otherwise.decision().request(), ctx.executor(), answer -> said(ctx, head, face, answer));
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest head, Refusal refusal, Face face) {
        sent(ctx, RefusalWriter.write(ctx, head, refusal, face, keepAlive(head)), head, true);
    }

    private void sent(ChannelHandlerContext ctx, ChannelFuture written, HttpRequest head, boolean reusable) {
        if (!reusable) {
            written.addListener(done -> linger(ctx));
        } else if (keepAlive(head)) {
            written.addListener(done -> finish(ctx, done.isSuccess()));
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    // RFC 9112 section 9.6: a connection that is closed with unread input is reset, and the client may lose the answer;
    // a resolver would take that for a proxy that is down.
    private void linger(ChannelHandlerContext ctx) {
        lingering = true;
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            // RFC 8446 section 6.1: the alert that ends our side comes before the end of the stream.
            tls.closeOutbound().addListener(told -> shutdownOutput(ctx));
        } else {
            shutdownOutput(ctx);
        }
        var timer = ctx.executor()
                .schedule(
                        () -> {
                            var unused = ctx.close();
                        },
                        LINGER.toMillis(),
                        TimeUnit.MILLISECONDS);
        ctx.channel().closeFuture().addListener(closed -> timer.cancel(false));
        ctx.read();
    }

    private static void shutdownOutput(ChannelHandlerContext ctx) {
        if (ctx.channel() instanceof DuplexChannel duplex) {
            var unused = duplex.shutdownOutput();
        }
    }

    private void finish(ChannelHandlerContext ctx, boolean again) {
        answering = false;
        if (!again || listening.draining()) {
            var unused = ctx.close();
            return;
        }
        if (waiting.isEmpty()) {
            guard.answered();
        }
        takeNext(ctx);
    }

    // HTTP/1.0 gets one answer a connection: nobody who still speaks it pulls enough to notice.
    private boolean keepAlive(HttpRequest head) {
        return head.protocolVersion().isKeepAliveDefault() && HttpUtil.isKeepAlive(head) && !listening.draining();
    }

    private static boolean manifest(HttpRequest head) {
        return RefusalWriter.asksManifest(head.uri());
    }

    private void fault(ChannelHandlerContext ctx, HttpRequest head, Face face, Throwable fault) {
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        listening.events().failed(id, fault);
        sent(ctx, RefusalWriter.write(ctx, head, Refusal.fault(id), face, false), head, false);
    }
}
