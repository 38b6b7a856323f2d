package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A file that grows and is hashed on the way. One thread at a time; readers have a channel of their own. Blocking. */
final class PartialFile {
    private final Path path;
    private final Digest digest;
    private final MessageDigest hash;
    private final FileChannel writer;
    private final FileChannel reader;
    private long length;

    private PartialFile(Path path, Digest digest, FileChannel writer, FileChannel reader) {
        this.path = path;
        this.digest = digest;
        this.hash = digest.algorithm().newDigest();
        this.writer = writer;
        this.reader = reader;
    }

    static PartialFile create(Path path, Digest digest) throws IOException {
        FileChannel writer = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            return new PartialFile(path, digest, writer, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException unreadable) {
            writer.close();
            throw unreadable;
        }
    }

    Path path() {
        return path;
    }

    long length() {
        return length;
    }

    /** Writes and hashes; the buffers stay the caller's. */
    long append(List<ByteBuf> data) throws IOException {
        List<ByteBuffer> pieces = new ArrayList<>();
        long added = 0;
        for (ByteBuf each : data) {
            for (ByteBuffer piece : each.nioBuffers()) {
                added += piece.remaining();
                hash.update(piece.duplicate());
                pieces.add(piece);
            }
        }
        ByteBuffer[] gathered = pieces.toArray(ByteBuffer[]::new);
        long left = added;
        while (left > 0) {
            left -= writer.write(gathered);
        }
        length += added;
        return added;
    }

    /** Whether all that was written has the digest; once. */
    boolean matches() {
        return HexFormat.of().formatHex(hash.digest()).equals(digest.hex());
    }

    /** What readers see, hashed by the time that they see the whole; takes the reading channel over. */
    StoredContent content(long size) {
        return StoredContent.inFile(reader, size, true);
    }

    /** Flushes what was written. */
    void closeWriter() throws IOException {
        writer.force(true);
        writer.close();
    }

    void closeReader() {
        close(reader);
    }

    /** Gives the file up; who reads it can read on. */
    void delete() {
        close(writer);
        try {
            Files.deleteIfExists(path);
        } catch (IOException left) {
            // The next start deletes it.
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyUnusable) {
            // What it wrote is not used.
        }
    }
}
