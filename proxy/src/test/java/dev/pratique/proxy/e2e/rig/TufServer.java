package dev.pratique.proxy.e2e.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * A TUF repository over HTTP with one target, {@code trusted_root.json}. It signs with the JDK and a canonical form of its
 * own; each publication has a new key for its root role, which the one before it signs too.
 */
public final class TufServer implements AutoCloseable {
    private static final String TARGET = "trusted_root.json";
    private static final Duration LONG = Duration.ofDays(30);

    private final HttpServer server;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final KeyPair online = pair();
    private final List<KeyPair> rootKeys = new ArrayList<>();

    private TufServer(HttpServer server) {
        this.server = server;
    }

    /** Starts one that has nothing yet. */
    public static TufServer start() {
        try {
            TufServer tuf =
                    new TufServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            tuf.server.setExecutor(Executors.newCachedThreadPool(work -> {
                Thread thread = new Thread(work, "tuf");
                thread.setDaemon(true);
                return thread;
            }));
            tuf.server.createContext("/tuf/", tuf::answer);
            tuf.server.start();
            return tuf;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/tuf";
    }

    /** {@code root.json} of the first publication, which an operator pins. */
    public String pinnedRoot() {
        return new String(files.get("1.root.json"), StandardCharsets.UTF_8);
    }

    /**
     * Publishes the next version of everything.
     *
     * @param life of the timestamp; all else is good for a month
     */
    public void publish(String trustedRoot, Duration life) {
        rootKeys.add(pair());
        int version = rootKeys.size();
        byte[] target = trustedRoot.getBytes(StandardCharsets.UTF_8);
        put("targets/" + hex(target) + "." + TARGET, target);
        KeyPair before = rootKeys.get(Math.max(0, version - 2));
        put(version + ".root.json", seal(root(version), List.of(before, rootKeys.get(version - 1))));
        Map<String, Object> targets = signed("targets", version, LONG);
        targets.put(
                "targets", Map.of(TARGET, Map.of("length", target.length, "hashes", Map.of("sha256", hex(target)))));
        put(version + ".targets.json", seal(targets, List.of(online)));
        Map<String, Object> snapshot = signed("snapshot", version, LONG);
        snapshot.put("meta", Map.of("targets.json", Map.of("version", version)));
        put(version + ".snapshot.json", seal(snapshot, List.of(online)));
        Map<String, Object> timestamp = signed("timestamp", version, life);
        timestamp.put("meta", Map.of("snapshot.json", Map.of("version", version)));
        // Last, for it is what is asked for first but for the roots.
        put("timestamp.json", seal(timestamp, List.of(online)));
    }

    private Map<String, Object> root(int version) {
        KeyPair own = rootKeys.get(version - 1);
        Map<String, Object> root = signed("root", version, LONG);
        root.put("consistent_snapshot", true);
        root.put("keys", Map.of(keyId(own), key(own), keyId(online), key(online)));
        Map<String, Object> ofOnline = Map.of("keyids", List.of(keyId(online)), "threshold", 1);
        root.put(
                "roles",
                Map.of(
                        "root", Map.of("keyids", List.of(keyId(own)), "threshold", 1),
                        "targets", ofOnline,
                        "snapshot", ofOnline,
                        "timestamp", ofOnline));
        return root;
    }

    private static Map<String, Object> signed(String type, int version, Duration life) {
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("_type", type);
        signed.put("spec_version", "1.0.33");
        signed.put("version", version);
        signed.put(
                "expires",
                InstantSource.system()
                        .instant()
                        .plus(life)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        return signed;
    }

    private static byte[] seal(Map<String, Object> signed, List<KeyPair> keys) {
        byte[] message = canonical(signed).getBytes(StandardCharsets.UTF_8);
        List<Object> signatures = new ArrayList<>();
        keys.stream()
                .distinct()
                .forEach(key -> signatures.add(
                        Map.of("keyid", keyId(key), "sig", HexFormat.of().formatHex(sign(key, message)))));
        return JsonWriter.bytes(Map.of("signed", signed, "signatures", signatures));
    }

    private static byte[] sign(KeyPair key, byte[] message) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> key(KeyPair key) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(key.getPublic().getEncoded());
        String pem = "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n";
        return Map.of("keytype", "ecdsa", "scheme", "ecdsa-sha2-nistp256", "keyval", Map.of("public", pem));
    }

    private static String keyId(KeyPair key) {
        return hex(canonical(key(key)).getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return Digest.sha256(bytes).hex();
    }

    /** TUF specification 4.2.1: "canonical JSON", of what is written here. */
    private static String canonical(Object value) {
        if (value instanceof Map<?, ?> map) {
            TreeMap<String, Object> sorted = new TreeMap<>();
            map.forEach((name, member) -> sorted.put(String.valueOf(name), member));
            List<String> members = new ArrayList<>();
            sorted.forEach((name, member) -> members.add(canonical(name) + ":" + canonical(member)));
            return "{" + String.join(",", members) + "}";
        }
        if (value instanceof List<?> list) {
            return "["
                    + String.join(",", list.stream().map(TufServer::canonical).toList()) + "]";
        }
        return value instanceof String text
                ? "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                : String.valueOf(value);
    }

    private void put(String name, byte[] content) {
        files.put(name, content);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] file = files.get(exchange.getRequestURI().getPath().substring("/tuf/".length()));
            exchange.sendResponseHeaders(file == null ? 404 : 200, file == null ? -1 : file.length);
            if (file != null) {
                exchange.getResponseBody().write(file);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
