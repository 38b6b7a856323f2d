package dev.pratique.signer.http;

import dev.pratique.config.ProxyVariables;
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
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
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
        // no realm is
        // known it has none to show.
        preset("java.security.krb5.conf", "/dev/null");
    }

    private final Optional<SSLContext> tls;
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
        this.tls = tls;
        this.userAgent = userAgent;
        this.proxies = proxies;
        this.login =
                proxies.filter(ProxyVariables.class::isInstance).map(given -> new ProxyLogin((ProxyVariables) given));
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
     */
    public Answer send(Call call, Duration patience) throws IOException {
        HttpURLConnection connection = connection(call, patience);
        Future<Answer> pending = exchanges.submit(() -> exchange(call, connection));
        try {
            return pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abandon(pending, connection);
            throw late(e);
        } catch (InterruptedException e) {
            abandon(pending, connection);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SocketTimeoutException slow) {
                throw late(slow);
            }
            throw e.getCause() instanceof IOException io ? io : new IOException("the exchange failed", e);
        }
    }

    // Closing may have to wait for a read that is under way, so nobody waits for the closing.
    private void abandon(Future<Answer> pending, HttpURLConnection connection) {
        pending.cancel(true);
        exchanges.execute(connection::disconnect);
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
            tls.map(SSLContext::getSocketFactory).ifPresent(secure::setSSLSocketFactory);
        }
        login.ifPresent(connection::setAuthenticator);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
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

    private Answer exchange(Call call, HttpURLConnection connection) throws IOException {
        login.ifPresent(ProxyLogin::startOfExchange);
        byte[] body = call.body();
        if (body != null) {
            connection.setDoOutput(true);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
        }
        int status = connection.getResponseCode();
        if (status < 0) {
            connection.disconnect();
            throw new IOException("what came is no answer of HTTP");
        }
        return answer(call, connection, status);
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
        // and some
        // that go on behind it too.
        if (promised >= 0 && read.length < limit) {
            throw new EOFException("the answer ended early");
        }
        boolean more = in.read() >= 0;
        if (more) {
            connection.disconnect();
        } else {
            in.close();
        }
        return new Answer(call.uri(), status, headers, read, promised < 0 ? !more : promised == limit);
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
