package dev.pratique.proxy.relay;

import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.store.ContentStore;
import dev.pratique.proxy.store.StoredContent;
import dev.pratique.proxy.upstream.BlobSource;
import dev.pratique.proxy.upstream.Presence;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes admitted content to clients: from the store at once, else while it arrives from the upstream. Takes nothing but an
 * {@link Admission}. Thread safe; waits for nobody.
 */
public final class Relay {
    /**
     * Cache-Control of all content: who keeps it asks again each time, so that no cache serves an admission past its verdict,
     * and no cache that several share keeps it at all, for another client may be of another environment (RFC 9111 section
     * 5.2.2).
     */
    public static final String CACHING = "private, no-cache";

    /** A client that takes no byte for this long is cut off. */
    public static final Duration DEFAULT_STALL = Duration.ofSeconds(60);

    private static final Duration SOON = Duration.ofSeconds(1);
    /** Above this, copying a body to join it to its head costs more than a second buffer. */
    private static final int MAX_ONE_PIECE = 16 << 10;

    private final ContentStore store;
    private final Probes probes;
    private final Duration stall;

    /** @param stall after which a client that reads nothing is cut off */
    public Relay(ContentStore store, BlobSource source, Duration stall) {
        this.store = store;
        this.probes = new Probes(source);
        this.stall = stall;
    }

    /**
     * Answers one request. To be called on the channel's event loop, one request of a connection at a time; the pipeline
     * has an HTTP/1.1 encoder before this context.
     */
    public void serve(ChannelHandlerContext ctx, Admission admission, RelayRequest request, RelayOutcome outcome) {
        RelayJob job = new RelayJob(ctx, admission, request, outcome, store);
        Optional<StoredContent> open = store.acquireCached(admission.digest());
        if (open.isPresent()) {
            serveStored(job, open.get());
        } else {
            lookOnDisk(job);
        }
    }

    private void lookOnDisk(RelayJob job) {
        var unused = store.acquireLater(job.admission().digest())
                .whenComplete((found, diskFailed) -> job.onLoop(
                        () -> {
                            if (diskFailed == null && found.isPresent()) {
                                serveStored(job, found.get());
                            } else if (!job.clientLeft()) {
                                serveFromUpstream(job, diskFailed != null);
                            }
                        },
                        () -> {
                            if (found != null) {
                                found.ifPresent(StoredContent::release);
                            }
                        }));
    }

    private void serveStored(RelayJob job, StoredContent content) {
        if (job.admission().size().orElse(content.size()) != content.size() && !content.hashed()) {
            content.release();
            checkLength(job);
        } else if (job.contradicts(content.size())) {
            content.release();
        } else if (job.admission().confirmation() == Admission.Confirmation.CURRENT) {
            write(job, content);
        } else {
            confirm(job, content);
        }
    }

    // Either the manifest is wrong about the length, or the file on disk is no longer what it was.
    private void checkLength(RelayJob job) {
        var unused = store.checkLater(job.admission().digest())
                .whenComplete((intact, bug) -> job.onLoop(
                        () -> {
                            if (Boolean.TRUE.equals(intact)) {
                                job.outcome().wrong("the content has another length than its manifest says");
                            } else if (!job.clientLeft()) {
                                lookAgain(job, bug != null);
                            }
                        },
                        () -> {}));
    }

    private void lookAgain(RelayJob job, boolean diskFailed) {
        if (diskFailed) {
            serveFromUpstream(job, true);
        } else {
            lookOnDisk(job);
        }
    }

    // Stored bytes are nobody's until the upstream has served them in this repository (REG-15).
    private void confirm(RelayJob job, StoredContent content) {
        var unused = probes.ask(job.admission())
                .whenComplete((presence, bug) -> job.onLoop(
                        () -> {
                            if (job.clientLeft()) {
                                content.release();
                            } else if (presence instanceof Presence.Present) {
                                job.admission().confirmed();
                                write(job, content);
                            } else {
                                unconfirmed(job, content, bug == null ? ((Presence.Absent) presence).why() : null);
                            }
                        },
                        content::release));
    }

    private void unconfirmed(RelayJob job, StoredContent content, @Nullable Fetched why) {
        boolean unreadable = why == null || why instanceof Fetched.Unread;
        if (unreadable && job.admission().confirmation() == Admission.Confirmation.STALE) {
            write(job, content);
            return;
        }
        content.release();
        if (why == null) {
            job.outcome().undecided(false, "the upstream cannot be asked", SOON);
        } else {
            job.failed(why);
        }
    }

