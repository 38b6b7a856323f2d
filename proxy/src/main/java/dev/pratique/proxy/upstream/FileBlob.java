package dev.pratique.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A file read like the body of an answer: a batch on demand. */
final class FileBlob implements BlobStream {
    private static final int BATCH = 256 << 10;

    private final FileChannel file;
    private final Executor blocking;
    private final BlobListener listener;
    private long offset;
    private boolean over;

    FileBlob(FileChannel file, Executor blocking, BlobListener listener) {
        this.file = file;
        this.blocking = blocking;
        this.listener = listener;
    }

    void start() {
        try {
            listener.onStart(this, OptionalLong.of(file.size()));
        } catch (IOException unreadable) {
            fail("the layout cannot be read");
        }
    }

    @Override
    public void read() {
        submit(this::batch);
    }

    @Override
    public void cancel() {
        submit(() -> fail("given up"));
    }

    private void submit(Runnable step) {
        try {
            blocking.execute(step);
        } catch (RejectedExecutionException closing) {
            fail("the layout is closed");
        }
    }

    // One step at a time: a cancellation may come while a batch is read.
    private synchronized void batch() {
        if (over) {
            return;
        }
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(BATCH);
        try {
            int count = data.writeBytes(file, offset, BATCH);
            if (count > 0) {
                offset += count;
            } else {
                over = true;
                file.close();
            }
        } catch (IOException unreadable) {
            data.release();
            fail("the layout cannot be read");
            return;
        }
        if (over) {
            data.release();
            listener.onEnd();
        } else {
            listener.onData(data);
            listener.onBatch();
        }
    }

    private synchronized void fail(String what) {
        if (over) {
            return;
        }
        over = true;
        try {
            file.close();
        } catch (IOException alreadyUnusable) {
            // Nothing more can be done about a file that was only read.
        }
        listener.onFailed(Answers.unread(what));
    }
}
