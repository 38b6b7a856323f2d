package dev.pratique.signer.check;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that the command line names. */
public final class LocalFile {
    private LocalFile() {}

    /** The whole of it. */
    public static byte[] read(Path file, int max) throws Failure {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(max + 1);
            if (bytes.length > max) {
                throw Failure.of(
                        Kind.FAILED, file + " is larger than " + max + " bytes", "is it the file that was meant?");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "there is no file " + file,
                            "names are taken from the directory that you are in")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(Kind.FAILED, "the file " + file + " cannot be read", "see who may read it: ls -l " + file)
                    .because(e);
        }
    }
}
