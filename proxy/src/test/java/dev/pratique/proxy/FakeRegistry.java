package dev.pratique.proxy;

import dev.pratique.attestations.image.Digest;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A registry in memory on the loopback address, with blocking sockets so that every kind of bad answer can be scripted.
 * Thread safe.
 */
public final class FakeRegistry implements AutoCloseable {
    /** One request as it came; header names in lower case. */
    public record Request(String method, String path, Map<String, String> headers) {}

    /** What it answers. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        /** The same with this header. */
        public Answer with(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Answer(status, more, body);
        }
    }

    private final ServerSocket server;
    private final boolean tls;
    private final FakeContents contents = new FakeContents();
    private final List<FakeScript> scripts = new CopyOnWriteArrayList<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final FakeLogin login = new FakeLogin();
    private volatile boolean referrers = true;

    private FakeRegistry(ServerSocket server, boolean tls) {
        this.server = server;
        this.tls = tls;
        thread(this::accept);
    }

    /** Plain HTTP on a free port. */
    public static FakeRegistry start() {
        try {
            return new FakeRegistry(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** HTTPS on a free port. */
    public static FakeRegistry start(SSLContext context) {
        try {
            return new FakeRegistry(
                    context.getServerSocketFactory().createServerSocket(0, 512, InetAddress.getLoopbackAddress()),
                    true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is. */
    public URI uri() {
        return URI.create((tls ? "https://localhost:" : "http://127.0.0.1:") + server.getLocalPort());
    }

    /** Stores a blob. */
    public Digest blob(String repository, byte[] bytes) {
        return contents.blob(repository, bytes);
    }

    /** Stores a manifest, under its digest and these tags. */
    public Digest manifest(String repository, String mediaType, byte[] bytes, String... tags) {
        return contents.manifest(repository, mediaType, bytes, tags);
    }

    /** Takes something away: a path such as {@code acme/app/manifests/1.0}. */
    public void remove(String path) {
        contents.remove(path);
    }

    /** Whether it has the referrers API; without, it answers 404 there. */
    public void referrers(boolean served) {
        referrers = served;
    }

    /** Wants a Bearer token of its own token service, which wants this login where it is not empty. */
    public void requireToken(String username, String password, int secondsToLive) {
        login.requireToken(uri() + "/token", username, password, secondsToLive);
    }

    /** Wants Basic authentication. */
    public void requireBasic(String username, String password) {
        login.requireBasic(username, password);
    }

    /** Answers this to whoever has no right. */
    public void challenge(String header) {
        login.challenge(header);
    }

    /** Every token given out so far is worth nothing. */
    public void revokeTokens() {
        login.revokeTokens();
    }

    /** From now on, requests whose "METHOD path" contains the text get the fault. */
    public void fault(String part, FakeRegistryFault fault) {
        fault(part, Integer.MAX_VALUE, fault);
    }

    /** As above, for this many requests. The latest script counts. */
    public void fault(String part, int times, FakeRegistryFault fault) {
        scripts.add(
                0, new FakeScript(request -> (request.method() + " " + request.path()).contains(part), times, fault));
    }

    /** Forgets all faults. */
    public void heal() {
        scripts.clear();
    }

    /** All requests so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** How many requests had a "METHOD path" that contains the text. */
    public long count(String part) {
        return requests.stream()
                .filter(request -> (request.method() + " " + request.path()).contains(part))
                .count();
    }

    /** Connections accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** Closes all connections, as a registry does that restarts. */
    public void dropConnections() {
        sockets.forEach(FakeRegistry::closeQuietly);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        dropConnections();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                thread(() -> converse(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "fake-registry");
        thread.setDaemon(true);
        thread.start();
    }

    private void converse(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean more = true;
            while (more) {
                Request request = read(in);
                if (request == null) {
                    socket.getOutputStream().write("HTTP/1.1 400 Fake\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                    return;
                }
                requests.add(request);
                Answer normal = answer(request);
                FakeRegistryFault fault = scripts.stream()
                        .filter(script -> script.takes(request))
                        .map(FakeScript::fault)
                        .findFirst()
                        .orElse((asked, answer, to) -> write(asked, answer, to));
                more = fault.answer(request, normal, socket);
            }
        } catch (IOException clientGone) {
            // As registries do, it notices and goes on with others.
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(socket);
        }
    }

    private static Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            return null;
        }
        String[] parts = line.split(" ", 3);
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            if (colon < 0) {
                return null;
            }
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        return new Request(parts[0], parts[1], headers);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                text.append((char) c);
            }
        }
        return text.toString();
    }

    private Answer answer(Request request) {
        if (request.path().startsWith("/token")) {
            return login.token(request);
        }
        if (!login.admits(request)) {
            return login.unauthorized();
        }
        if (!request.path().startsWith("/v2/")) {
            return missing();
        }
        String path = request.path().substring("/v2/".length());
        return contents.answer(path, referrers).orElseGet(FakeRegistry::missing);
    }

    private static Answer missing() {
        return new Answer(
                404, Map.of("Content-Type", "text/html"), "<script>alert(1)</script>".getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a whole answer; nothing after the head to a HEAD. */
    static boolean write(Request request, Answer answer, Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(head(answer, answer.body().length));
        if (!request.method().equals("HEAD")) {
            out.write(answer.body());
        }
        out.flush();
        return true;
    }

    /** @param length below zero for a chunked body */
    static byte[] head(Answer answer, int length) {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + " Fake\r\n");
        answer.headers().forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
        text.append(length < 0 ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + length + "\r\n");
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // Nobody reads it any more.
        }
    }
}
