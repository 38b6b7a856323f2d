package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.BlobListener;
import dev.pratique.proxy.upstream.BlobStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One blob from an upstream to one client, past the store: where the disk is full, or fails, or is too small for it. Hashed
 * on disk threads; the upstream is asked for more only when the client has taken what came before.
 */
public final class Passage implements BlobListener {
    private static final Fetched CLOSED = new Fetched.Unread("the proxy is stopping", Duration.ofSeconds(5));
    private static final Fetched.Wrong OTHER_BYTES = new Fetched.Wrong(
            "the upstream serves other bytes than before: what the client has is not the beginning of them");
    private static final Fetched UNREADABLE =
            new Fetched.Unread("what the client has cannot be read again to be compared", Duration.ofSeconds(5));
    private static final Fetched.Wrong LENGTH = new Fetched.Wrong("the body has another length than the registry said");

    private final Digest digest;
    private final SentBefore before;
    private final ContentStore store;
    private final EventExecutor executor;
    private final PassageFollower follower;
    private final Runnable ended;
    private final MessageDigest hash;

    // Guarded by queue.
    private final Queue<ByteBuf> queue = new ArrayDeque<>();
    private boolean scheduled;
    private boolean whole;
    private boolean over;
    private @Nullable Fetched failure;
    private @Nullable BlobStream stream;
    private long announced = -1;

    // Used by the one disk task.
    private long length;

    Passage(
            Digest digest,
            SentBefore before,
            ContentStore store,
            EventExecutor executor,
            PassageFollower follower,
            Runnable ended) {
        this.digest = digest;
        this.before = before;
        this.store = store;
        this.executor = executor;
        this.follower = follower;
        this.ended = ended;
        this.hash = digest.algorithm().newDigest();
    }

    /** The follower has passed on what it was given. */
    public void more() {
        BlobStream from;
        synchronized (queue) {
            if (over || whole || stream == null) {
                return;
            }
            from = stream;
        }
        from.read();
    }

    /** The follower wants nothing more and hears nothing more. */
    public void cancel() {
        finish();
    }

    @Override
    public void onStart(BlobStream opened, OptionalLong size) {
        boolean late;
        synchronized (queue) {
            late = over;
            stream = opened;
            announced = size.orElse(-1);
        }
        if (late) {
            opened.cancel();
        } else {
            tell(() -> follower.onStart(size));
            opened.read();
        }
    }

    @Override
    public void onData(ByteBuf data) {
        synchronized (queue) {
            if (!over) {
                queue.add(data);
                return;
            }
        }
        data.release();
    }

    @Override
    public void onBatch() {
        schedule();
    }

    @Override
    public void onEnd() {
        synchronized (queue) {
            whole = true;
        }
        schedule();
    }

    @Override
    public void onFailed(Fetched why) {
        synchronized (queue) {
            if (failure == null) {
                failure = why;
            }
        }
        schedule();
    }

    private void schedule() {
        synchronized (queue) {
            if (scheduled || over) {
                return;
            }
            scheduled = true;
        }
        store.onDisk(this::hash, () -> fail(CLOSED));
    }

    private void hash() {
        List<ByteBuf> batch;
        boolean last;
        Fetched broken;
        long most;
        long least;
        synchronized (queue) {
            batch = new ArrayList<>(queue);
            queue.clear();
            last = whole;
            broken = failure;
            most = announced >= 0 ? announced : store.limits().maxBlobBytes();
            least = last ? announced : 0;
        }
        if (broken == null) {
            broken = read(batch);
        }
        if (broken != null || length > most || length < least) {
            batch.forEach(ByteBuf::release);
            fail(broken != null ? broken : LENGTH);
            return;
        }
        hand(batch);
        if (last) {
            end();
        } else {
            next();
        }
    }

    /** Why the passage cannot go on; null where it can. */
    private @Nullable Fetched read(List<ByteBuf> batch) {
        try {
            for (ByteBuf each : batch) {
                if (!before.agrees(length, each)) {
                    return OTHER_BYTES;
                }
                length += each.readableBytes();
                for (ByteBuffer piece : each.nioBuffers()) {
                    hash.update(piece);
                }
            }
            return null;
        } catch (IOException gone) {
            return UNREADABLE;
        }
    }

    private void next() {
        boolean again;
        synchronized (queue) {
            scheduled = false;
            again = !queue.isEmpty() || whole || failure != null;
        }
        if (again) {
            schedule();
        }
    }

    private void hand(List<ByteBuf> batch) {
        CompositeByteBuf all = Unpooled.compositeBuffer(Math.max(batch.size(), 2));
        batch.forEach(each -> all.addComponent(true, each));
        try {
            executor.execute(() -> {
                if (isOver()) {
                    all.release();
                } else {
                    follower.onBytes(all);
                }
            });
        } catch (RejectedExecutionException clientGone) {
            all.release();
            finish();
        }
    }

    private void end() {
        if (HexFormat.of().formatHex(hash.digest()).equals(digest.hex())) {
            tell(() -> {
                if (finish()) {
                    follower.onVerified();
                }
            });
        } else {
            fail(new Fetched.Wrong("the bytes have another digest"));
        }
    }

    private void fail(Fetched why) {
        tell(() -> {
            if (finish()) {
                follower.onFailed(why);
            }
        });
    }

    private void tell(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException clientGone) {
            finish();
        }
    }

    private boolean isOver() {
        synchronized (queue) {
            return over;
        }
    }

    /** True for the one who ends it. */
    private boolean finish() {
        BlobStream from;
        synchronized (queue) {
            if (over) {
                return false;
            }
            over = true;
            from = stream;
            queue.forEach(ByteBuf::release);
            queue.clear();
        }
        if (from != null) {
            from.cancel();
        }
        ended.run();
        return true;
    }
}
