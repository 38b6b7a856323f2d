package dev.pratique.signer.publish;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;

/** A file of which nobody ever sees a part: it is written beside its place and then moved there. */
public final class WholeFile {
    private WholeFile() {}

    /** @throws Failure where it cannot be written; what was there before is then still there */
    public static void store(Path file, byte[] content) throws Failure {
        try {
            write(file, content);
        } catch (IOException e) {
            throw cannotBeWritten(file, e);
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

    static Failure cannotBeWritten(Path file, IOException e) {
        // The system's own words for why are in the exception's reason, in whatever language it speaks.
        String reason = String.valueOf(e instanceof FileSystemException named ? named.getReason() : e.getMessage())
                .toLowerCase(Locale.ROOT);
        if (reason.contains("no space left") || reason.contains("quota exceeded")) {
            return Failure.of(Kind.FAILED, file + " cannot be written: the disk is full", "make room, and run it again")
                    .because(e);
        }
        if (e instanceof NoSuchFileException) {
            return Failure.of(Kind.FAILED, file + " cannot be written: there is no such directory", "make it first")
                    .because(e);
        }
        boolean denied = e instanceof AccessDeniedException || reason.contains("denied");
        String why = denied
                ? ": this user may not write there"
                : reason.contains("read-only") ? ": the file system is read-only" : "";
        return Failure.of(
                        Kind.FAILED, file + " cannot be written" + why, "name another place, or run it as one who may")
                .because(e);
    }
}
