package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.admission.Answers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryServerTest {
    private static final String OK = "/v2/up.example/acme/app/manifests/ok";
    private static final HttpLimits HASTY = new HttpLimits(
            8192, 32768, 16384, Duration.ofMillis(300), Duration.ofMillis(900), Duration.ofSeconds(1), 3);

    private FrontBench bench;

    @BeforeEach
    void open() throws IOException {
        bench = new FrontBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private int status(String raw) throws IOException {
        try (Wire wire = bench.client()) {
            return wire.send(raw).read().status();
        }
    }

    @Test
    void says_that_it_is_a_registry() throws IOException {
        try (Wire wire = bench.client()) {
            Wire.Answer answer = wire.get("/v2/").read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{}");
            assertThat(answer.header("docker-distribution-api-version")).isEqualTo("registry/2.0");
        }
    }

    @Test
    void serves_what_the_gate_admits_and_forgets_who_the_client_says_it_is() throws IOException {
        try (Wire wire = bench.client()) {
            wire.get(OK, "Authorization: Bearer secret", "Cookie: a=b", "Expect: 100-continue");
            assertThat(wire.read().body()).isEqualTo("content");
        }
        assertThat(bench.asked).hasSize(1);
        assertThat(bench.asked.get(0)).isEqualTo(Answers.request("127.0.0.1", "ok"));
    }

    @Test
    void answers_later_on_the_connections_own_event_loop() throws IOException {
        try (Wire wire = bench.client()) {
            assertThat(wire.get("/v2/up.example/acme/app/manifests/later")
                            .read()
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE", "OPTIONS", "BREW"})
    void REG_26_writes_nothing(String method) throws IOException {
        try (Wire wire = bench.client()) {
            wire.request(method, "/v2/up.example/acme/app/blobs/uploads/?mount=D&from=private", "Content-Length: 0");
            Wire.Answer answer = wire.read();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.body()).contains("\"UNSUPPORTED\"");
            assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
        }
        try (Wire wire = bench.client()) {
            wire.request(method, OK, "Content-Length: 5", "X-HTTP-Method-Override: GET")
                    .send("hello");
            assertThat(wire.read().status()).isEqualTo(405);
            assertThat(wire.ended()).isTrue();
        }
        assertThat(bench.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 4\r\n\r\nGET ",
                "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
                "Content-Length: +5\r\n\r\nhello",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 5\r\n\r\nhello",
            })
    void HTTP_01_a_request_of_two_lengths_or_with_a_body_is_the_last(String rest) throws IOException {
        try (Wire wire = bench.client()) {
            wire.send("GET " + OK + " HTTP/1.1\r\nHost: a\r\n" + rest + "GET " + OK + " HTTP/1.1\r\nHost: a\r\n\r\n");
            Wire.Answer answer = wire.read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(wire.ended()).isTrue();
        }
        assertThat(bench.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://169.254.169.254/v2/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: evil?x\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\n\r\n",
                "GET /v2/ HTTP/2.0\r\nHost: a\r\n\r\n",
            })
    void HTTP_04_is_no_open_proxy(String raw) throws IOException {
        assertThat(status(raw)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2/ HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: a\r\nX: a\r\n\tfolded\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: a\r\nX : a\r\n\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
            })
    void HTTP_05_headers_have_one_reading(String raw) throws IOException {
        assertThat(status(raw)).isEqualTo(400);
    }

    @Test
    void HTTP_05_headers_and_request_line_are_bounded() throws IOException {
        assertThat(status("GET /v2/" + "a".repeat(9000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo(414);
        assertThat(status("GET /v2/ HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(10_000) + "\r\n"))
                .isEqualTo(431);
        assertThat(status("GET /v2/ HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(1 << 20) + "\r\n\r\n"))
                .isEqualTo(431);
    }

    @Test
    void HTTP_06_slow_and_silent_clients_are_sent_away() throws Exception {
        bench.close();
        bench = new FrontBench(HASTY);
        try (Wire slow = bench.client();
                Wire silent = bench.client()) {
            slow.send("GET /v2/ HTT");
            assertThat(slow.ended()).isTrue();
            assertThat(silent.ended()).isTrue();
        }
        try (Wire wire = bench.client()) {
            assertThat(wire.get("/v2/").read().status()).isEqualTo(200);
        }
    }

    @Test
    void HTTP_06_a_client_whose_answer_takes_long_is_not_slow() throws Exception {
        bench.close();
        bench = new FrontBench(HASTY);
        try (Wire wire = bench.client()) {
            wire.get("/v2/up.example/acme/app/manifests/held");
            Thread.sleep(1500);
            bench.held.forEach(Runnable::run);
            assertThat(wire.read().status()).isEqualTo(200);
        }
    }

    @Test
    void more_connections_than_the_limit_are_told_so_with_the_status_at_which_a_resolver_stops() throws Exception {
        bench.close();
        bench = new FrontBench(new HttpLimits(
                8192, 32768, 16384, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(30), 3));
        List<Wire> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(bench.client());
            assertThat(open.get(i).get("/v2/").read().status()).isEqualTo(200);
        }
        String manifest = "/v2/up.example/acme/app/manifests/ok";
        try (Wire more = bench.client()) {
            assertThat(more.get(manifest).read().status()).isEqualTo(503);
            assertThat(more.ended()).isTrue();
        }
        try (Wire more = bench.client()) {
            more.send("GET " + manifest + " HTTP/1.1\r\nHost: x\r\nUser-Agent: containerd/1.7.28\r\n\r\n");
            assertThat(more.read().status()).isEqualTo(300);
        }
        assertThat(bench.asked).isEmpty();
        for (Wire wire : open) {
            wire.close();
        }
        await().untilAsserted(() -> assertThat(bench.server.connections()).isZero());
    }

    @Test
    void HTTP_08_pipelined_requests_are_answered_in_order_each_with_its_own_verdict() throws Exception {
        String[] tags = {"ok", "unsigned", "later", "missing", "undecided-POOL_FULL"};
        int[] statuses = {200, 403, 200, 404, 503};
        try (Wire wire = bench.client()) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        wire.get("/v2/up.example/acme/app/manifests/" + tags[i % tags.length]);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 1000; i++) {
                assertThat(wire.read().status()).as("answer %d", i).isEqualTo(statuses[i % tags.length]);
            }
            sending.get();
            wire.get(OK, "Content-Length: 3").send("abcGET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(wire.read().status()).isEqualTo(400);
            assertThat(wire.ended()).isTrue();
        }
        assertThat(bench.decided).hasSize(1000);
    }

    @Test
    void a_thousand_requests_in_one_packet_do_not_exhaust_the_stack() throws IOException {
        try (Wire wire = bench.client()) {
            wire.send(("GET " + OK + " HTTP/1.1\r\nHost: a\r\n\r\n").repeat(1000));
            for (int i = 0; i < 1000; i++) {
                assertThat(wire.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void speaks_HTTP_1_0() throws IOException {
        try (Wire wire = bench.client()) {
            assertThat(wire.send("GET " + OK + " HTTP/1.0\r\n\r\n").read().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void answers_304_only_after_the_gate_and_never_to_a_resolver() throws IOException {
        String held = "If-None-Match: W/\"x\", \"" + Answers.DIGEST + "\"";
        try (Wire wire = bench.client()) {
            assertThat(wire.get(OK, held).read().status()).isEqualTo(304);
            assertThat(wire.get(OK, held, "User-Agent: containerd/1.7.28")
                            .read()
                            .status())
                    .isEqualTo(200);
            assertThat(wire.get("/v2/up.example/acme/app/manifests/unsigned", held)
                            .read()
                            .status())
                    .isEqualTo(403);
            assertThat(wire.get("/v2/up.example/acme/app/manifests/stale", held)
                            .read()
                            .status())
                    .isEqualTo(404);
            assertThat(wire.get(OK, "If-None-Match: \"other\"").read().status()).isEqualTo(200);
            Wire.Answer answer = wire.get(OK, held).read();
            assertThat(answer.header("etag")).isEqualTo('"' + Answers.DIGEST.toString() + '"');
            assertThat(answer.header("cache-control")).isEqualTo("private, no-cache");
        }
    }

    // TAG stands for the content's entity tag, a tilde for the end of a line.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "If-None-Match: TAG | 304",
                "If-None-Match: W/TAG | 304",
                "If-None-Match: * | 304",
                "If-None-Match: \"a,b\" ,, W/\"c\", TAG | 304",
                "If-None-Match: \"a\"~If-None-Match: TAG | 304",
                "If-None-Match: sha256:0 | 200",
                "If-None-Match: \"TAG\" | 200",
                "If-None-Match: TAG, unquoted | 200",
                "If-None-Match: TAGTAG | 200",
                "If-None-Match: w/TAG | 200",
                "If-None-Match: *, TAG | 200",
                "If-None-Match: \" | 200",
                "If-None-Match: | 200",
                "If-Match: TAG | 200",
                "If-Match: * | 200",
                "If-Match: \"a\", TAG | 200",
                "If-Match: W/TAG | 412",
                "If-Match: \"a\" | 412",
                "If-Match: unquoted | 412",
                "If-Match: \"a\"~If-None-Match: TAG | 412",
                "If-Match: TAG~If-None-Match: TAG | 304",
                "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT | 200",
                "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT | 200",
            })
    void conditions_are_those_of_the_entity_tag_in_the_order_of_RFC_9110(String headers, int status)
            throws IOException {
        String[] lines =
                headers.replace("TAG", '"' + Answers.DIGEST.toString() + '"').split("~", -1);
        try (Wire wire = bench.client()) {
            assertThat(wire.request("GET", OK, lines).read().status()).isEqualTo(status);
            assertThat(wire.request("HEAD", OK, lines).read(true).status()).isEqualTo(status);
            wire.get("/v2/up.example/acme/app/manifests/unsigned", lines);
            assertThat(wire.read().status()).isEqualTo(403);
        }
    }

    @Test
    void whoever_resolves_through_a_fallback_is_told_412_as_everything_that_is_no_admission() throws IOException {
        try (Wire wire = bench.client()) {
            wire.get(OK, "If-Match: \"a\"", "User-Agent: containerd/1.7.28");
            assertThat(wire.read().status()).isEqualTo(300);
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "Range: bytes=0-1 | bytes=0-1",
                "Range: bytes=0-1~If-Range: TAG | bytes=0-1",
                "Range: bytes=0-1~If-Range: W/TAG | none",
                "Range: bytes=0-1~If-Range: \"other\" | none",
                "Range: bytes=0-1~If-Range: * | none",
                "Range: bytes=0-1~If-Range: Fri, 01 Jan 2100 00:00:00 GMT | none",
                "Range: bytes=0-1~If-Range: TAG~If-Range: TAG | none",
                "Range: bytes=0-1~Range: bytes=2-3 | none",
                "If-Range: TAG | none",
            })
    void REG_23_a_range_counts_for_the_very_content_that_the_client_has_a_part_of(String headers, String range)
            throws IOException {
        String tag = '"' + Answers.DIGEST.toString() + '"';
        try (Wire wire = bench.client()) {
            wire.get(OK, headers.replace("TAG", tag).split("~", -1)).read();
        }
        assertThat(bench.relayed).hasSize(1);
        assertThat(bench.relayed.get(0).range()).isEqualTo(range.equals("none") ? null : range);
    }

    @Test
    void drains_by_finishing_what_it_has_begun() throws Exception {
        try (Wire idle = bench.client();
                Wire busy = bench.client()) {
            idle.get("/v2/").read();
            busy.get("/v2/up.example/acme/app/manifests/held");
            await().until(() -> bench.held.size() == 1);
            CompletableFuture<Boolean> drained =
                    CompletableFuture.supplyAsync(() -> bench.server.drain(Duration.ofSeconds(10)));
            assertThat(idle.ended()).isTrue();
            assertThat(drained).isNotDone();
            assertThat(connectable()).isFalse();
            bench.held.forEach(Runnable::run);
            Wire.Answer last = busy.read();
            assertThat(last.status()).isEqualTo(200);
            assertThat(busy.ended()).isTrue();
            assertThat(drained.get()).isTrue();
        }
    }

    @Test
    void drains_no_longer_than_it_may() throws Exception {
        try (Wire busy = bench.client()) {
            busy.get("/v2/up.example/acme/app/manifests/held");
            await().until(() -> bench.held.size() == 1);
            assertThat(bench.server.drain(Duration.ofMillis(200))).isFalse();
            assertThat(busy.ended()).isTrue();
        }
    }

    private boolean connectable() {
        try (Wire wire = bench.client()) {
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
