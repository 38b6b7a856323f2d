package dev.pratique.proxy.trust;

import dev.pratique.attestations.trust.tuf.HttpTufRepository;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks a TUF repository. Blocking; not through the proxy's own transport, whose loops wait for nobody. */
final class HttpRepository extends HttpTufRepository {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** From the request to the answer's head, and from there to the last byte. */
    private static final Duration ONE_FILE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final String userAgent;
    private final Duration patience;

    HttpRepository(URI base, ProxySelector proxies, String userAgent) {
        this(base, proxies, userAgent, ONE_FILE);
    }

    HttpRepository(URI base, ProxySelector proxies, String userAgent, Duration patience) {
        super(base);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(proxies)
                .build();
        this.userAgent = userAgent;
        this.patience = patience;
    }

    @Override
    protected Answer ask(URI uri, int maxBytes) throws TufException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(patience)
                .header("User-Agent", userAgent)
                .build();
        AtomicBoolean late = new AtomicBoolean();
        try {
            return read(client.send(request, BodyHandlers.ofInputStream()), maxBytes, late);
        } catch (HttpTimeoutException e) {
            throw new TufException(Reason.UNREACHABLE, uri + " does not answer in time", e);
        } catch (IOException e) {
            String saw = late.get() ? " does not answer in time" : " cannot be reached";
            throw new TufException(Reason.UNREACHABLE, uri + saw, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TufException(Reason.UNREACHABLE, "interrupted", e);
        }
    }

    private Answer read(HttpResponse<InputStream> got, int maxBytes, AtomicBoolean late) throws IOException {
        try (InputStream body = got.body()) {
            if (got.statusCode() != 200) {
                return new Answer(got.statusCode(), new byte[0], true);
            }
            // A read cannot be given a time, so it is ended from outside; nothing is left behind that waits.
            Executor then = CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS);
            CompletableFuture<Void> cut = CompletableFuture.runAsync(
                    () -> {
                        late.set(true);
                        close(body);
                    },
                    then);
            try {
                // One byte more than may come says that more would; the rest is never read.
                byte[] bytes = body.readNBytes(maxBytes + 1);
                boolean whole = bytes.length <= maxBytes;
                return new Answer(200, whole ? bytes : Arrays.copyOf(bytes, maxBytes), whole);
            } finally {
                cut.cancel(false);
            }
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
