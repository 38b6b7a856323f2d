package dev.pratique.signer.keys.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** KMS, STS and the metadata of machines, as far as keys need them. It recomputes the signature of every request. */
final class FakeAws implements AutoCloseable {
    /** When what it hands out ends. */
    static final Instant EXPIRES = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);

    private static final String PREFIX = "AWS4-HMAC-SHA256 Credential=";

    private final HttpServer server;
    private final Deque<Reply> next = new ArrayDeque<>();
    private final Map<String, String> secrets = new LinkedHashMap<>();
    private final Map<String, Reply> pages = new LinkedHashMap<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private volatile KeyPair key;
    private volatile KeyPair signing;
    private volatile String usage = "SIGN_VERIFY";

    record Reply(int status, Map<String, String> headers, String body, int delayMillis) {
        static Reply of(int status, String body) {
            return new Reply(status, Map.of(), body, 0);
        }

        static Reply error(String type, String message) {
            return of(400, JsonWriter.text(Map.of("__type", type, "message", message)));
        }
    }

    FakeAws(KeyPair key) throws IOException {
        this.key = key;
        this.signing = key;
        secrets.put("AKIDEXAMPLE", "the-secret");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answered once, before anything else. */
    FakeAws then(Reply reply) {
        next.add(reply);
        return this;
    }

    /** What {@code METHOD PATH} is answered. */
    void page(String request, Reply reply) {
        pages.put(request, reply);
    }

    void user(String id, String secret) {
        secrets.put(id, secret);
    }

    /** From now on it signs with another key than it shows. */
    void signWith(KeyPair other) {
        signing = other;
    }

    void usage(String said) {
        usage = said;
    }

    /** What was asked: target or action, and for Sign the type of its message. */
    List<String> log() {
        return log;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply = reply(exchange);
            if (reply.delayMillis > 0) {
                Thread.sleep(reply.delayMillis);
            }
            reply.headers.forEach(exchange.getResponseHeaders()::set);
            byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private Reply reply(HttpExchange exchange) throws Exception {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        if (pages.containsKey(request)) {
            log.add(request);
            return pages.get(request);
        }
        if (!request.equals("POST /")) {
            log.add(request);
            return Reply.of(404, "");
        }
        String form = new String(body, StandardCharsets.UTF_8);
        boolean open = form.contains("Action=AssumeRoleWithWebIdentity");
        if (!next.isEmpty()) {
            log.add("(prepared)");
            return next.poll();
        }
        if (!open && !isSigned(exchange, body)) {
            log.add("(wrongly signed)");
            return Reply.error("InvalidSignatureException", "x-amz-security-token:a-secret-of-the-request");
        }
        if (target == null) {
            log.add(form);
            return assumed();
        }
        return kms(target, StrictJson.parseObject(body, "request", 1 << 20));
    }

    private Reply assumed() {
        user("ASIAROLE", "role-secret");
        return Reply.of(200, """
                <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId>
                <SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role/token+==</SessionToken>
                <Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>""".formatted(EXPIRES));
    }

    private Reply kms(String target, JsonObject request) throws Exception {
        if (target.equals("TrentService.GetPublicKey")) {
            log.add("GetPublicKey");
            return Reply.of(
                    200,
                    JsonWriter.text(Map.of(
                            "PublicKey",
                            Base64.getEncoder().encodeToString(key.getPublic().getEncoded()),
                            "KeyUsage",
                            usage,
                            "KeySpec",
                            "SPEC")));
        }
        String type = request.getString("MessageType");
        String algorithm = request.getString("SigningAlgorithm");
        log.add("Sign " + type + " " + algorithm);
        byte[] message = Base64.getDecoder().decode(request.getString("Message"));
        byte[] made = sign(algorithm, type.equals("DIGEST"), message);
        return Reply.of(
                200, JsonWriter.text(Map.of("Signature", Base64.getEncoder().encodeToString(made))));
    }

    private byte[] sign(String algorithm, boolean digest, byte[] message) throws Exception {
        String hash = algorithm.replaceFirst(".*_SHA_", "SHA");
        boolean ec = algorithm.startsWith("ECDSA");
        byte[] signed = message;
        if (digest && !ec) {
            // DigestInfo of RFC 8017 section 9.2, note 1.
            byte[] info = HexFormat.of().parseHex("3031300d060960864801650304020105000420");
            signed = Arrays.copyOf(info, info.length + message.length);
            System.arraycopy(message, 0, signed, info.length, message.length);
        }
        Signature signature = Signature.getInstance((digest ? "NONE" : hash) + "with" + (ec ? "ECDSA" : "RSA"));
        signature.initSign(signing.getPrivate());
        signature.update(signed);
        return signature.sign();
    }

    /** IAM User Guide, "Create a signed AWS API request", from the server's side. */
    private boolean isSigned(HttpExchange exchange, byte[] body) throws Exception {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header == null || !header.startsWith(PREFIX)) {
            return false;
        }
        String[] parts = header.substring(PREFIX.length()).split(", (SignedHeaders|Signature)=");
        String[] scope = parts[0].split("/", 2);
        List<String> names = List.of(parts[1].split(";"));
        if (!names.contains("host")
                || !names.contains("x-amz-date")
                || exchange.getRequestHeaders().containsKey("X-Amz-Security-Token")
                        && !names.contains("x-amz-security-token")) {
            return false;
        }
        String canonical = names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT) + ":"
                        + exchange.getRequestHeaders().getFirst(name).strip() + "\n")
                .collect(Collectors.joining());
        String request = "POST\n/\n\n" + canonical + "\n" + parts[1] + "\n" + sha256(body);
        String toSign = "AWS4-HMAC-SHA256\n" + exchange.getRequestHeaders().getFirst("X-Amz-Date") + "\n" + scope[1]
                + "\n" + sha256(request.getBytes(StandardCharsets.UTF_8));
        byte[] mac = ("AWS4" + secrets.get(scope[0])).getBytes(StandardCharsets.UTF_8);
        for (String step : scope[1].split("/")) {
            mac = hmac(mac, step);
        }
        return HexFormat.of().formatHex(hmac(mac, toSign)).equals(parts[2]);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
