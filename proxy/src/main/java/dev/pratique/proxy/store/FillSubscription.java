package dev.pratique.proxy.store;

import dev.pratique.attestations.registry.Fetched;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A follower at a fill. However often the fill moves on, at most one task waits on the follower's executor, and it tells
 * the latest.
 */
public final class FillSubscription implements Runnable {
    private final Fill fill;
    private final EventExecutor executor;
    private final FillFollower follower;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private boolean started;
    private boolean over;

    FillSubscription(Fill fill, EventExecutor executor, FillFollower follower) {
        this.fill = fill;
        this.executor = executor;
        this.follower = follower;
    }

    /** Something changed. Any thread. */
    void signal() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                executor.execute(this);
            } catch (RejectedExecutionException clientGone) {
                fill.leave(this);
            }
        }
    }

    /** Hears nothing more; the fill goes on for the others and for the store. On the executor. */
    public void cancel() {
        over = true;
        fill.leave(this);
    }

    /** For the executor only. */
    @Override
    public void run() {
        scheduled.set(false);
        if (over) {
            return;
        }
        FillProgress progress = fill.progress();
        StoredContent content = progress.content();
        if (!started && content != null) {
            if (!content.tryRetain()) {
                // The fill ended, and let go, while this task waited.
                FillProgress last = fill.progress();
                end(
                        last.content() == null && last.phase() != FillProgress.Phase.STARTING
                                ? last
                                : FillProgress.stored());
                return;
            }
            started = true;
            follower.onStart(content, content.size());
        }
        if (over) {
            return;
        }
        if (progress.phase() == FillProgress.Phase.FLOWING) {
            follower.onAvailable(progress.watermark());
        } else if (progress.phase() != FillProgress.Phase.STARTING) {
            end(progress);
        }
    }

    private void end(FillProgress progress) {
        cancel();
        Fetched failure = progress.failure();
        if (failure != null) {
            follower.onFailed(failure);
        } else if (progress.phase() == FillProgress.Phase.VERIFIED) {
            follower.onVerified();
        } else if (progress.phase() == FillProgress.Phase.UNKEPT) {
            follower.onUnkept();
        } else {
            follower.onStored();
        }
    }
}
