package dev.pratique.signer;

import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Why a file could not be written, in our words. */
public final class UnwrittenFile {
    private UnwrittenFile() {}

    public static Failure because(Path file, IOException e) {
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
                : reason.contains("read-only")
                        ? ": the file system is read-only"
                        : reason.contains("not a directory") ? ": a part of its path is a file" : "";
        return Failure.of(
                        Kind.FAILED, file + " cannot be written" + why, "name another place, or run it as one who may")
                .because(e);
    }
}
