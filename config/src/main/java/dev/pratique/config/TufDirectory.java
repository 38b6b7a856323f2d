package dev.pratique.config;

import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/** What was trusted of one repository, a file each. */
final class TufDirectory implements TufStore {
    /** More than any file that an update keeps. */
    private static final int MAX_BYTES = 8 << 20;

    private final Path directory;

    TufDirectory(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<byte[]> read(String name) throws TufException {
        Path file = directory.resolve(name);
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(in.readNBytes(MAX_BYTES));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new TufException(Reason.STORE, file + " cannot be read", e);
        }
    }

    @Override
    public void write(String name, byte[] content) throws TufException {
        Path file = directory.resolve(name);
        try {
            new FileReplacement(file).write(content);
        } catch (IOException e) {
            throw new TufException(Reason.STORE, file + " cannot be written", e);
        }
    }

    @Override
    public void delete(String name) throws TufException {
        Path file = directory.resolve(name);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new TufException(Reason.STORE, file + " cannot be deleted", e);
        }
    }
}
