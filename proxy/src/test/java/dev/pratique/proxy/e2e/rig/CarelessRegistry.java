package dev.pratique.proxy.e2e.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves OCI layouts as they are: it compares no digest, reads no manifest that it need not, and gives
 * {@code referrers/<digest>.json} word for word where a layout has it.
 */
public final class CarelessRegistry implements AutoCloseable {
    private static final Pattern ROUTE = Pattern.compile("/v2/(.+)/(manifests|blobs|referrers)/([^/]+)");
    /** Manifests may be anything here, so nothing reads them as JSON. */
    private static final Pattern SUBJECT =
            Pattern.compile("\"subject\"\\s*:\\s*\\{[^}]*\"digest\"\\s*:\\s*\"([^\"]+)\"");

    private static final Pattern ARTIFACT_TYPE = Pattern.compile("\"artifactType\"\\s*:\\s*\"([^\"]+)\"");
    private static final int MAX_BYTES = 1 << 20;
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Path> layouts = new ConcurrentHashMap<>();

    private CarelessRegistry(HttpServer server) {
        this.server = server;
    }

    public static CarelessRegistry start() {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            CarelessRegistry registry =
                    new CarelessRegistry(HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 64));
            registry.server.setExecutor(registry.threads);
            registry.server.createContext("/v2/", registry::handle);
            registry.server.start();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts a layout under a repository's name. */
    public void serve(String repository, Path layout) {
        layouts.put(repository, layout);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Matcher route = ROUTE.matcher(exchange.getRequestURI().getRawPath());
            Path layout = route.matches() ? layouts.get(route.group(1)) : null;
            Optional<Answer> answer = layout == null ? Optional.empty() : answer(layout, route);
            if (answer.isEmpty()) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", answer.get().type());
            answer.get()
                    .digest()
                    .ifPresent(digest -> exchange.getResponseHeaders().set("Docker-Content-Digest", digest));
            byte[] body = answer.get().body();
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private record Answer(String type, Optional<String> digest, byte[] body) {}

    private static Optional<Answer> answer(Path layout, Matcher route) throws IOException {
        try {
            return switch (route.group(2)) {
                case "manifests" -> manifest(layout, route.group(3));
                case "blobs" ->
                    blob(layout, route.group(3))
                            .map(body -> new Answer("application/octet-stream", Optional.of(route.group(3)), body));
                default -> Optional.of(new Answer(INDEX, Optional.empty(), referrers(layout, route.group(3))));
            };
        } catch (MalformedEvidenceException e) {
            throw new IOException(e);
        }
    }

    private static Optional<Answer> manifest(Path layout, String reference)
            throws IOException, MalformedEvidenceException {
        for (JsonObject descriptor : descriptors(layout)) {
            String digest = descriptor.getString("digest");
            Optional<JsonObject> annotations = descriptor.findObject("annotations");
            Optional<String> tag = annotations.isPresent()
                    ? annotations.get().findString("org.opencontainers.image.ref.name")
                    : Optional.empty();
            if (digest.equals(reference) || tag.equals(Optional.of(reference))) {
                String type = descriptor.getString("mediaType");
                return blob(layout, digest).map(body -> new Answer(type, Optional.of(digest), body));
            }
        }
        return Optional.empty();
    }

    private static Optional<byte[]> blob(Path layout, String digest) throws IOException {
        Path file = layout.resolve("blobs").resolve(digest.replace(':', '/'));
        return Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    private static byte[] referrers(Path layout, String digest) throws IOException, MalformedEvidenceException {
        for (String name : List.of(digest, digest.replaceFirst("^sha256:", ""), digest.replace(':', '-'))) {
            Path recorded = layout.resolve("referrers").resolve(name + ".json");
            if (Files.isRegularFile(recorded)) {
                return Files.readAllBytes(recorded);
            }
        }
        List<Object> found = new ArrayList<>();
        for (JsonObject descriptor : descriptors(layout)) {
            byte[] bytes = blob(layout, descriptor.getString("digest")).orElse(new byte[0]);
            String manifest = new String(bytes, StandardCharsets.UTF_8);
            Matcher subject = SUBJECT.matcher(manifest);
            if (subject.find() && subject.group(1).equals(digest)) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("mediaType", descriptor.getString("mediaType"));
                one.put("digest", descriptor.getString("digest"));
                one.put("size", (long) bytes.length);
                Matcher type = ARTIFACT_TYPE.matcher(manifest);
                if (type.find()) {
                    one.put("artifactType", type.group(1));
                }
                found.add(one);
            }
        }
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2L);
        index.put("mediaType", INDEX);
        index.put("manifests", found);
        return JsonWriter.bytes(index);
    }

    private static List<JsonObject> descriptors(Path layout) throws IOException, MalformedEvidenceException {
        byte[] index = Files.readAllBytes(layout.resolve("index.json"));
        List<JsonObject> descriptors = new ArrayList<>();
        for (JsonValue one :
                StrictJson.parseObject(index, "index.json", MAX_BYTES).arrayOrEmpty("manifests", 1000)) {
            descriptors.add(one.asObject("a descriptor"));
        }
        return descriptors;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
