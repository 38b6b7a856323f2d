package dev.pratique.signer.publish;

import dev.pratique.signer.Failure;
import dev.pratique.signer.UnwrittenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file of which nobody ever sees a part: it is written beside its place and then moved there. */
public final class WholeFile {
    private WholeFile() {}

    /** @throws Failure where it cannot be written; what was there before is then still there */
    public static void store(Path file, byte[] content) throws Failure {
        try {
            write(file, content);
        } catch (IOException e) {
            throw UnwrittenFile.because(file, e);
        }
    }

    static void write(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A pipe or a device, /dev/stdout, takes what it is given.
            Files.write(file, content, StandardOpenOption.WRITE);
            return;
        }
        Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path parent = place.getParent();
        if (parent == null) {
            throw new IOException("not a file");
        }
        Path next = Files.createTempFile(parent, "." + place.getFileName(), ".new");
        try {
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            if (next.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(
                        next,
                        Files.exists(place)
                                ? Files.getPosixFilePermissions(place)
                                : PosixFilePermissions.fromString("rw-r--r--"));
            }
            Files.move(next, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
