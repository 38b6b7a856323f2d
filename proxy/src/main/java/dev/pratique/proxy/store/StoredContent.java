package dev.pratique.proxy.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Content that can be written to clients: an open file, or bytes in memory. Counted references: whoever got one releases
 * it. Thread safe.
 */
public final class StoredContent extends AbstractReferenceCounted {
    /** For the cache's clock hand. */
    static final int RECENT = 1;
    /** For the times that files are given. */
    static final int USED = 2;

    private static final int ALL = RECENT | USED;

    private final long size;
    private final @Nullable FileChannel file;
    private final @Nullable ByteBuf memory;

    private final AtomicReference<@Nullable Behind> behind = new AtomicReference<>();
    private final boolean hashed;
    /**
     * Whether it was used since somebody last looked: set by readers, each flag cleared by its owner. One value, so that a
     * reader reads and at most writes one; a mark that is lost in a race comes back with the next reader.
     */
    private volatile int marks = ALL;

    private StoredContent(long size, @Nullable FileChannel file, @Nullable ByteBuf memory, boolean hashed) {
        this.hashed = hashed;
        this.size = size;
        this.file = file;
        this.memory = memory;
    }

    /**
     * Takes the channel over.
     *
     * @param hashed whether this process has seen these bytes have their digest
     */
    static StoredContent inFile(FileChannel file, long size, boolean hashed) {
        return new StoredContent(size, file, null, hashed);
    }

    static StoredContent inMemory(byte[] bytes) {
        ByteBuf direct = Unpooled.directBuffer(Math.max(bytes.length, 1), Math.max(bytes.length, 1));
        return new StoredContent(bytes.length, null, direct.writeBytes(bytes), true);
    }

    /** Length in bytes of the whole. */
    public long size() {
        return size;
    }

    /** All bytes, where they are in memory: a duplicate for the caller to write or release. */
    public Optional<ByteBuf> bytes() {
        return memory == null ? Optional.empty() : Optional.of(memory.retainedDuplicate());
    }

    /**
     * Content in memory behind a head, in one buffer: one piece for the system call, put together once for all clients
     * whose head is the same.
     *
     * @param key equal for equal heads; only the first key that is ever asked has a buffer
     * @param head makes the bytes that go before
     * @return a duplicate for the caller to write or release; empty for content in a file, or behind another head
     */
    public Optional<ByteBuf> behind(Object key, Supplier<byte[]> head) {
        Behind known = behind.get();
        if (known == null) {
            known = join(key, head.get());
        }
        return known == null || !known.key().equals(key)
                ? Optional.empty()
                : Optional.of(known.bytes().retainedDuplicate());
    }

    private @Nullable Behind join(Object key, byte[] head) {
        if (memory == null) {
            return null;
        }
        int length = head.length + memory.readableBytes();
        ByteBuf bytes = Unpooled.directBuffer(length, length);
        bytes.writeBytes(head).writeBytes(memory, memory.readerIndex(), memory.readableBytes());
        Behind made = new Behind(key, bytes);
        if (behind.compareAndSet(null, made)) {
            return made;
        }
        bytes.release();
        return behind.get();
    }

    private record Behind(Object key, ByteBuf bytes) {}

    /** Notes that it is used. */
    void mark() {
        if (marks != ALL) {
            marks = ALL;
        }
    }

    /** Whether it was used since this was last asked for the flag. */
    boolean unmark(int flag) {
        int before = marks;
        marks = before & ~flag;
        return (before & flag) != 0;
    }

    /** Whether this process has seen these bytes have their digest. */
    public boolean hashed() {
        return hashed;
    }

    /** Whether it is in memory, not in a file. */
    public boolean inMemory() {
        return memory != null;
    }

    /**
     * A part for sendfile, which holds this content until it is written.
     *
     * @throws IllegalStateException where it is in memory
     */
    public DefaultFileRegion region(long position, long count) {
        if (file == null) {
            throw new IllegalStateException("content in memory has no file");
        }
        retain();
        return new Region(file, position, count);
    }

    /**
     * Copies a part into a buffer, for channels that cannot send files. Blocks for the disk.
     *
     * @return bytes copied, at least one
     */
    public int copy(long position, int count, ByteBuf into) throws IOException {
        int copied;
        if (memory != null) {
            into.writeBytes(memory, Math.toIntExact(position), count);
            return count;
        }
        copied = file == null ? -1 : into.writeBytes(file, position, count);
        if (copied <= 0) {
            throw new IOException("the file is shorter than it was");
        }
        return copied;
    }

    /** A reference for the caller, unless the content is gone already. */
    boolean tryRetain() {
        try {
            retain();
            return true;
        } catch (IllegalReferenceCountException gone) {
            return false;
        }
    }

    /** Bytes of memory that it holds, or soon will. */
    long heldBytes() {
        return memory == null ? 0 : 2 * size;
    }

    @Override
    protected void deallocate() {
        if (memory != null) {
            memory.release();
        }
        Behind joined = behind.get();
        if (joined != null) {
            joined.bytes().release();
        }
        if (file != null) {
            try {
                file.close();
            } catch (IOException alreadyUnusable) {
                // Nothing was written through this channel.
            }
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    private final class Region extends DefaultFileRegion {
        Region(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        /** The file is open for other readers too. */
        @Override
        protected void deallocate() {
            StoredContent.this.release();
        }
    }
}
