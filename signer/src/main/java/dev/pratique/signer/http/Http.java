package dev.pratique.signer.http;

import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpTimeoutException;
import java.security.Security;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP exchange with a limit on the body and a deadline on the whole of it. Follows no redirects by itself. Thread safe.
 *
 * <p>Over {@link HttpURLConnection}: {@link java.net.http.HttpClient} takes 120 ms more of a process's start, and its selector,
 * which is always in native code, holds the JVM's end up by 300 ms.
 */
public final class Http {
    private static final int CONNECT_MILLIS = 10_000;

    static {
        // The JDK shows no password to a proxy that it tunnels through, unless it is told to. Whoever wrote one into
        // HTTPS_PROXY wants it shown, as every other program does.
        preset("jdk.http.auth.tunneling.disabledSchemes", "");
        // RFC 9110 section 9.2.2: what is not idempotent is not sent again by itself.
        preset("sun.net.http.retryPost", "false");
        // As many connections to one host stay open as one command uses.
        preset("http.maxConnections", "16");
        // The JDK answers "WWW-Authenticate: Negotiate" with the user's Kerberos ticket, without being asked to. Where
        // no realm is known it has none to show.
        preset("java.security.krb5.conf", "/dev/null");
        // The JDK remembers for ten seconds that a name is unknown: whoever asks again would not have asked again.
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    // One object for all exchanges: the JDK keeps connections by it.
    private final Optional<SSLSocketFactory> tls;
    private final Optional<ProxySelector> proxies;
    private final Optional<ProxyLogin> login;
    private final String userAgent;
    private final ExecutorService exchanges = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "http");
        thread.setDaemon(true);
        return thread;
    });

    /** @param tls whom to trust; empty for the system's certificate authorities */
    public Http(Optional<SSLContext> tls, String userAgent) {
        this(tls, userAgent, Optional.empty());
    }

    /** @param proxies which way to a host; empty: as the Java runtime is told */
    public Http(Optional<SSLContext> tls, String userAgent, Optional<ProxySelector> proxies) {
        this.tls = tls.map(SSLContext::getSocketFactory);
        this.userAgent = userAgent;
        this.proxies = proxies;
        this.login =
                proxies.filter(ProxyVariables.class::isInstance).map(given -> new ProxyLogin((ProxyVariables) given));
    }

    /** For what is on this machine or beside it and hands out credentials: never asked through a proxy. */
    public static Http near(String userAgent) {
        return new Http(Optional.empty(), userAgent, Optional.of(ProxySelector.of(null)));
    }

    private static void preset(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * What to send.
     *
     * @param body null for none
     * @param maxBytes longest body that is read from the answer
     */
    public record Call(String method, URI uri, Map<String, String> headers, byte @Nullable [] body, long maxBytes) {}

    /**
     * What came back.
     *
     * @param headers each name's values in their order; names in any case
     * @param complete false where the body is longer than was asked for; {@code body} is then its start
     */
    public record Answer(URI uri, int status, Map<String, List<String>> headers, byte[] body, boolean complete) {
        /** The first header of this name. */
        public Optional<String> header(String name) {
            return headers(name).stream().findFirst();
        }

        /** All of this name, in their order. */
        public List<String> headers(String name) {
            return headers.getOrDefault(name, List.of());
        }
    }

    /**
     * Sends and waits.
     *
     * @throws IOException where there was no whole answer in time
     * @throws Failure where another try would end alike: a proxy does not let us through, or a header cannot be sent
     */
    public Answer send(Call call, Duration patience) throws IOException, Failure {
        requireHeaders(call);
        HttpURLConnection connection = connection(call, patience);
        AtomicBoolean abandoned = new AtomicBoolean();
        Future<Answer> pending = exchanges.submit(() -> exchange(call, connection, abandoned));
        try {
            return pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abandon(connection, abandoned);
            throw late(e);
        } catch (InterruptedException e) {
            abandon(connection, abandoned);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw failed(e.getCause(), call.uri());
        }
    }

    // Closing may have to wait for a read that is under way, so nobody waits for the closing. What is not connected yet
    // is not closed by it, but sends nothing any more.
    private void abandon(HttpURLConnection connection, AtomicBoolean abandoned) {
        abandoned.set(true);
        exchanges.execute(connection::disconnect);
    }

    private static IOException failed(@Nullable Throwable cause, URI uri) throws Failure {
        if (cause instanceof SocketTimeoutException slow) {
            return late(slow);
        }
        if (cause instanceof IOException io) {
            if (String.valueOf(io.getMessage()).startsWith("Unable to tunnel through proxy")) {
                throw ProxyLogin.refused(uri, io);
            }
            return io;
        }
        if (cause instanceof Failure said) {
            throw said;
        }
        if (cause instanceof Error fault) {
            throw fault;
        }
        throw new IllegalStateException("the exchange failed", cause);
    }

    // A line break in a login is somebody's mistake. The JDK would say the whole of it.
    private static void requireHeaders(Call call) throws Failure {
        for (Map.Entry<String, String> header : call.headers().entrySet()) {
            if (header.getValue().chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                throw Failure.of(
                        Kind.FAILED,
                        "the header " + header.getKey()
                                + " cannot be sent: it has a line break or another control character",
                        "look at the variable or file that it comes from: a login or token is one line");
            }
        }
    }

    private static HttpTimeoutException late(Exception cause) {
        HttpTimeoutException timeout = new HttpTimeoutException("no answer in time");
        timeout.initCause(cause);
        return timeout;
    }

    private HttpURLConnection connection(Call call, Duration patience) throws IOException {
        URI uri = call.uri();
        if (uri.getHost() == null || !(open(uri) instanceof HttpURLConnection connection)) {
            throw new IOException("not an address of HTTP");
        }
        if (connection instanceof HttpsURLConnection secure) {
            tls.ifPresent(secure::setSSLSocketFactory);
        }
        login.ifPresent(connection::setAuthenticator);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout((int) Math.min(Math.max(1, patience.toMillis()), Integer.MAX_VALUE));
        connection.setRequestMethod(call.method());
        connection.setRequestProperty("User-Agent", userAgent);
        connection.setRequestProperty("Accept", "*/*");
        call.headers().forEach(connection::setRequestProperty);
        login.flatMap(known -> known.header(uri))
                .ifPresent(value -> connection.setRequestProperty("Proxy-Authorization", value));
        return connection;
    }

    private URLConnection open(URI uri) throws IOException {
        Optional<Proxy> proxy = proxies.map(given -> given.select(uri).get(0));
        return proxy.isPresent()
                ? uri.toURL().openConnection(proxy.get())
                : uri.toURL().openConnection();
    }

    private Answer exchange(Call call, HttpURLConnection connection, AtomicBoolean abandoned)
            throws IOException, Failure {
        try {
            login.ifPresent(ProxyLogin::startOfExchange);
            byte[] body = body(call, connection);
            connection.connect();
            if (abandoned.get()) {
                throw new IOException("given up");
            }
            if (connection.getDoOutput()) {
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            if (status < 0) {
                throw new IOException("what came is no answer of HTTP");
            }
            if (status == HttpURLConnection.HTTP_PROXY_AUTH && connection.usingProxy()) {
                throw ProxyLogin.refused(call.uri(), new IOException("407"));
            }
            return answer(call, connection, status);
        } catch (IOException | RuntimeException | Failure e) {
            connection.disconnect();
            throw e;
        }
    }

    // RFC 9110 section 8.6: a POST or PUT without content says so by Content-Length: 0, and there are servers
    // that insist.
    private static byte[] body(Call call, HttpURLConnection connection) {
        byte[] body = call.body();
        boolean sends =
                body != null || call.method().equals("POST") || call.method().equals("PUT");
        connection.setDoOutput(sends);
        if (sends && call.headers().keySet().stream().noneMatch("Content-Type"::equalsIgnoreCase)) {
            // The JDK would call it a form.
            connection.setRequestProperty("Content-Type", "application/octet-stream");
        }
        return body == null ? new byte[0] : body;
    }

    private static Answer answer(Call call, HttpURLConnection connection, int status) throws IOException {
        Map<String, List<String>> headers = headers(connection);
        InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        if (in == null) {
            return new Answer(call.uri(), status, headers, new byte[0], true);
        }
        long promised = promised(call, connection);
        int limit = (int) Math.min(call.maxBytes(), promised < 0 ? Integer.MAX_VALUE - 16 : promised);
        byte[] read = in.readNBytes(limit);
        // RFC 9112 section 8: an answer that ends before its Content-Length is incomplete. The JDK takes it for whole,
        // and some that go on behind it too.
        if (promised >= 0 && read.length < limit) {
            throw new EOFException("the answer ended early");
        }
        // Behind a length nothing is waited for: the connection may stay open.
        boolean more = promised < 0 ? in.read() >= 0 : promised > limit;
        if (more) {
            connection.disconnect();
        } else {
            in.close();
        }
        return new Answer(call.uri(), status, headers, read, !more);
    }

    /** The body's length in bytes; negative where only its end says. */
    private static long promised(Call call, HttpURLConnection connection) {
        if (call.method().equals("HEAD")) {
            return 0;
        }
        return connection.getHeaderField("Transfer-Encoding") == null ? connection.getContentLengthLong() : -1;
    }

    private static Map<String, List<String>> headers(HttpURLConnection connection) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        // The first is the status line, which has no name.
        for (int i = 1; connection.getHeaderFieldKey(i) != null; i++) {
            headers.computeIfAbsent(connection.getHeaderFieldKey(i), name -> new ArrayList<>())
                    .add(connection.getHeaderField(i));
        }
        return headers;
    }
}
