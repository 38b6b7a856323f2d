package dev.pratique.config;

import dev.pratique.attestations.trust.tuf.TufFetcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The public Sigstore's repository as it was in August 2026, read from a checkout of it. */
final class RecordedSigstore implements TufFetcher {
    /** All of it was in force. */
    static final Instant THEN = Instant.parse("2026-08-21T20:00:00Z");
    /** When the first of it, the timestamp, expired. */
    static final Instant EXPIRED = Instant.parse("2026-08-28T19:25:56Z");

    private final Path folder;
    int asked;

    RecordedSigstore() {
        this("public-good");
    }

    /** @param instance or {@code staging} */
    RecordedSigstore(String instance) {
        this.folder = Path.of(System.getProperty("pratique.shared", "../shared"))
                .resolve("corpus/sigstore-trust-roots/" + instance);
        if (!Files.exists(folder)) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("pratique.shared has no " + folder);
            }
            Assumptions.abort("pratique.shared has no " + folder);
        }
    }

    byte[] file(String path) {
        return read(folder.resolve(path)).orElseThrow();
    }

    @Override
    public Optional<byte[]> metadata(String name, int maxBytes) {
        asked++;
        return name.endsWith(".root.json")
                ? read(folder.resolve("metadata/root_history").resolve(name))
                : read(folder.resolve("metadata").resolve(name.replaceFirst("^[0-9]+\\.", "")));
    }

    @Override
    public Optional<byte[]> target(String path, int maxBytes) {
        asked++;
        return read(folder.resolve("targets").resolve(path.replaceFirst("[0-9a-f]{64}\\.", "")));
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
