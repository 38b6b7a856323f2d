package dev.pratique.proxy.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a blob that a client has already, out of a file that grew no further. Nobody had verified it; what comes
 * by a second request must begin with the same bytes, or the client would have a mixture to the end.
 */
public final class SentBefore {
    /** What is read at once to be compared. */
    private static final int PIECE = 64 << 10;

    /** None any more once all of it was compared: the room of a deleted file is not held for long. */
    private final AtomicReference<@Nullable StoredContent> content;

    private final long count;

    private SentBefore(@Nullable StoredContent content, long count) {
        this.content = new AtomicReference<>(content);
        this.count = count;
    }

    /** Where the client has nothing yet. */
    public static SentBefore nothing() {
        return new SentBefore(null, 0);
    }

    /**
     * @param partly holds at least these bytes; the reference is taken over
     * @param count bytes that the client has, or will have
     */
    public static SentBefore of(StoredContent partly, long count) {
        return new SentBefore(partly, count);
    }

    /** How many bytes the client has. */
    public long count() {
        return count;
    }

    /**
     * Compares what came the second time, as far as the client has it. Blocking; from the first byte on, in order.
     *
     * @param offset of the first of these bytes in the blob
     * @throws IOException where the file cannot be read
     */
    boolean agrees(long offset, ByteBuf bytes) throws IOException {
        if (offset >= count) {
            return true;
        }
        StoredContent known = content.get();
        if (known == null || !known.tryRetain()) {
            throw new ClosedChannelException();
        }
        try {
            long end = Math.min(count, offset + bytes.readableBytes());
            if (!equal(known, offset, end, bytes)) {
                return false;
            }
            if (end == count) {
                release();
            }
            return true;
        } finally {
            known.release();
        }
    }

    private static boolean equal(StoredContent known, long offset, long end, ByteBuf bytes) throws IOException {
        ByteBuf piece = Unpooled.buffer(PIECE);
        for (long at = offset; at < end; ) {
            piece.clear();
            int copied = known.copy(at, (int) Math.min(PIECE, end - at), piece);
            int from = bytes.readerIndex() + (int) (at - offset);
            if (!ByteBufUtil.equals(piece, 0, bytes, from, copied)) {
                return false;
            }
            at += copied;
        }
        return true;
    }

    /** When nothing more is to be compared. */
    void release() {
        StoredContent known = content.getAndSet(null);
        if (known != null) {
            known.release();
        }
    }
}
