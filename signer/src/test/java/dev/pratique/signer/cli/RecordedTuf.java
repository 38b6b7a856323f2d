package dev.pratique.signer.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The public Sigstore's TUF repository as it was in August 2026, served on loopback. */
final class RecordedTuf implements AutoCloseable {
    static final Instant RECORDED = Instant.parse("2026-08-21T20:00:00Z");

    private final HttpServer server;

    RecordedTuf() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Optional<byte[]> body = file(exchange.getRequestURI().getPath().substring(1));
            exchange.sendResponseHeaders(body.isPresent() ? 200 : 404, body.isPresent() ? body.get().length : -1);
            if (body.isPresent()) {
                exchange.getResponseBody().write(body.get());
            }
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A root that it once had, from which the others follow. */
    static Path pinned() {
        return directory().resolve("metadata/root_history/5.root.json");
    }

    /** A file by its name at the repository. */
    static Optional<byte[]> file(String name) {
        if (name.endsWith(".root.json")) {
            return read(directory().resolve("metadata/root_history").resolve(name));
        }
        return name.startsWith("targets/")
                ? read(directory().resolve(name.replaceFirst("[0-9a-f]{64}\\.", "")))
                : read(directory().resolve("metadata").resolve(name.replaceFirst("^[0-9]+\\.", "")));
    }

    static Path directory() {
        Path recorded = Path.of(System.getProperty("pratique.shared", "../shared"))
                .resolve("corpus/sigstore-trust-roots/public-good");
        Assumptions.assumeTrue(Files.exists(recorded) || "true".equals(System.getenv("CI")));
        return recorded;
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
