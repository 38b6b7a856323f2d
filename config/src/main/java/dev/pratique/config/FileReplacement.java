package dev.pratique.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Puts new content in a file's place at once: a reader sees all of the old or all of the new. */
final class FileReplacement {
    private final Path file;

    /** @param file a symbolic link stays one: what it points to is replaced */
    FileReplacement(Path file) throws IOException {
        this.file = Files.exists(file) ? file.toRealPath() : file;
    }

    void write(byte[] content) throws IOException {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IOException("not a file");
        }
        Path next = Files.createTempFile(parent, "." + file.getFileName(), ".new");
        try {
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            keepPermissions(next);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private void keepPermissions(Path next) throws IOException {
        if (next.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> permissions = Files.exists(file)
                    ? Files.getPosixFilePermissions(file)
                    : PosixFilePermissions.fromString("rw-r--r--");
            Files.setPosixFilePermissions(next, permissions);
        }
    }
}
