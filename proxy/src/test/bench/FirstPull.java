import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * First pulls of images through two proxies, one with a rule that asks for a signature and one without: manifest, config
 * and layers, one image after the other and by turns. Stands before the registry itself and keeps what it answered, so that
 * an upstream's answer costs little, and takes off the time in which an upstream request was under way.
 *
 * <p>usage: java FirstPull.java REGISTRY FRONT SIGNED UNVERIFIED IMAGES WARM ({@code host:port} each; a file with lines of
 * {@code repository@digest}; how many of them are pulled before anything is measured)
 */
final class FirstPull {
    private static final Pattern DIGEST = Pattern.compile("\"digest\":\\s*\"(sha256:[0-9a-f]{64})\"");
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String registry;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();
    private final List<long[]> busy = new CopyOnWriteArrayList<>();

    private record Kept(int status, Map<String, List<String>> headers, byte[] body) {}

    private record Measured(double total, double upstream, int requests) {
        double processing() {
            return total - upstream;
        }
    }

    private FirstPull(String registry) {
        this.registry = registry;
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        FirstPull bench = new FirstPull(arguments[0]);
        HttpServer front = bench.front(Integer.parseInt(arguments[1].substring(arguments[1].indexOf(':') + 1)));
        List<String> images = Files.readAllLines(Path.of(arguments[4]));
        int warm = Integer.parseInt(arguments[5]);
        bench.readAhead(images);
        List<Measured> signed = new ArrayList<>();
        List<Measured> unverified = new ArrayList<>();
        for (String image : images) {
            unverified.add(bench.pull(arguments[3], image));
            signed.add(bench.pull(arguments[2], image));
        }
        System.out.printf("%d images; the first %d after the start:%n", images.size(), Math.min(10, warm));
        report(signed.subList(0, Math.min(10, warm)), unverified.subList(0, Math.min(10, warm)));
        System.out.printf("the %d after %d:%n", images.size() - warm, warm);
        report(signed.subList(warm, images.size()), unverified.subList(warm, images.size()));
        front.stop(0);
        System.exit(0);
    }

    private static void report(List<Measured> signed, List<Measured> unverified) {
        System.out.println("  rule              total ms  upstream ms  processing ms  p90  upstream requests");
        line("signedBy", signed);
        line("admit: unverified", unverified);
        System.out.printf(
                "  adds %.1f ms in all, %.1f ms of them processing%n",
                median(signed, Measured::total) - median(unverified, Measured::total),
                median(signed, Measured::processing) - median(unverified, Measured::processing));
    }

    private static void line(String name, List<Measured> all) {
        System.out.printf(
                "  %-17s %8.1f %12.1f %14.1f %4.1f %18.0f%n",
                name,
                median(all, Measured::total),
                median(all, Measured::upstream),
                median(all, Measured::processing),
                quantile(all, Measured::processing, 0.9),
                median(all, Measured::requests));
    }

    private static double median(List<Measured> all, java.util.function.ToDoubleFunction<Measured> what) {
        return quantile(all, what, 0.5);
    }

    private static double quantile(
            List<Measured> all, java.util.function.ToDoubleFunction<Measured> what, double quantile) {
        double[] sorted = all.stream().mapToDouble(what).sorted().toArray();
        return sorted[(int) (quantile * (sorted.length - 1))];
    }

    private HttpServer front(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 256);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::handle);
        server.start();
        return server;
    }

    private void handle(HttpExchange exchange) throws IOException {
        long began = System.nanoTime();
        try (exchange) {
            String method = exchange.getRequestMethod();
            Kept answer = answer(method, exchange.getRequestURI().toString());
            answer.headers().forEach((name, values) -> {
                if (!name.equalsIgnoreCase("transfer-encoding") && !name.equalsIgnoreCase("content-length")) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            if (method.equals("HEAD")) {
                answer.headers()
                        .getOrDefault("content-length", List.of("0"))
                        .forEach(length -> exchange.getResponseHeaders().set("Content-Length", length));
                exchange.sendResponseHeaders(answer.status(), -1);
            } else {
                exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
                exchange.getResponseBody().write(answer.body());
            }
        } finally {
            busy.add(new long[] {began, System.nanoTime()});
        }
    }

    private Kept answer(String method, String path) throws IOException {
        Kept known = kept.get(method + path);
        if (known != null) {
            return known;
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + registry + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Accept", "*/*")
                .build();
        try {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            Kept fresh = new Kept(answer.statusCode(), answer.headers().map(), answer.body());
            kept.put(method + path, fresh);
            return fresh;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** What a proxy will ask for, so that no first answer is slower than the next. */
    private void readAhead(List<String> images) throws IOException {
        for (String image : images) {
            String repository = "/v2/" + image.substring(0, image.indexOf('@'));
            String digest = image.substring(image.indexOf('@') + 1);
            String tag = digest.replace(':', '-');
            for (String place :
                    List.of("/manifests/" + tag, "/manifests/" + tag + ".sig", "/manifests/" + tag + ".att")) {
                answer("GET", repository + place);
            }
            readAhead(repository, digest);
            for (String referrer :
                    digests(answer("GET", repository + "/referrers/" + digest).body())) {
                readAhead(repository, referrer);
            }
        }
    }

    private void readAhead(String repository, String manifest) throws IOException {
        answer("HEAD", repository + "/manifests/" + manifest);
        for (String blob :
                digests(answer("GET", repository + "/manifests/" + manifest).body())) {
            answer("GET", repository + "/blobs/" + blob);
        }
    }

    private static List<String> digests(byte[] json) {
        Matcher matcher = DIGEST.matcher(new String(json, java.nio.charset.StandardCharsets.UTF_8));
        return matcher.results().map(found -> found.group(1)).distinct().toList();
    }

    private Measured pull(String proxy, String image) throws IOException, InterruptedException {
        busy.clear();
        String repository = "http://" + proxy + "/v2/upstream.test/" + image.substring(0, image.indexOf('@'));
        long began = System.nanoTime();
        byte[] manifest = get(repository + "/manifests/" + image.substring(image.indexOf('@') + 1));
        for (String blob : digests(manifest)) {
            get(repository + "/blobs/" + blob);
        }
        long ended = System.nanoTime();
        // What is still asked after the answer is not waited for.
        Thread.sleep(20);
        return new Measured((ended - began) / 1e6, underWay(began, ended) / 1e6, busy.size());
    }

    private byte[] get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Accept", MANIFEST)
                .build();
        HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(url + ": " + answer.statusCode() + " " + new String(answer.body()));
        }
        return answer.body();
    }

    /** Nanoseconds of the pull in which at least one request was at the upstream. */
    private long underWay(long began, long ended) {
        long[][] intervals = busy.toArray(long[][]::new);
        Arrays.sort(intervals, Comparator.comparingLong(interval -> interval[0]));
        long sum = 0;
        long until = began;
        for (long[] interval : intervals) {
            long from = Math.max(until, interval[0]);
            long to = Math.min(ended, interval[1]);
            if (to > from) {
                sum += to - from;
                until = to;
            }
        }
        return sum;
    }
}
