package dev.pratique.signer.trust;

import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.signer.publish.Http;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** A TUF repository behind a URL: its metadata there, its targets below {@code targets/}. For one update. */
public final class HttpRepository implements TufFetcher {
    /** A repository that answers so slowly is not there. */
    private static final Duration ONE_FILE = Duration.ofSeconds(30);
    /** A chain of roots, and the handful of files behind it. */
    private static final Duration ALL_FILES = Duration.ofMinutes(3);

    private final Http http;
    private final URI base;
    private final InstantSource clock;
    private final Instant end;

    public HttpRepository(Http http, URI base, InstantSource clock) {
        String text = base.toString();
        this.http = http;
        this.base = URI.create(text.endsWith("/") ? text : text + "/");
        this.clock = clock;
        this.end = clock.instant().plus(ALL_FILES);
    }

    @Override
    public Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
        return get(base.resolve("./" + name), maxBytes);
    }

    @Override
    public Optional<byte[]> target(String path, int maxBytes) throws TufException {
        return get(base.resolve("targets/" + path), maxBytes);
    }

    private Optional<byte[]> get(URI uri, int maxBytes) throws TufException {
        Duration left = Duration.between(clock.instant(), end);
        if (left.isNegative()) {
            throw new TufException(Reason.UNREACHABLE, base.getHost() + " takes longer than an update may");
        }
        Http.Answer answer;
        try {
            answer = http.send(
                    new Http.Call("GET", uri, Map.of("Accept", "*/*"), null, maxBytes),
                    left.compareTo(ONE_FILE) < 0 ? left : ONE_FILE);
        } catch (IOException e) {
            throw new TufException(Reason.UNREACHABLE, uri + " cannot be reached", e);
        }
        return switch (answer.status()) {
            case 200 -> Optional.of(whole(answer, maxBytes));
            // Object stores say 403 of what is not there to those who may not list.
            case 403, 404, 410 -> Optional.empty();
            case 301, 302, 303, 307, 308 ->
                throw new TufException(Reason.UNREACHABLE, uri + " leads elsewhere, which is not followed");
            default -> throw new TufException(Reason.UNREACHABLE, uri + " answers " + answer.status());
        };
    }

    private static byte[] whole(Http.Answer answer, int maxBytes) throws TufException {
        if (!answer.complete()) {
            throw new TufException(Reason.TOO_LARGE, answer.uri() + " is larger than " + maxBytes + " bytes");
        }
        return answer.body();
    }
}
