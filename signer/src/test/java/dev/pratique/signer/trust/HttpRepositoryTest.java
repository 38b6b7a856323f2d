package dev.pratique.signer.trust;

import dev.pratique.attestations.testing.TufFetcherContract;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.signer.http.Http;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpRepositoryTest extends TufFetcherContract {
    private static final Instant NOW = Instant.parse("2026-08-21T20:00:00Z");

    @Override
    protected TufFetcher fetcher(URI base) {
        return fetcher(base, InstantSource.fixed(NOW));
    }

    private static TufFetcher fetcher(URI base, InstantSource clock) {
        return new HttpRepository(new Http(Optional.empty(), "test"), base, clock);
    }

    @Test
    void says_where_it_takes_too_long() {
        Instant[] now = {NOW};
        TufFetcher slow = fetcher(base(""), () -> now[0]);
        now[0] = NOW.plus(Duration.ofMinutes(4));
        fails(Reason.UNREACHABLE, slow);
    }
}
