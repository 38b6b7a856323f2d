package dev.pratique.proxy.store;

import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.BlobListener;
import dev.pratique.proxy.upstream.BlobSource;
import dev.pratique.proxy.upstream.BlobStream;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One transfer from an upstream into the store. The upstream's event loop hands bytes over; hashing and writing happen on
 * disk threads, one task at a time; the upstream is asked for more only while little is waiting to be written.
 */
final class Fill implements BlobListener {
    /** Bytes that may wait for the disk: enough to keep both busy, little enough for many fills at once. */
    private static final int WINDOW = 1 << 20;

    private static final long NO_ROOM = -1;

    private static final Fetched CLOSED = new Fetched.Unread("the content store is closed", Duration.ofSeconds(5));

    private final Fills.Key key;
    private final ContentStore store;
    private final Fills fills;
    private final long expected;
    private final Room.Place place;
    private final List<FillSubscription> followers = new CopyOnWriteArrayList<>();
    private volatile FillProgress progress = FillProgress.STARTING;

    // Guarded by queue.
    private final Queue<ByteBuf> queue = new ArrayDeque<>();
    private long queued;
    private boolean reading;
    private boolean ended;
    private boolean scheduled;
    private boolean over;
    private @Nullable Fetched failure;
    private @Nullable BlobStream stream;
    private long announced = -1;

    // Used by the one disk task.
    private @Nullable PartialFile partial;

    /** @param expected bytes, as a manifest lists them; -1 where none does */
    Fill(Fills.Key key, long expected, ContentStore store, Fills fills) {
        this.key = key;
        this.expected = expected;
        this.store = store;
        this.fills = fills;
        this.place = store.room().place();
    }

    FillProgress progress() {
        return progress;
    }

    FillSubscription follow(EventExecutor executor, FillFollower follower) {
        FillSubscription subscription = new FillSubscription(this, executor, follower);
        followers.add(subscription);
        subscription.signal();
        return subscription;
    }

    void leave(FillSubscription subscription) {
        followers.remove(subscription);
    }

    /** Ends it before it began. */
    void refuse(Fetched why) {
        progress = FillProgress.failed(why);
    }

    void start(BlobSource source) {
        store.onDisk(
                () -> {
                    if (store.contains(key.digest())) {
                        land(FillProgress.stored());
                    } else if (expected > 0 && !store.room().take(place, expected)) {
                        unkept();
                    } else {
                        store.room().missed(key.digest());
                        source.openBlob(key.repository(), key.digest(), this);
                    }
                },
                () -> land(FillProgress.failed(CLOSED)));
    }

    void cancel() {
        onFailed(CLOSED);
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
        } else if (size.orElse(0) > store.limits().maxBlobBytes()) {
            onFailed(tooLarge());
        } else {
            schedule();
        }
    }

    private Fetched tooLarge() {
        return new Fetched.Wrong("the blob is larger than the registry said, or than "
                + store.limits().maxBlobBytes() + " bytes");
    }

    @Override
    public void onData(ByteBuf data) {
        synchronized (queue) {
            if (!over) {
                queue.add(data);
                queued += data.readableBytes();
                return;
            }
        }
        data.release();
    }

    @Override
    public void onBatch() {
        synchronized (queue) {
            reading = false;
        }
        demand();
        schedule();
    }

    @Override
    public void onEnd() {
        synchronized (queue) {
            ended = true;
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

    private void demand() {
        BlobStream from;
        synchronized (queue) {
            if (stream == null || reading || ended || over || queued >= WINDOW) {
                return;
            }
            reading = true;
            from = stream;
        }
        from.read();
    }

    private void schedule() {
        synchronized (queue) {
            if (scheduled || over) {
                return;
            }
            scheduled = true;
        }
        store.onDisk(this::drain, () -> fail(CLOSED));
    }

    // One round a task, so that a fast upstream does not keep a disk thread from the other fills.
    private void drain() {
        List<ByteBuf> batch = new ArrayList<>();
        boolean last;
        Fetched broken;
        synchronized (queue) {
            batch.addAll(queue);
            queue.clear();
            last = ended;
            broken = failure;
        }
        long length = 0;
        try {
            if (broken == null) {
                length = write(batch);
                broken = length == NO_ROOM ? null : overlong() ? tooLarge() : last ? end() : null;
            }
        } catch (IOException diskFailed) {
            store.refused(diskFailed);
            length = NO_ROOM;
        } finally {
            batch.forEach(ByteBuf::release);
        }
        if (broken != null) {
            fail(broken);
        } else if (length == NO_ROOM) {
            unkept();
        } else if (!last) {
            next(length);
        }
    }

    private void next(long written) {
        boolean again;
        synchronized (queue) {
            queued -= written;
            scheduled = false;
            again = !queue.isEmpty() || ended || failure != null;
        }
        demand();
        if (again) {
            schedule();
        }
    }

    private long write(List<ByteBuf> batch) throws IOException {
        if (!place.write(batch.stream().mapToLong(ByteBuf::readableBytes).sum())) {
            return NO_ROOM;
        }
        PartialFile file = partial;
        if (file == null) {
            file = PartialFile.create(store.directory().newPartial(key.digest()), key.digest());
            partial = file;
        }
        long length = file.append(batch);
        boolean sized = announced >= 0;
        if (sized && progress.content() == null) {
            progress = FillProgress.flowing(file.content(announced), 0);
        }
        StoredContent content = progress.content();
        if (content != null) {
            progress = FillProgress.flowing(content, file.length());
            signal();
        }
        return length;
    }

    private boolean overlong() {
        long most = announced >= 0 ? announced : store.limits().maxBlobBytes();
        return partial != null && partial.length() > most;
    }

    /** The whole body is written: why it cannot be content, or null where it is. */
    private @Nullable Fetched end() throws IOException {
        PartialFile file = partial;
        if (file == null || (announced >= 0 && announced != file.length())) {
            return new Fetched.Wrong("the body has another length than the registry said");
        }
        if (!file.matches()) {
            return new Fetched.Wrong("the bytes have another digest");
        }
        StoredContent content = progress.content();
        StoredContent whole = content != null ? content : file.content(file.length());
        synchronized (queue) {
            over = true;
        }
        // The clients need not wait for the disk to be flushed: the bytes are right.
        progress = FillProgress.verified(whole);
        signal();
        store.settle(file, key.digest(), whole);
        place.close();
        fills.landed(key, this);
        whole.release();
        return null;
    }

    private void fail(Fetched why) {
        give(FillProgress.failed(why));
    }

    /** Not for want of an upstream: clients go on without the store. */
    private void unkept() {
        give(FillProgress.unkept());
    }

    private void give(FillProgress up) {
        BlobStream from;
        synchronized (queue) {
            over = true;
            from = stream;
            queue.forEach(ByteBuf::release);
            queue.clear();
        }
        if (from != null) {
            from.cancel();
        }
        StoredContent content = progress.content();
        if (partial != null) {
            partial.delete();
        }
        place.close();
        land(up);
        if (content != null) {
            content.release();
        } else if (partial != null) {
            partial.closeReader();
        }
    }

    // Out of the map before anybody hears of it: who comes next starts anew.
    private void land(FillProgress end) {
        fills.landed(key, this);
        progress = end;
        signal();
    }

    private void signal() {
        followers.forEach(FillSubscription::signal);
    }
}
