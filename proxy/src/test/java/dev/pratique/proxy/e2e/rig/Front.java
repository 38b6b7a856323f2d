package dev.pratique.proxy.e2e.rig;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;

/** Stands before a registry, writes down what is asked of it, and can make it misbehave. For reading only. */
public final class Front implements AutoCloseable {
    static {
        // Without it every answer on a kept connection waits for the client's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final int HTTP_PORT = 80;
    private static final Set<String> HOP_BY_HOP =
            Set.of("connection", "keep-alive", "transfer-encoding", "content-length", "host", "upgrade", "expect");

    private final String registry;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "front");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Faulty> faults = new CopyOnWriteArrayList<>();

    private Front(String registry, InetSocketAddress address) throws IOException {
        this.registry = registry;
        server = HttpServer.create(address, 256);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A request that arrived. */
    public record Seen(String method, String path, String query, String userAgent, String authorization) {
        public boolean fromContainerd() {
            return userAgent.startsWith("containerd/");
        }

        /** Whether our own program asked, and no client itself. */
        public boolean fromProxy() {
            return userAgent.startsWith("pratique/");
        }
    }

    private record Faulty(String paths, Fault fault) {}

    public static Front before(Registry registry) {
        return before(registry.url());
    }

    /** @param registry its URL, without a path */
    public static Front before(String registry) {
        try {
            return new Front(registry, new InetSocketAddress("127.0.0.1", 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * At a loopback address of its own and port 80, so that its name needs no port: only such a name can also be the
     * first part of a path. Who may not listen there skips the test, but not in CI.
     */
    public static Front withoutPort(Registry registry) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String address = "127.%d.%d.%d".formatted(random.nextInt(1, 255), random.nextInt(256), random.nextInt(1, 255));
        try {
            return new Front(registry.url(), new InetSocketAddress(address, HTTP_PORT));
        } catch (IOException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw new UncheckedIOException(e);
            }
            return Assumptions.abort("cannot listen on " + address + ":" + HTTP_PORT + ": " + e.getMessage());
        }
    }

    /** Address and port, as people name the registry. */
    public String host() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return address.getPort() == HTTP_PORT ? host : host + ":" + address.getPort();
    }

    public String url() {
        return "http://" + host();
    }

    /** Everything since the start or the last {@link #forget}. */
    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** How often this was asked for with GET. */
    public long gets(String path) {
        return seen.stream()
                .filter(request ->
                        request.method().equals("GET") && request.path().equals(path))
                .count();
    }

    public void forget() {
        seen.clear();
    }

    /**
     * Misbehaves from now on; of several faults for a path the latest counts.
     *
     * @param paths pattern over whole paths
     */
    public void fail(String paths, Fault fault) {
        faults.add(0, new Faulty(paths, fault));
    }

    public void heal() {
        faults.clear();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            URI uri = exchange.getRequestURI();
            String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
            seen.add(new Seen(
                    exchange.getRequestMethod(),
                    uri.getRawPath(),
                    query,
                    header(exchange, "User-Agent"),
                    header(exchange, "Authorization")));
            Fault fault = faults.stream()
                    .filter(faulty -> uri.getRawPath().matches(faulty.paths()))
                    .map(Faulty::fault)
                    .findFirst()
                    .orElse(Fault.none());
            if (fault.instead(exchange)) {
                return;
            }
            relay(exchange, ask(exchange), fault);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private HttpResponse<InputStream> ask(HttpExchange exchange) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(registry + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.noBody());
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return Web.CLIENT.send(request.build(), BodyHandlers.ofInputStream());
    }

    private static void relay(HttpExchange exchange, HttpResponse<InputStream> answer, Fault fault) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        answer.headers().map().forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        long length = answer.headers().firstValueAsLong("content-length").orElse(0);
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
        }
        exchange.sendResponseHeaders(answer.statusCode(), head ? -1 : length);
        try (InputStream in = answer.body();
                OutputStream out = exchange.getResponseBody()) {
            if (!head) {
                fault.carry(in, out);
            }
        }
    }

    /** From now on nobody answers there, and nobody listens. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