    private void serveFromUpstream(RelayJob job, boolean diskFailed) {
        if (job.admission().kind() == PullRequest.Kind.MANIFEST) {
            // Whoever admitted it had stored it; it went in the meantime, and judging again brings it back.
            job.admission().gone();
            job.outcome().gone();
        } else if (job.request().head()) {
            headFromUpstream(job);
        } else if (diskFailed) {
            new PassedBody(job, stall).begin();
        } else {
            new FollowedBody(job, stall, this::lookOnDisk).join(store.fills());
        }
    }

    private void headFromUpstream(RelayJob job) {
        var unused = probes.ask(job.admission())
                .whenComplete((presence, bug) -> job.onLoop(
                        () -> {
                            if (job.clientLeft()) {
                                return;
                            }
                            if (presence instanceof Presence.Present present) {
                                job.admission().confirmed();
                                head(job, present.size());
                            } else if (presence instanceof Presence.Absent absent) {
                                job.failed(absent.why());
                            } else {
                                job.outcome().undecided(false, "the upstream cannot be asked", SOON);
                            }
                        },
                        () -> {}));
    }

    private void head(RelayJob job, OptionalLong said) {
        OptionalLong size = said.isPresent() ? said : job.admission().size();
        if (size.isPresent() && job.contradicts(size.getAsLong())) {
            return;
        }
        HttpHeaders headers =
                AnswerHead.of(job.admission(), size.orElse(0), job.request().keepAlive());
        if (size.isEmpty()) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        whole(job, HttpResponseStatus.OK, headers, Unpooled.EMPTY_BUFFER);
    }

    private void write(RelayJob job, StoredContent content) {
        if (!inOnePiece(job, content)) {
            inParts(job, content);
        }
    }

    // The head of a hit never changes, so it need not be written anew for each client: measured, it saves a twentieth
    // of a manifest's time.
    private boolean inOnePiece(RelayJob job, StoredContent content) {
        RelayRequest request = job.request();
        boolean ordinary = !request.head()
                && request.range() == null
                && request.keepAlive()
                && job.admission().warnings().isEmpty();
        if (!ordinary || content.size() > MAX_ONE_PIECE) {
            return false;
        }
        Optional<ByteBuf> answer = content.behind(
                AnswerHead.key(job.admission()), () -> AnswerHead.encoded(job.admission(), content.size()));
        if (answer.isEmpty()) {
            return false;
        }
        content.release();
        // It is encoded already: past the encoder.
        ChannelHandlerContext encoder = job.ctx().pipeline().context(HttpResponseEncoder.class);
        sent(job, encoder.writeAndFlush(answer.get()), (int) content.size());
        return true;
    }

    private void inParts(RelayJob job, StoredContent content) {
        boolean blob = job.admission().kind() == PullRequest.Kind.BLOB;
        boolean head = job.request().head();
        ByteRange range = ByteRange.of(blob && !head ? job.request().range() : null, content.size());
        HttpHeaders headers = AnswerHead.of(
                job.admission(), range, content.size(), job.request().keepAlive());
        HttpResponseStatus status = range.status();
        if (head || range.count() == 0) {
            content.release();
            whole(job, status, headers, Unpooled.EMPTY_BUFFER);
        } else if (content.inMemory()) {
            ByteBuf body = content.bytes().orElseThrow();
            content.release();
            body.readerIndex((int) range.first()).writerIndex((int) (range.first() + range.count()));
            whole(job, status, headers, body);
        } else {
            var unused = job.ctx().write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers));
            long end = range.first() + range.count();
            new BodyWriter(job, content, range.first(), end, stall).allow(end);
        }
    }

    private void whole(RelayJob job, HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
        int length = body.readableBytes();
        ChannelFuture written = job.ctx()
                .writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, body, headers, EmptyHttpHeaders.INSTANCE));
        sent(job, written, length);
    }

    private void sent(RelayJob job, ChannelFuture written, int length) {
        // As a rule the socket's buffer takes it at once, and no timer is needed.
        ScheduledFuture<?> watch = written.isDone()
                ? null
                : job.ctx().executor().schedule(job::cut, stall.toNanos(), TimeUnit.NANOSECONDS);
        written.addListener(done -> {
            if (watch != null) {
                watch.cancel(false);
            }
            if (!done.isSuccess()) {
                job.cut();
                job.outcome().aborted(0, "the client left");
                return;
            }
            if (!job.request().keepAlive()) {
                var unused = job.channel().close();
            }
            job.outcome().served(length);
        });
    }
}
