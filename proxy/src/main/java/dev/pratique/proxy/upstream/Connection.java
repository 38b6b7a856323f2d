package dev.pratique.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to an origin, one exchange at a time. Reads only on demand. Everything happens on the channel's
 * event loop, except what says otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    /** An error page up to this length is read to its end so that the connection can be used again; others cost it. */
    private static final int MAX_DISCARDED = 64 << 10;

    /** A registry's own patience with an idle connection is rarely shorter than a minute. */
    private static final int IDLE_SECONDS = 30;

    /** 100 and 103 come once or twice; more are there to keep us busy. */
    private static final int MAX_INTERIMS = 16;

    private enum Phase {
        FREE,
        HEAD,
        BODY
    }

    private final Timeouts timeouts;
    private final OriginPool pool;
    private final Channel channel;
    private final AnswerDecoder answers;
    private final Runnable reused;
    private @Nullable Exchange exchange;
    private Phase phase = Phase.FREE;
    private boolean interim;
    private int interims;
    private boolean ended;
    private boolean keepAlive;
    private boolean discarding;
    private boolean used;
    private int contents;
    private @Nullable ScheduledFuture<?> timer;
    private BodyProgress progress;

    /** Becomes the last handler of the channel's pipeline. */
    Connection(Channel channel, AnswerDecoder answers, OriginPool pool, Timeouts timeouts, Runnable reused) {
        this.channel = channel;
        this.answers = answers;
        this.pool = pool;
        this.timeouts = timeouts;
        this.progress = new BodyProgress(timeouts.idle().toNanos());
        this.reused = reused;
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    boolean isActive() {
        return channel.isActive();
    }

    /** Whether it had an exchange before the current one: then it may be dead without anybody's fault. */
    boolean used() {
        return used;
    }

    /** Starts an exchange on a free connection. */
    void send(HttpRequest request, Exchange next) {
        cancelTimer();
        if (used) {
            reused.run();
        }
        exchange = next;
        phase = Phase.HEAD;
        ended = false;
        discarding = false;
        interims = 0;
        answers.expect(request.method());
        progress = new BodyProgress(timeouts.idle().toNanos());
        timer = loop().schedule(
                        () -> fail(Exchange.Broken.NO_ANSWER),
                        timeouts.headers().toMillis(),
                        TimeUnit.MILLISECONDS);
        channel.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                fail(Exchange.Broken.RESET);
            }
        });
        channel.read();
    }

    /** Asks for the next batch of the body. Any thread. */
    void read() {
        if (!loop().inEventLoop()) {
            loop().execute(this::read);
        } else if (phase == Phase.BODY && !progress.wanting()) {
            progress.want();
            channel.read();
        }
    }

    /** Ends the exchange and the connection. Any thread. */
    void abort(Exchange mine) {
        if (!loop().inEventLoop()) {
            loop().execute(() -> abort(mine));
        } else if (exchange == mine) {
            fail(Exchange.Broken.ABORTED);
        }
    }

    /** Nobody wants the rest of this body; the exchange hears nothing more. */
    void discard() {
        exchange = null;
        discarding = true;
        read();
    }

    /** Waits in the pool, for a while; its end, or bytes that nobody asked for, are noticed. */
    void park() {
        timer = loop().schedule(
                        () -> {
                            if (pool.retire(this)) {
                                close();
                            }
                        },
                        IDLE_SECONDS,
                        TimeUnit.SECONDS);
        channel.read();
    }

    /** Any thread. */
    void close() {
        var unused = channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object message) {
        if (phase == Phase.FREE || !(message instanceof HttpObject part)) {
            // Bytes that nobody asked for would be taken for the answer to the next request.
            ReferenceCountUtil.release(message);
            close();
            return;
        }
        if (ended) {
            // A second answer to one request: whose it is meant to be, nobody asks here.
            keepAlive = false;
            ReferenceCountUtil.release(message);
            return;
        }
        if (part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            fail(Exchange.Broken.NOT_HTTP);
            return;
        }
        if (message instanceof HttpResponse response) {
            onResponse(response);
        }
        if (message instanceof HttpContent content) {
            onContent(content);
        }
    }

    private void onResponse(HttpResponse response) {
        interim = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (response.protocolVersion().majorVersion() != 1) {
            fail(Exchange.Broken.NOT_HTTP);
        }
        if (response.status().code() == 101 || interim && ++interims > MAX_INTERIMS) {
            fail(Exchange.Broken.NOT_HTTP);
        }
        if (interim || exchange == null) {
            return;
        }
        cancelTimer();
        keepAlive = HttpUtil.isKeepAlive(response);
        phase = Phase.BODY;
        watchBody();
        exchange.onHead(response);
    }

    private void onContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        int length = content.content().readableBytes();
        progress.receive(length);
        if (interim || exchange == null || length == 0) {
            content.release();
        } else {
            contents++;
            exchange.onContent(content.content());
        }
        if (discarding && progress.received() > MAX_DISCARDED) {
            close();
        }
        if (last && interim) {
            interim = false;
        } else if (last && phase == Phase.BODY) {
            ended = true;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        if (ended) {
            end();
        } else if (phase == Phase.HEAD) {
            channel.read();
        } else if (phase == Phase.BODY && discarding) {
            channel.read();
        } else if (phase == Phase.BODY && contents > 0) {
            contents = 0;
            progress.rest();
            if (exchange != null) {
                exchange.onBatch();
            }
        } else if (phase == Phase.BODY && progress.wanting()) {
            channel.read();
        }
    }

    // At the end of a read, not at the last content: what follows an answer unasked is then still seen.
    private void end() {
        Exchange done = exchange;
        free();
        used = true;
        if (keepAlive && isActive()) {
            pool.released(this);
        } else {
            close();
        }
        if (done != null) {
            done.onEnd();
        }
    }

    private void fail(Exchange.Broken why) {
        Exchange failed = exchange;
        boolean answered = phase == Phase.BODY;
        free();
        close();
        if (failed != null) {
            failed.onBroken(answered && why == Exchange.Broken.RESET ? Exchange.Broken.TRUNCATED : why);
        }
    }

    private void free() {
        cancelTimer();
        exchange = null;
        phase = Phase.FREE;
        ended = false;
        contents = 0;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        if (ended) {
            end();
        } else if (phase != Phase.FREE) {
            fail(Exchange.Broken.RESET);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (phase == Phase.FREE) {
            close();
        } else {
            fail(Exchange.Broken.RESET);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ignored, Object event) {
        if (event instanceof SslCloseCompletionEvent && phase == Phase.FREE) {
            close();
        }
    }

    private void watchBody() {
        timer = loop().schedule(this::checkProgress, timeouts.idle().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void checkProgress() {
        if (phase != Phase.BODY) {
            return;
        }
        if (progress.stalled()) {
            fail(Exchange.Broken.STALLED);
        } else {
            watchBody();
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
