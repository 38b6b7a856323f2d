package dev.pratique.signer.publish;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.sign.Statements;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A registry in memory that can be told to misbehave. */
public final class TestRegistry implements AutoCloseable {
    private final HttpServer server;
    private final boolean referrersApi;
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, Stored> manifests = new ConcurrentHashMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private volatile Trouble trouble = exchange -> false;
    private volatile boolean conditional;

    private record Stored(byte[] bytes, String type) {}

    /** Answers instead of the registry. */
    @FunctionalInterface
    public interface Trouble {
        /** Whether it answered. */
        boolean makes(HttpExchange exchange) throws IOException;
    }

    public TestRegistry(boolean referrersApi) throws IOException {
        this.referrersApi = referrersApi;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked, as {@code METHOD path}. */
    public List<String> log() {
        return log;
    }

    public void trouble(Trouble given) {
        trouble = given;
    }

    /** From now on manifests have ETags, and If-Match is kept (RFC 9110 section 13.1.1). */
    public TestRegistry withEtags() {
        conditional = true;
        return this;
    }

    /** Stores the manifest that is sent, without a word about its subject. */
    public boolean keeps(HttpExchange exchange, int status) throws IOException {
        String path = exchange.getRequestURI().getPath();
        int kind = path.indexOf("/manifests/");
        store(
                path.substring("/v2/".length(), kind),
                path.substring(kind + "/manifests/".length()),
                exchange.getRequestBody().readAllBytes(),
                exchange.getRequestHeaders().getFirst("Content-Type"));
        answer(exchange, status, null, new byte[0]);
        return true;
    }

    /** What distribution-spec's error body says; the request is read first. */
    public static boolean refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] body = ("{\"errors\":[{\"code\":\"" + code + "\"}]}").getBytes(StandardCharsets.UTF_8);
        answer(exchange, status, "application/json", body);
        return true;
    }

    /** Stores a blob. */
    public Digest blob(byte[] bytes) {
        Digest digest = Digest.sha256(bytes);
        blobs.put(digest.toString(), bytes);
        return digest;
    }

    /** A manifest by {@code repository/reference}. */
    public Optional<Manifest> manifest(String name) {
        Stored stored = manifests.get(name);
        try {
            return stored == null ? Optional.empty() : Optional.of(Manifest.parse(stored.bytes(), stored.type()));
        } catch (dev.pratique.attestations.MalformedEvidenceException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stores an image without content under a tag and its digest. */
    public Digest image(String repository, String tag) {
        byte[] config = Statements.simpleSigning(repository(repository), Digest.sha256(new byte[0]), Map.of("t", tag));
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", descriptor(MediaType.OCI_CONFIG, config));
        manifest.put("layers", List.of());
        return store(repository, tag, JsonWriter.bytes(manifest), MediaType.OCI_MANIFEST);
    }

    /** Stores an image for Linux, under the architecture as its tag, that says these layers of itself. */
    public Digest layered(String repository, String architecture, int layers, Digest... diffIds) {
        byte[] config = JsonWriter.bytes(Map.of(
                "os",
                "linux",
                "architecture",
                architecture,
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of(diffIds))));
        blob(config);
        Map<String, Object> layer = Map.of(
                "mediaType",
                "application/vnd.oci.image.layer.v1.tar+gzip",
                "size",
                1,
                "digest",
                Digest.sha256(new byte[1]));
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", descriptor(MediaType.OCI_CONFIG, config));
        manifest.put("layers", Collections.nCopies(layers, layer));
        return store(repository, architecture, JsonWriter.bytes(manifest), MediaType.OCI_MANIFEST);
    }

    /** Stores an index of these images. */
    public Digest index(String repository, String tag, Digest... children) {
        List<Object> entries = new ArrayList<>();
        for (Digest child : children) {
            entries.add(descriptor(
                    MediaType.OCI_MANIFEST,
                    manifests.get(repository + "/" + child).bytes()));
        }
        byte[] index =
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries));
        return store(repository, tag, index, MediaType.OCI_INDEX);
    }

    /** Stores an index whose entries may be indexes. */
    public Digest indexOf(String repository, String tag, Digest... children) {
        List<Object> entries = new ArrayList<>();
        for (Digest child : children) {
            Stored stored = manifests.get(repository + "/" + child);
            entries.add(descriptor(stored.type(), stored.bytes()));
        }
        byte[] index =
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries));
        return store(repository, tag, index, MediaType.OCI_INDEX);
    }

    /** The bytes of a stored manifest. */
    public byte[] bytes(String repository, Digest digest) {
        return manifests.get(repository + "/" + digest).bytes();
    }

    /** The bytes of a stored blob. */
    public byte[] blob(Digest digest) {
        return blobs.get(digest.toString());
    }

    public Digest store(String repository, String tag, byte[] bytes, String type) {
        Digest digest = Digest.sha256(bytes);
        manifests.put(repository + "/" + tag, new Stored(bytes, type));
        manifests.put(repository + "/" + digest, new Stored(bytes, type));
        return digest;
    }

    private dev.pratique.attestations.image.Repository repository(String name) {
        return new dev.pratique.attestations.image.Repository(host(), name);
    }

    private static Map<String, Object> descriptor(String type, byte[] content) {
        return Map.of("mediaType", type, "size", content.length, "digest", Digest.sha256(content));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            log.add(exchange.getRequestMethod() + " " + path);
            if (!trouble.makes(exchange)) {
                route(exchange, path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void route(HttpExchange exchange, String path) throws IOException {
        if (path.equals("/v2/")) {
            answer(exchange, 200, null, new byte[0]);
            return;
        }
        int last = path.lastIndexOf('/');
        int before = path.lastIndexOf('/', last - 1);
        String kind = path.substring(before + 1, last);
        String repository = path.substring("/v2/".length(), before);
        String name = path.substring(last + 1);
        switch (kind) {
            case "manifests" -> manifest(exchange, repository, name);
            case "blobs" -> blob(exchange, name);
            case "uploads" -> upload(exchange);
            case "referrers" -> referrers(exchange, repository, name);
            default -> answer(exchange, 404, null, new byte[0]);
        }
    }

    private void manifest(HttpExchange exchange, String repository, String reference) throws IOException {
        Optional<String> etag = manifest(repository + "/" + reference)
                .map(now -> "\"" + now.digest() + "\"")
                .filter(now -> conditional);
        if (exchange.getRequestMethod().equals("PUT")) {
            String condition = exchange.getRequestHeaders().getFirst("If-Match");
            if (conditional && condition != null && !etag.equals(Optional.of(condition))) {
                refuse(exchange, 412, "PRECONDITION_FAILED");
                return;
            }
            byte[] bytes = exchange.getRequestBody().readAllBytes();
            store(repository, reference, bytes, exchange.getRequestHeaders().getFirst("Content-Type"));
            if (referrersApi && new String(bytes, StandardCharsets.UTF_8).contains("\"subject\"")) {
                exchange.getResponseHeaders().set("OCI-Subject", "yes");
            }
            answer(exchange, 201, null, new byte[0]);
            return;
        }
        Stored stored = manifests.get(repository + "/" + reference);
        if (stored == null) {
            answer(
                    exchange,
                    404,
                    null,
                    "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}".getBytes(StandardCharsets.UTF_8));
        } else {
            etag.ifPresent(now -> exchange.getResponseHeaders().set("ETag", now));
            exchange.getResponseHeaders()
                    .set("Docker-Content-Digest", Digest.sha256(stored.bytes()).toString());
            answer(exchange, 200, stored.type(), stored.bytes());
        }
    }

    private void blob(HttpExchange exchange, String digest) throws IOException {
        byte[] bytes = blobs.get(digest);
        answer(exchange, bytes == null ? 404 : 200, "application/octet-stream", bytes == null ? new byte[0] : bytes);
    }

    private void upload(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders()
                    .set("Location", exchange.getRequestURI().getPath() + "1?state=x");
            answer(exchange, 202, null, new byte[0]);
            return;
        }
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        String query = exchange.getRequestURI().getQuery();
        String digest = query.substring(query.indexOf("digest=") + "digest=".length());
        boolean right = Digest.sha256(bytes).toString().equals(digest);
        if (right) {
            blobs.put(digest, bytes);
        }
        answer(exchange, right ? 201 : 400, null, new byte[0]);
    }

    private void referrers(HttpExchange exchange, String repository, String subject) throws IOException {
        if (!referrersApi) {
            answer(exchange, 404, null, new byte[0]);
            return;
        }
        List<Object> entries = new ArrayList<>();
        manifests.forEach((name, stored) -> {
            boolean about = name.startsWith(repository + "/sha256:")
                    && manifest(name)
                            .orElseThrow()
                            .subject()
                            .map(Digest::toString)
                            .equals(Optional.of(subject));
            if (about) {
                entries.add(descriptor(stored.type(), stored.bytes()));
            }
        });
        answer(
                exchange,
                200,
                MediaType.OCI_INDEX,
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries)));
    }

    public static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        if (type != null) {
            exchange.getResponseHeaders().set("Content-Type", type);
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    /** A descriptor of a stored manifest. */
    public Descriptor described(String repository, Digest digest) {
        Stored stored = manifests.get(repository + "/" + digest);
        return Descriptor.of(stored.type(), stored.bytes());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
