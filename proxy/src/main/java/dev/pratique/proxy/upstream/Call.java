package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One GET or HEAD as its caller sees it: authentication, redirects and the retry on a dead connection are inside. The
 * receiver's calls never overlap; they come from the event loop of whichever connection is in use.
 */
final class Call implements Exchange, OriginPool.Waiter, BlobStream {
    /** Takes the 200 of a call. Ends with onEnd or onFailed, once. */
    interface Receiver {
        /** Headers of a 200. The body comes on {@link Call#read}. */
        void onOk(Call call, HttpHeaders headers);

        void onContent(ByteBuf content);

        void onBatch();

        void onEnd();

        void onFailed(Fetched why);
    }

    private final Site site;
    private final Question question;
    private final Receiver receiver;
    private Target target;
    private @Nullable String authorization;
    private int redirects;
    private boolean strayed;
    private boolean renewed;
    private boolean fresh;
    private boolean answered;
    private @Nullable ScheduledFuture<?> timer;

    // Guarded by this: the caller's deadline meets the connection's event loop here.
    private @Nullable Connection connection;
    private @Nullable Fetched cancelled;
    private boolean over;

    private Call(Site site, Question question, Receiver receiver) {
        this.site = site;
        this.question = question;
        this.receiver = receiver;
        this.target = question.target();
        this.authorization = question.authorization();
    }

    /** @param patience for all of it */
    static Call start(Site site, Question question, Duration patience, Receiver receiver) {
        Call call = new Call(site, question, receiver);
        try {
            call.timer = site.transport()
                    .group()
                    .next()
                    .schedule(
                            () -> call.cancel(
                                    Answers.late(call.question.target().origin() + " took too long")),
                            patience.toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            call.finish(Answers.unread("the upstream client is closed"));
            return call;
        }
        call.connect();
        return call;
    }

    private void connect() {
        site.connections().acquire(target.origin(), fresh, this);
    }

    @Override
    public synchronized boolean abandoned() {
        return over || cancelled != null;
    }

    @Override
    public void connected(Connection opened) {
        boolean wanted;
        synchronized (this) {
            wanted = !over && cancelled == null;
            connection = wanted ? opened : null;
        }
        if (wanted) {
            opened.send(question.request(target, authorization, site.userAgent()), this);
        } else {
            opened.close();
        }
    }

    @Override
    public void unconnected(Fetched why) {
        finish(why);
    }

    /** The next batch of the body. */
    @Override
    public void read() {
        Connection current = current();
        if (current != null) {
            current.read();
        }
    }

    @Override
    public void cancel() {
        cancel(Answers.unread("given up"));
    }

    /** Ends the call with this; nothing happens where it is over. Any thread. */
    void cancel(Fetched why) {
        Connection current;
        synchronized (this) {
            if (over || cancelled != null) {
                return;
            }
            cancelled = why;
            current = connection;
        }
        if (current == null) {
            finish(why);
        } else {
            current.abort(this);
        }
    }

    @Override
    public void onHead(HttpResponse head) {
        int status = head.status().code();
        if (status == 200) {
            answered = true;
            Fetched.Wrong unusable = Answers.unusable(head.headers());
            if (unusable == null) {
                receiver.onOk(this, head.headers());
            } else {
                cancel(unusable);
            }
            return;
        }
        Connection current = detach();
        if (current != null) {
            current.discard();
        }
        switch (status) {
            case 301, 302, 303, 307, 308 -> redirect(head);
            case 401 -> authenticate(head);
            default -> finish(Answers.failure(head, target.origin(), missing(), site.now()));
        }
    }

    // What a store behind a redirect means by 403 is not what the operator said about the registry.
    private Set<Integer> missing() {
        return question.repository() == null
                ? Set.of()
                : atHome() ? site.settings().missing() : Set.of(404);
    }

    private boolean atHome() {
        return target.origin().equals(site.own());
    }

    private void redirect(HttpResponse head) {
        String location = head.headers().get(HttpHeaderNames.LOCATION);
        Target next = location == null ? null : target.resolve(location).orElse(null);
        if (next == null || ++redirects > question.redirects()) {
            finish(new Fetched.Wrong(target.origin() + " redirects too often or to nowhere"));
        } else if (target.origin().secure() && !next.origin().secure()) {
            finish(new Fetched.Wrong(target.origin() + " redirects from https to http"));
        } else if (!site.settings().mayRedirectTo(next.origin())) {
            finish(new Fetched.Wrong(target.origin() + " redirects to a host that its redirects do not name"));
        } else {
            if (!next.origin().equals(target.origin())) {
                authorization = null;
                strayed = true;
            }
            target = next;
            fresh = false;
            connect();
        }
    }

    private void authenticate(HttpResponse head) {
        String repository = question.repository();
        // Only the upstream itself, asked directly, may call for its credentials (UPS-02, UPS-04).
        if (repository == null || renewed || strayed || !atHome()) {
            finish(Answers.failure(head, target.origin(), missing(), site.now()));
            return;
        }
        renewed = true;
        site.authenticator()
                .answer(repository, head.headers().getAll(HttpHeaderNames.WWW_AUTHENTICATE), authorization)
                .whenComplete((answer, bug) -> {
                    if (bug != null) {
                        finish(Answers.unread("authentication failed"));
                    } else if (answer instanceof Authenticator.Send send) {
                        authorization = send.header();
                        connect();
                    } else if (answer instanceof Authenticator.Refused refused) {
                        finish(refused.why());
                    }
                });
    }

    @Override
    public void onContent(ByteBuf content) {
        receiver.onContent(content);
    }

    @Override
    public void onBatch() {
        receiver.onBatch();
    }

    @Override
    public void onEnd() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            connection = null;
        }
        stopTimer();
        receiver.onEnd();
    }

    @Override
    public void onBroken(Broken why) {
        Connection broken = detach();
        Fetched reason;
        synchronized (this) {
            reason = cancelled;
        }
        if (reason == null && why == Broken.RESET && !answered && !fresh && broken != null && broken.used()) {
            // The upstream closed an idle connection while the request was on its way.
            fresh = true;
            connect();
        } else {
            String what = target.origin() + " " + why.what();
            finish(reason != null ? reason : why.late() ? Answers.late(what) : Answers.unread(what));
        }
    }

    private synchronized @Nullable Connection current() {
        return connection;
    }

    private synchronized @Nullable Connection detach() {
        Connection detached = connection;
        connection = null;
        return detached;
    }

    private void finish(Fetched why) {
        Fetched reason;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            connection = null;
            reason = cancelled != null ? cancelled : why;
        }
        stopTimer();
        receiver.onFailed(reason);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
