package dev.pratique.proxy.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Appends to a file that somebody else may move away at any time, as logrotate does. Used by one thread. */
public final class LogFile implements LineSink {
    private final Path path;
    private @Nullable FileChannel open;
    private @Nullable Object inode;

    /**
     * Opens it, so that an operator hears at once where that is not possible.
     *
     * @param path created with mode 0640 where it is not there; its directory must be
     */
    public LogFile(Path path) throws IOException {
        this.path = path;
        channel();
    }

    @Override
    public void write(List<byte[]> lines) throws IOException {
        int size = lines.stream().mapToInt(line -> line.length + 1).sum();
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (byte[] line : lines) {
            bytes.put(line).put((byte) '\n');
        }
        bytes.flip();
        FileChannel channel = channel();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.force(true);
            open.close();
            open = null;
        }
    }

    private FileChannel channel() throws IOException {
        if (open != null && Objects.equals(inode, inodeNow())) {
            return open;
        }
        if (open != null) {
            open.close();
        }
        open = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        inode = inodeNow();
        return open;
    }

    private @Nullable Object inodeNow() throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException moved) {
            return null;
        }
    }
}
