package dev.pratique.proxy.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry without a referrers API over a layout on disk, on plain HTTP and the loopback address, that can alter what it
 * serves and be switched off. Only for the demonstration.
 */
final class TamperingRegistry implements AutoCloseable {
    private static final int MAX_INDEX = 1 << 20;

    private final Path layouts;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "sample-registry");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Digest> altered = ConcurrentHashMap.newKeySet();

    /** @param layouts a directory with one layout for each repository */
    TamperingRegistry(Path layouts) throws IOException {
        this.layouts = layouts;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on one bit of this blob is another. */
    void alter(Digest blob) {
        altered.add(blob);
    }

    /** Off: nothing listens there any more. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            answer(exchange);
        } catch (MalformedEvidenceException e) {
            exchange.sendResponseHeaders(404, -1);
        }
    }

    private void answer(HttpExchange exchange) throws IOException, MalformedEvidenceException {
        Route route = Route.parse(exchange.getRequestURI().getRawPath());
        if (route instanceof Route.Base) {
            send(exchange, "application/json", "{}".getBytes(StandardCharsets.US_ASCII), Optional.empty());
        } else if (route instanceof Route.ManifestRoute manifest) {
            Path layout = layouts.resolve(manifest.name());
            Optional<Entry> entry = entry(layout, manifest.reference().toString());
            if (entry.isEmpty()) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                Digest digest = entry.get().digest();
                send(exchange, entry.get().mediaType(), content(layout, digest), Optional.of(digest));
            }
        } else if (route instanceof Route.BlobRoute blob) {
            byte[] bytes = content(layouts.resolve(blob.name()), blob.digest());
            if (altered.contains(blob.digest())) {
                bytes[bytes.length / 2] ^= 1;
            }
            send(exchange, "application/octet-stream", bytes, Optional.of(blob.digest()));
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
    }

    private static void send(HttpExchange exchange, String type, byte[] bytes, Optional<Digest> digest)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        digest.ifPresent(known -> exchange.getResponseHeaders().set("Docker-Content-Digest", known.toString()));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private record Entry(Digest digest, String mediaType) {}

    private static Optional<Entry> entry(Path layout, String reference) throws IOException, MalformedEvidenceException {
        byte[] index = Files.readAllBytes(layout.resolve("index.json"));
        for (JsonValue each :
                StrictJson.parseObject(index, "index.json", MAX_INDEX).arrayOrEmpty("manifests", 256)) {
            JsonObject entry = each.asObject("manifests");
            String tag = entry.stringsOrEmpty("annotations", 16).getOrDefault("org.opencontainers.image.ref.name", "");
            if (tag.equals(reference) || entry.getString("digest").equals(reference)) {
                return Optional.of(new Entry(Digest.parse(entry.getString("digest")), entry.getString("mediaType")));
            }
        }
        return Optional.empty();
    }

    private static byte[] content(Path layout, Digest digest) throws IOException, MalformedEvidenceException {
        Path file = layout.resolve("blobs/sha256").resolve(digest.hex());
        if (!Files.isRegularFile(file)) {
            throw new MalformedEvidenceException("there is no such blob");
        }
        return Files.readAllBytes(file);
    }
}
