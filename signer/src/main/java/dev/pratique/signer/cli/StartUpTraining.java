package dev.pratique.signer.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Does once what commands do, so that the JVM can note which classes that takes: {@code -XX:DumpLoadedClassList} and
 * {@code -XX:AOTCacheOutput} make the archives of a quick start from it. Signs with a key that is forgotten and speaks to a
 * registry of its own on the loopback interface.
 */
final class StartUpTraining {
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final Content IMAGE = new Content(
            TYPE,
            ("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE + "\",\"config\":{\"mediaType\":"
                            + "\"application/vnd.oci.empty.v1+json\",\"size\":2,\"digest\":"
                            + "\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"},\"layers\":[]}")
                    .getBytes(StandardCharsets.UTF_8));
    private static final String PASSWORD = "training";

    private final Path directory;
    private final Map<String, Content> stored = new HashMap<>();

    private record Content(String type, byte[] bytes) {}

    private StartUpTraining(Path directory) {
        this.directory = directory;
    }

    /** @param arguments a directory for the key and for what is signed */
    public static void main(String[] arguments) throws IOException {
        train(Path.of(arguments[0]));
        System.exit(0);
    }

    /** @throws IllegalStateException where a command does not end as it should */
    static void train(Path directory) throws IOException {
        new StartUpTraining(directory).run();
    }

    private void run() throws IOException {
        Path artifact = Files.writeString(directory.resolve("artifact"), "something to sign");
        String prefix = directory.resolve("key").toString();
        String bundle = directory.resolve("bundle.json").toString();
        command("--help");
        command("--version");
        command("keys", "generate", "--output-key-prefix", prefix);
        command("sign", "--key", prefix + ".key", "--bundle", bundle, artifact.toString());
        command("verify", "--key", prefix + ".pub", "--bundle", bundle, artifact.toString());
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        registry(prefix, HttpServer.create(anyPort, 0), "--allow-http-registry");
        LoopbackTls tls = LoopbackTls.create(InstantSource.system().instant());
        Path certificate = Files.writeString(directory.resolve("registry.pem"), tls.certificate());
        HttpsServer secure = HttpsServer.create(anyPort, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        registry(prefix, secure, "--registry-cacert=" + certificate);
    }

    private void registry(String prefix, HttpServer registry, String option) {
        registry.createContext("/", this::answer);
        registry.start();
        try {
            String image = "localhost:" + registry.getAddress().getPort() + "/training:1";
            command("sign", "--key", prefix + ".key", option, image);
            command("verify", "--key", prefix + ".pub", option, "--output", "json", image);
        } finally {
            registry.stop(0);
        }
    }

    private void command(String... arguments) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        Terminal here = Terminal.ofThisProcess();
        Terminal terminal = new Terminal(
                Map.of("PRATIQUE_PASSWORD", PASSWORD),
                directory,
                here.in(),
                nowhere,
                here.err(),
                here.prompt(),
                false,
                here.clock());
        if (Pratique.run(terminal, arguments) != 0) {
            throw new IllegalStateException("the training failed at " + arguments[0]);
        }
    }

    // As much of a registry as signing needs: it keeps what is put, and lists referrers by the tag.
    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = exchange.getRequestBody().readAllBytes();
        switch (exchange.getRequestMethod()) {
            case "POST" -> {
                exchange.getResponseHeaders().add("Location", "/upload");
                exchange.sendResponseHeaders(202, -1);
            }
            case "PUT" -> {
                String type = exchange.getRequestHeaders().getFirst("Content-Type");
                stored.put(key(exchange.getRequestURI().toString()), new Content(type, body));
                exchange.sendResponseHeaders(201, -1);
            }
            default -> found(exchange, path);
        }
        exchange.close();
    }

    private void found(HttpExchange exchange, String path) throws IOException {
        Content content = path.endsWith("/manifests/1") ? IMAGE : stored.get(key(path));
        if (content == null && !path.equals("/v2/")) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        if (content != null) {
            exchange.getResponseHeaders().add("Content-Type", content.type);
        }
        if (content == null || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, content.bytes.length);
        exchange.getResponseBody().write(content.bytes);
    }

    // The digest or tag at the end, however it is written.
    private static String key(String uri) {
        String plain = uri.replace("%3A", ":");
        return plain.substring(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf('=')) + 1);
    }
}
