package dev.pratique.signer.trust;

import dev.pratique.attestations.trust.tuf.HttpTufRepository;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** Asks a TUF repository, for one update. */
public final class HttpRepository extends HttpTufRepository {
    /** A repository that answers so slowly is not there. */
    private static final Duration ONE_FILE = Duration.ofSeconds(30);
    /** A chain of roots, and the handful of files behind it. */
    private static final Duration ALL_FILES = Duration.ofMinutes(3);

    private final Http http;
    private final InstantSource clock;
    private final Instant end;

    public HttpRepository(Http http, URI base, InstantSource clock) {
        super(base);
        this.http = http;
        this.clock = clock;
        this.end = clock.instant().plus(ALL_FILES);
    }

    @Override
    protected Answer ask(URI uri, int maxBytes) throws TufException {
        Duration left = Duration.between(clock.instant(), end);
        if (left.isNegative()) {
            throw new TufException(Reason.UNREACHABLE, uri.getHost() + " takes longer than an update may");
        }
        try {
            Http.Answer answer = http.send(
                    new Http.Call("GET", uri, Map.of("Accept", "*/*"), null, maxBytes),
                    left.compareTo(ONE_FILE) < 0 ? left : ONE_FILE);
            return new Answer(answer.status(), answer.body(), answer.complete());
        } catch (Failure e) {
            throw new TufException(Reason.UNREACHABLE, uri + " cannot be reached: " + e.what(), e);
        } catch (IOException e) {
            throw new TufException(Reason.UNREACHABLE, uri + " cannot be reached", e);
        }
    }
}
