package dev.pratique.proxy.relay;

import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.store.Passage;
import dev.pratique.proxy.store.PassageFollower;
import dev.pratique.proxy.store.SentBefore;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends a blob to one client while it arrives, past the store. As with a {@link FollowedBody} the last bytes wait until the
 * digest matched, so no client ever has the whole of a wrong blob. For the channel's event loop.
 */
final class PassedBody implements PassageFollower, ChannelFutureListener {
    private final RelayJob job;
    private final Duration stall;
    /** What has come and may not go yet, at most a batch and the end that is withheld. */
    private final Deque<ByteBuf> held = new ArrayDeque<>();

    private @Nullable Passage passage;
    private @Nullable ScheduledFuture<?> watch;
    private boolean headWritten;
    private boolean verified;
    private boolean writing;
    private boolean over;
    private long size = -1;
    /** Offset of the first byte that the client does not have. */
    private long position;
    /** Offset of the next byte to come. */
    private long arrived;

    PassedBody(RelayJob job, Duration stall) {
        this.job = job;
        this.stall = stall;
    }

    /** From the head on. */
    void begin() {
        open(SentBefore.nothing());
    }

    /**
     * Goes on where another way of sending it had to stop.
     *
     * @param sent what the client has, with a head before it
     * @param whole the length that the head announced
     */
    void goOn(SentBefore sent, long whole) {
        headWritten = true;
        position = sent.count();
        size = whole;
        open(sent);
    }

    private void open(SentBefore sent) {
        passage = job.store()
                .fills()
                .pass(
                        job.admission().repository(),
                        job.admission().digest(),
                        sent,
                        job.channel().eventLoop(),
                        this);
        job.channel().closeFuture().addListener(this);
    }

    /** The client left. */
    @Override
    public void operationComplete(ChannelFuture closed) {
        abort("the client left");
    }

    @Override
    public void onStart(OptionalLong said) {
        if (over) {
            return;
        }
        OptionalLong length = said.isPresent() ? said : job.admission().size();
        if (headWritten) {
            if (length.orElse(size) != size) {
                abort("the upstream says another length than before");
            }
        } else if (length.isEmpty()) {
            end();
            job.outcome().undecided(false, "the upstream does not say how long it is", Duration.ofSeconds(5));
        } else {
            size = length.getAsLong();
            if (job.contradicts(size)) {
                end();
            }
        }
    }

    @Override
    public void onBytes(ByteBuf data) {
        if (over) {
            data.release();
            return;
        }
        long already = Math.min(data.readableBytes(), Math.max(0, position - arrived));
        arrived += data.readableBytes();
        if (already == data.readableBytes()) {
            data.release();
        } else {
            held.add(data.skipBytes((int) already));
        }
        pump();
    }

    @Override
    public void onVerified() {
        if (over) {
            return;
        }
        verified = true;
        job.admission().confirmed();
        pump();
    }

    @Override
    public void onFailed(Fetched why) {
        if (over) {
            return;
        }
        if (headWritten) {
            abort(
                    why instanceof Fetched.Wrong wrong
                            ? wrong.what()
                            : why instanceof Fetched.Unread unread ? unread.what() : "the upstream failed");
        } else {
            end();
            job.failed(why);
        }
    }

    private void pump() {
        if (writing || over) {
            return;
        }
        long upTo = verified ? size : Math.min(arrived, size - FollowedBody.WITHHELD);
        long count = Math.min(upTo, Math.max(arrived, position)) - position;
        if (count <= 0 && !verified) {
            passage().more();
            return;
        }
        boolean last = verified && position + count == size;
        if (verified && !last) {
            abort("the body has another length than its head says");
            return;
        }
        send(Math.max(count, 0), last);
    }

    private void send(long count, boolean last) {
        if (!headWritten) {
            headWritten = true;
            var headers = AnswerHead.of(job.admission(), size, job.request().keepAlive());
            var unused = job.ctx().write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers));
        }
        position += count;
        writing = true;
        ChannelFuture written = job.ctx().newSucceededFuture();
        for (long left = count; left > 0; ) {
            ByteBuf part = next(left);
            left -= part.readableBytes();
            written = job.ctx().write(part);
        }
        if (last) {
            written = job.ctx().write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        job.ctx().flush();
        watch = written.isDone()
                ? null
                : job.ctx()
                        .executor()
                        .schedule(() -> abort("the client stopped reading"), stall.toNanos(), TimeUnit.NANOSECONDS);
        written.addListener((ChannelFuture done) -> written(done, last));
    }

    private ByteBuf next(long atMost) {
        ByteBuf first = held.getFirst();
        return first.readableBytes() <= atMost ? held.removeFirst() : first.readRetainedSlice((int) atMost);
    }

    private void written(ChannelFuture done, boolean last) {
        writing = false;
        if (watch != null) {
            watch.cancel(false);
        }
        if (over) {
            return;
        }
        if (!done.isSuccess()) {
            abort("the client left");
        } else if (last) {
            end();
            if (!job.request().keepAlive()) {
                var unused = job.channel().close();
            }
            job.outcome().served(size);
        } else {
            pump();
        }
    }

    private void abort(String what) {
        if (over) {
            return;
        }
        end();
        job.cut();
        job.outcome().aborted(position, what);
    }

    private void end() {
        over = true;
        job.channel().closeFuture().removeListener(this);
        if (watch != null) {
            watch.cancel(false);
        }
        held.forEach(ByteBuf::release);
        held.clear();
        passage().cancel();
    }

    private Passage passage() {
        return Objects.requireNonNull(passage);
    }
}
