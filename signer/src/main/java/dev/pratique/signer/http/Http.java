package dev.pratique.signer.http;

import dev.pratique.config.ProxyVariables;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One HTTP exchange with a limit on the body and a deadline on the whole of it. Follows no redirects by itself. */
public final class Http {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    static {
        // The JDK shows no password to a proxy that it tunnels through, unless it is told to. Whoever wrote one into
        // HTTPS_PROXY wants it shown, as every other program does.
        if (System.getProperty(TUNNEL_SCHEMES) == null) {
            System.setProperty(TUNNEL_SCHEMES, "");
        }
    }

    private final HttpClient client;
    private final Optional<ProxySelector> proxies;
    private final String userAgent;

    /** @param tls whom to trust; empty for the system's certificate authorities */
    public Http(Optional<SSLContext> tls, String userAgent) {
        this(tls, userAgent, Optional.empty());
    }

    /** @param proxies which way to a host; empty: as the Java runtime is told */
    public Http(Optional<SSLContext> tls, String userAgent, Optional<ProxySelector> proxies) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        tls.ifPresent(builder::sslContext);
        proxies.ifPresent(builder::proxy);
        this.client = builder.build();
        this.proxies = proxies;
        this.userAgent = userAgent;
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
     * @param complete false where the body is longer than was asked for; {@code body} is then its start
     */
    public record Answer(URI uri, int status, HttpHeaders headers, byte[] body, boolean complete) {
        /** The first header of this name. */
        public Optional<String> header(String name) {
            return headers.firstValue(name);
        }
    }

    /**
     * Sends and waits.
     *
     * @throws IOException where there was no whole answer in time
     */
    public Answer send(Call call, Duration patience) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.uri()).header("User-Agent", userAgent);
        call.headers().forEach(request::header);
        if (proxies.isPresent() && proxies.get() instanceof ProxyVariables variables) {
            variables.authorisation(call.uri()).ifPresent(login -> request.header("Proxy-Authorization", login));
        }
        byte[] body = call.body();
        request.method(call.method(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        CompletableFuture<HttpResponse<LimitedBody.Read>> pending =
                client.sendAsync(request.build(), LimitedBody.handler(call.maxBytes()));
        try {
            HttpResponse<LimitedBody.Read> response = pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            LimitedBody.Read read = response.body();
            return new Answer(call.uri(), response.statusCode(), response.headers(), read.bytes(), read.complete());
        } catch (TimeoutException e) {
            pending.cancel(true);
            HttpTimeoutException timeout = new HttpTimeoutException("no answer in time");
            timeout.initCause(e);
            throw timeout;
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException("the exchange failed", e);
        }
    }
}
