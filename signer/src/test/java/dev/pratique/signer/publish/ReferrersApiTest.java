package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of referrers in pages, on a registry that says nothing of them when a manifest is pushed. */
class ReferrersApiTest extends TroubledRegistry {
    private static final String STORED = "the evidence is stored as sha256:[0-9a-f]{64}, ";
    private static final String NEXT = "?next=2";

    @Test
    void what_the_second_page_lists_is_found_once_it_can_be_read() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        pages(NEXT, exchange -> {
            if (asked.getAndIncrement() == 0) {
                TestRegistry.answer(exchange, 503, null, new byte[0]);
                return true;
            }
            return list(exchange, "{\"digest\":\"" + pushed() + "\"}", "");
        });
        sign();
        assertThat(asked).hasValue(2);
        assertThat(count("PUT /v2/team/app/manifests/")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_second_page_that_asks_for_a_long_pause_says_nothing_of_what_is_listed(int status) {
        pages(NEXT, exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            TestRegistry.answer(exchange, status, null, new byte[0]);
            return true;
        });
        fails(
                Kind.UNREACHABLE,
                STORED + "and whether it is found is not known: registry .* answered " + status
                        + " and asks for a pause of 60 minutes, longer than is waited here");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_page_that_stays_broken_says_nothing_of_what_is_listed(boolean first) {
        TestRegistry.Trouble broken = exchange -> {
            TestRegistry.answer(exchange, 502, null, new byte[0]);
            return true;
        };
        registry.trouble(exchange -> puts(exchange) && registry.keeps(exchange, 201)
                || looks(exchange)
                        && (first || exchange.getRequestURI().getQuery() != null
                                ? broken.makes(exchange)
                                : list(exchange, "", NEXT)));
        fails(
                Kind.UNREACHABLE,
                STORED + "and whether it is found is not known: registry .* answered 502 to GET referrers,"
                        + " again and again");
        assertThat(registry.manifest("team/app/sha256-" + subject.digest().hex()))
                .isPresent();
    }

    @Test
    void a_connection_that_breaks_on_the_list_does_not_hide_that_the_evidence_is_stored() {
        registry.trouble(exchange -> {
            if (looks(exchange)) {
                exchange.close();
                return true;
            }
            return puts(exchange) && registry.keeps(exchange, 201);
        });
        fails(
                Kind.UNREACHABLE,
                STORED + "and whether it is found is not known: registry .* cannot be reached: the connection broke");
    }

    @Test
    void a_connection_that_breaks_on_reading_back_does_not_hide_that_the_evidence_was_accepted() {
        registry.trouble(exchange -> {
            boolean read = exchange.getRequestMethod().equals("GET")
                    && exchange.getRequestURI().getPath().contains("/manifests/sha256:");
            if (read) {
                exchange.close();
            }
            return read;
        });
        fails(
                Kind.UNREACHABLE,
                "the evidence was accepted as sha256:[0-9a-f]{64}, and whether it is kept is not known:"
                        + " registry .* cannot be reached: the connection broke");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://registry.example/v2/team/app/referrers/x?next=2", "https://HOST/v2/x?next=2"})
    void a_list_that_goes_on_elsewhere_is_not_one_that_is_behind(String link) {
        pages(link.replace("HOST", registry.host()), exchange -> false);
        fails(
                Kind.FAILED,
                STORED + "but the list of registry .* cannot be read to its end: the list goes on elsewhere than on the"
                        + " registry that it is from");
        assertThat(count("GET /v2/team/app/referrers/")).isEqualTo(2);
    }

    @Test
    void a_second_page_that_is_no_list_is_said() {
        pages(NEXT, exchange -> {
            TestRegistry.answer(exchange, 404, null, new byte[0]);
            return true;
        });
        fails(
                Kind.FAILED,
                STORED + "but the list of registry .* cannot be read to its end: the address of its next page answered"
                        + " 404, with no list");
    }

    /** Verifiers take no half of a page. */
    @Test
    void a_page_that_is_too_large_lists_nothing() {
        registry.trouble(exchange -> puts(exchange) && registry.keeps(exchange, 201)
                || looks(exchange)
                        && list(
                                exchange,
                                "{\"digest\":\"" + pushed() + "\"}" + " ".repeat(EvidenceLimits.MAX_PAGE_BYTES),
                                ""));
        fails(
                Kind.FAILED,
                STORED + "but the list of registry .* cannot be read to its end: a page of it is larger than 4194304"
                        + " bytes");
    }

    private void fails(Kind kind, String what) {
        assertThatThrownBy(this::sign).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).matches(what);
            assertThat(failure.kind()).isEqualTo(kind);
        });
    }

    /** A first page that lists nothing and leads to a second one. */
    private void pages(String next, TestRegistry.Trouble second) {
        registry.trouble(exchange -> puts(exchange) && registry.keeps(exchange, 201)
                || looks(exchange)
                        && (exchange.getRequestURI().getQuery() == null
                                ? list(exchange, "", next)
                                : second.makes(exchange)));
    }

    private String pushed() {
        String put = "PUT /v2/team/app/manifests/sha256:";
        return registry.log().stream()
                .filter(line -> line.startsWith(put))
                .reduce((before, last) -> last)
                .orElseThrow()
                .substring(put.length() - "sha256:".length());
    }

    private static boolean puts(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("PUT")
                && exchange.getRequestURI().getPath().contains("/manifests/");
    }

    private static boolean looks(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().contains("/referrers/");
    }

    private static boolean list(HttpExchange exchange, String entries, String next) throws IOException {
        if (!next.isEmpty()) {
            exchange.getResponseHeaders().set("Link", "<" + next + ">; rel=\"next\"");
        }
        TestRegistry.answer(
                exchange,
                200,
                MediaType.OCI_INDEX,
                ("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_INDEX + "\",\"manifests\":[" + entries + "]}")
                        .getBytes(StandardCharsets.UTF_8));
        return true;
    }
}
