package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that is busy, broken or has enough of a token. */
class RegistryPauseTest extends TroubledRegistry {
    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_pause_longer_than_we_wait_is_said_and_not_waited_for(int status) {
        troubleAlways(status, "3600");
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.what())
                    .isEqualTo("registry " + registry.host() + " answered " + status
                            + " and asks for a pause of 60 minutes, longer than is waited here");
        });
        assertThat(count("HEAD ")).isEqualTo(1);
    }

    @Test
    void a_pause_until_a_date_is_understood() {
        String hour = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                CLOCK.instant().plus(Duration.ofMinutes(90)).atOffset(ZoneOffset.UTC));
        troubleAlways(429, hour);
        assertThatThrownBy(this::sign).hasMessageMatching(".*asks for a pause of (89|90) minutes.*");
    }

    @Test
    void a_short_pause_is_kept() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        List<Long> times = new CopyOnWriteArrayList<>();
        registry.trouble(exchange -> {
            if (!isUpload(exchange, "POST")) {
                return false;
            }
            times.add(System.nanoTime());
            if (asked.getAndIncrement() == 0) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                TestRegistry.answer(exchange, 429, null, new byte[0]);
                return true;
            }
            return false;
        });
        sign();
        // Not how fast, but not before: that is what was asked for.
        assertThat(times.get(1) - times.get(0))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void a_registry_that_stays_broken_is_unreachable() {
        troubleAlways(502, null);
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure.what()).endsWith(" answered 502 to the upload of a blob, again and again");
        });
    }

    @Test
    void a_token_that_expires_half_way_is_refreshed_once() throws Exception {
        AtomicInteger issued = new AtomicInteger();
        AtomicInteger uses = new AtomicInteger();
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/v2/")) {
                return false;
            }
            if (path.equals("/token")) {
                byte[] token = ("{\"token\":\"t" + issued.incrementAndGet() + "\"}").getBytes(StandardCharsets.UTF_8);
                TestRegistry.answer(exchange, 200, null, token);
                return true;
            }
            String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            // The first token is good for three requests, so that it ends in the middle of an upload.
            boolean good = shown.equals("Bearer t" + issued) && (issued.get() > 1 || uses.incrementAndGet() <= 3);
            if (good) {
                return false;
            }
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders()
                    .set("WWW-Authenticate", "Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"");
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
        sign();
        assertThat(issued).hasValue(2);
    }

    private void troubleAlways(int status, String retryAfter) {
        registry.trouble(exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/v2/") || retryAfter == null && !isUpload(exchange, "POST")) {
                return false;
            }
            if (retryAfter != null) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
            }
            TestRegistry.answer(exchange, status, null, new byte[0]);
            return true;
        });
    }
}
