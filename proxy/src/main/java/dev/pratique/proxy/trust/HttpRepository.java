package dev.pratique.proxy.trust;

import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A TUF repository behind a URL: its metadata there, its targets below {@code targets/}. Blocking; not through the proxy's own
 * transport, whose loops wait for nobody.
 */
final class HttpRepository implements TufFetcher {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** From the request to the last byte. */
    private static final Duration ONE_FILE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final URI base;
    private final String userAgent;
    private final Duration patience;

    HttpRepository(URI base, ProxySelector proxies, String userAgent) {
        this(base, proxies, userAgent, ONE_FILE);
    }

    HttpRepository(URI base, ProxySelector proxies, String userAgent, Duration patience) {
        String text = base.toString();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(proxies)
                .build();
        this.base = URI.create(text.endsWith("/") ? text : text + "/");
        this.userAgent = userAgent;
        this.patience = patience;
    }

    @Override
    public Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
        return get(base.resolve("./" + name), maxBytes);
    }

    @Override
    public Optional<byte[]> target(String path, int maxBytes) throws TufException {
        return get(base.resolve("targets/" + path), maxBytes);
    }

    private record Answer(int status, byte[] body) {}

    private Optional<byte[]> get(URI uri, int maxBytes) throws TufException {
        Answer answer = exchange(uri, maxBytes);
        return switch (answer.status) {
            case 200 -> {
                if (answer.body.length > maxBytes) {
                    throw new TufException(Reason.TOO_LARGE, uri + " is larger than " + maxBytes + " bytes");
                }
                yield Optional.of(answer.body);
            }
            // Object stores say 403 of what is not there to those who may not list.
            case 403, 404, 410 -> Optional.empty();
            case 301, 302, 303, 307, 308 ->
                throw new TufException(Reason.UNREACHABLE, uri + " leads elsewhere, which is not followed");
            default -> throw new TufException(Reason.UNREACHABLE, uri + " answers " + answer.status);
        };
    }

    private Answer exchange(URI uri, int maxBytes) throws TufException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).header("User-Agent", userAgent).build();
        // One byte more than may come says that more would; the rest is never read.
        CompletableFuture<Answer> pending =
                client.sendAsync(request, BodyHandlers.ofInputStream()).thenApplyAsync(got -> read(got, maxBytes));
        try {
            return pending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            pending.cancel(true);
            throw new TufException(Reason.UNREACHABLE, uri + " does not answer in time", e);
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            throw new TufException(Reason.UNREACHABLE, "interrupted", e);
        } catch (ExecutionException e) {
            throw new TufException(Reason.UNREACHABLE, uri + " cannot be reached", e);
        }
    }

    private static Answer read(HttpResponse<InputStream> got, int maxBytes) {
        try (InputStream body = got.body()) {
            return new Answer(got.statusCode(), got.statusCode() == 200 ? body.readNBytes(maxBytes + 1) : new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
