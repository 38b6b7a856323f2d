package dev.pratique.proxy.trust;

import dev.pratique.attestations.testing.TufFetcherContract;
import dev.pratique.attestations.trust.tuf.TufException.Reason;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HttpRepositoryTest extends TufFetcherContract {
    @Override
    protected TufFetcher fetcher(URI base) {
        return fetcher(base, Duration.ofSeconds(30));
    }

    private static TufFetcher fetcher(URI base, Duration patience) {
        return new HttpRepository(base, ProxySelector.of(null), "test", patience);
    }

    @Test
    void gives_up_on_bytes_that_never_end() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        server().createContext("/slow/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        fails(Reason.UNREACHABLE, fetcher(base("/slow"), Duration.ofMillis(300)));
        over.countDown();
    }
}
