package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.upstream.BlobListener;
import dev.pratique.proxy.upstream.BlobSource;
import dev.pratique.proxy.upstream.BlobStream;
import dev.pratique.proxy.upstream.Presence;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A source whose every step the test takes. */
final class ScriptedSource implements BlobSource {
    /** The opened blobs, in order. */
    final List<Opened> opened = new CopyOnWriteArrayList<>();

    static final class Opened implements BlobStream {
        final Digest digest;
        final BlobListener listener;
        final AtomicInteger reads = new AtomicInteger();
        volatile boolean cancelled;

        Opened(Digest digest, BlobListener listener) {
            this.digest = digest;
            this.listener = listener;
        }

        void start(long size) {
            listener.onStart(this, size < 0 ? OptionalLong.empty() : OptionalLong.of(size));
        }

        void send(byte[] bytes) {
            listener.onData(Unpooled.copiedBuffer(bytes));
            listener.onBatch();
        }

        @Override
        public void read() {
            reads.incrementAndGet();
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @Override
    public void openBlob(Repository repository, Digest digest, BlobListener listener) {
        opened.add(new Opened(digest, listener));
    }

    @Override
    public CompletionStage<Presence> blobPresent(Repository repository, Digest digest) {
        return CompletableFuture.completedFuture(new Presence.Absent(new Fetched.Missing()));
    }

    @Override
    public CompletionStage<Presence> manifestPresent(Repository repository, Digest digest) {
        return blobPresent(repository, digest);
    }
}
