package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.config.Listener;
import dev.pratique.proxy.admission.PullRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What attacks.md lists for the front end, byte by byte: the answer, and that nobody was asked for anything. */
class HttpAttacksTest {
    private static final String OK = "/v2/up.example/acme/app/manifests/ok";
    private static final String SMUGGLED = "GET /v2/up.example/acme/app/manifests/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final HttpLimits HASTY = new HttpLimits(
            8192, 32768, 16384, Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(1), 4096);

    enum Way {
        PLAIN,
        TLS
    }

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FrontBench bench;
    private TlsFront front;

    private void open(Way way, HttpLimits limits, Listener.Clients clients) throws Exception {
        if (way == Way.TLS) {
            front = new TlsFront(ListenerTls.fastest(), limits, clients);
            bench = front.bench;
        } else {
            bench = new FrontBench(limits);
        }
        opened.add(bench);
    }

    private Wire client() throws Exception {
        Wire wire = front == null ? bench.client() : front.client();
        opened.add(0, wire);
        return wire;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    /** The only answer, after which the connection ends whatever else was sent. */
    private Wire.Answer last(Way way, String raw) throws Exception {
        open(way, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        Wire wire = client().send(raw);
        Wire.Answer answer = wire.read();
        assertThat(wire.ended()).as("nothing follows").isTrue();
        assertThat(bench.asked).isEmpty();
        return answer;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding\u0000: chunked\r\n\r\n0\r\n\r\n",
                " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
                "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
                "Content-Length: 0, 0\r\n\r\n",
                "Content-Length: 3, 4\r\n\r\nabc",
                "Content-Length: +5\r\n\r\nhello",
                "Content-Length: -5\r\n\r\nhello",
                "Content-Length: 0x5\r\n\r\nhello",
                "Content-Length: 5.\r\n\r\nhello",
                "Content-Length: \r\n\r\n",
                "Content-Length: 99999999999999999999\r\n\r\n",
                "Content-Length : 5\r\n\r\nhello",
                "Transfer-Encoding: chunked\r\n\r\n1;a=b\nX\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n1;\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
            })
    void HTTP_01_a_request_of_two_readings_is_the_last(String rest) throws Exception {
        Wire.Answer answer = last(Way.PLAIN, "GET " + OK + " HTTP/1.1\r\nHost: a\r\n" + rest + SMUGGLED);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("connection")).isEqualTo("close");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_01_holds_for_HTTP_1_0_and_over_TLS_too(Way way) throws Exception {
        Wire.Answer answer = last(
                way,
                "GET " + OK + " HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        + SMUGGLED);
        assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET " + OK + "\r\nHost: a\r\n\r\n",
                "GET  " + OK + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET\t" + OK + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET " + OK + " HTTP/1.1 HTTP/1.0\r\nHost: a\r\n\r\n",
                "GET " + OK + " x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET " + OK + " HTTP/1.1\nHost: a\n\n",
                "GET " + OK + " HTTP/1.1\rHost: a\r\r\n\r\n",
                "GET " + OK + "  HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET " + OK + "\tHTTP/1.1\r\nHost: a\r\n\r\n",
                "GET " + OK + " HTTP/1.1 \r\nHost: a\r\n\r\n",
                "GET " + OK + " HTTP/11.1\r\nHost: a\r\n\r\n",
                "GET " + OK + " http/1.1\r\nHost: a\r\n\r\n",
                "GE\u0000T " + OK + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            })
    void HTTP_01_request_lines_have_one_reading(String raw) throws Exception {
        assertThat(last(Way.PLAIN, raw + SMUGGLED).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/%2e%2e/%2e%2e/metrics",
                "/v2/../../metrics",
                "/v2/..;/metrics",
                "/v2/a%2Fb/manifests/x",
                "/v2/up.example%2facme/app/manifests/ok",
                "/v2/up.example%252facme/app/manifests/ok",
                "/v2/up.example/acme/app%2Fmanifests/ok",
                "/v2/up.example/acme/app/manifests%2fok",
                "/v2/up.example/acme\\app/manifests/ok",
                "/v2/up.example/acme/app;x=y/manifests/ok",
                "/v2/up.example/acme/app/manifests/ok;x=y",
                "/v2/./up.example/acme/app/manifests/ok",
                "/v2/up.example/acme/./app/manifests/ok",
                "/v2/up.example/acme/other/../app/manifests/ok",
                "/v2/up.example/acme/app/manifests/..",
                "/./v2/up.example/acme/app/manifests/ok",
                "//v2/up.example/acme/app/manifests/ok",
                "/v2//up.example/acme/app/manifests/ok",
                "/v2/up.example//acme/app/manifests/ok",
                "/v2/up.example/acme/app/manifests/ok/",
                "/v2/up.example/acme/app/manifests/ok%00",
                "/v2/up.example/acme/app/manifests/ok\u0000",
                "/v2/up.example/acme/app/manifests/ok%0d%0aX:1",
                "/v2/up.example/acme%c0%afapp/manifests/ok",
                "/v2/up.example/acme\u00c0\u00afapp/manifests/ok",
                "/v2/up.example/acme%e0%80%afapp/manifests/ok",
                "/v2/up.example/acme%u002fapp/manifests/ok",
                "/v2/up.example/acme%/app/manifests/ok",
                "/v2/up.example/acme/app/manifests/ok#x",
                "/%76%32/up.example/acme/app/manifests/ok",
                "/V2/up.example/acme/app/manifests/ok",
                "/metrics",
                "/readyz",
                "/explain?image=x",
            })
    void HTTP_03_a_path_has_one_spelling_and_leads_nowhere_else(String path) throws Exception {
        open(Way.PLAIN, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        Wire.Answer answer = client().get(path).read();
        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer.body()).contains("\"errors\"").doesNotContain("pratique_", "etc/passwd");
        assertThat(bench.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_04_opens_no_connection_for_an_absolute_form_and_is_no_tunnel(Way way) throws Exception {
        open(way, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        try (ServerSocket canary = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String there = "127.0.0.1:" + canary.getLocalPort();
            Map<String, Integer> requests = Map.of(
                    "GET http://" + there + OK + " HTTP/1.1\r\nHost: " + there + "\r\n\r\n",
                    400,
                    "GET https://" + there + OK + " HTTP/1.1\r\nHost: a\r\n\r\n",
                    400,
                    "GET ftp://" + there + "/ HTTP/1.1\r\nHost: a\r\n\r\n",
                    400,
                    "GET //" + there + OK + " HTTP/1.1\r\nHost: a\r\n\r\n",
                    400,
                    "GET " + there + " HTTP/1.1\r\nHost: a\r\n\r\n",
                    400,
                    "CONNECT " + there + " HTTP/1.1\r\nHost: " + there + "\r\n\r\n",
                    405,
                    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
                    405,
                    "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
                    400);
            for (var each : requests.entrySet()) {
                assertThat(client().send(each.getKey()).read().status())
                        .as(each.getKey())
                        .isEqualTo(each.getValue());
            }
            canary.setSoTimeout(300);
            try (Socket caught = canary.accept()) {
                throw new AssertionError("somebody connected from " + caught.getRemoteSocketAddress());
            } catch (SocketTimeoutException nobody) {
                assertThat(bench.asked).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: a\r\nHost: b",
                "Host: a\r\nHost: a",
                "Host: a, b",
                "Host: evil?x",
                "Host: evil/x",
                "Host: user@evil",
                "Host: evil#x",
                "Host: a b",
                "Host: a:99999999",
                "Host: [::1",
                "Host: http://evil",
                "X-Forwarded-Host: a",
            })
    void HTTP_04_a_request_has_one_well_formed_host(String host) throws Exception {
        open(Way.PLAIN, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        assertThat(client().send("GET " + OK + " HTTP/1.1\r\n" + host + "\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(400);
        assertThat(bench.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_04_no_answer_holds_an_address_that_the_client_made_up(Way way) throws Exception {
        open(way, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        for (String tag : List.of("unsigned", "missing", "undecided-POOL_FULL", "ok")) {
            Wire.Answer answer = client().send("GET /v2/up.example/acme/app/manifests/" + tag
                            + " HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
                            + "Forwarded: host=evil.example\r\nX-Forwarded-Proto: evil\r\n\r\n")
                    .read();
            assertThat(answer.body() + answer.headers()).doesNotContain("evil");
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_05_floods_of_headers_are_cut_short_with_an_answer(Way way) throws Exception {
        open(way, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        String line = "GET /v2/ HTTP/1.1\r\nHost: a\r\n";
        assertThat(client().send(line + "X: y\r\n".repeat(10_000) + "\r\n")
                        .read()
                        .status())
                .isEqualTo(431);
        assertThat(client().send(line + "X: " + "y".repeat(1 << 20) + "\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(431);
        assertThat(client().send(line + "y".repeat(1 << 20) + ": x\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(431);
        assertThat(client().send("GET /" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: a\r\n\r\n")
                        .read()
                        .status())
                .isEqualTo(414);
        assertThat(bench.asked).isEmpty();
        assertThat(client().get(OK).read().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: a\u0000b",
                "X\u0000: a",
                "X: a\r\n folded",
                "X: a\r\n\tfolded",
                "X: a\rY: b",
                "X: a\nY: b",
                "X : a",
                ": a",
                "X",
                "X(: a",
                "X\u007f: a",
                "X: a\u0008b",
            })
    void HTTP_05_headers_have_one_reading(String header) throws Exception {
        Wire.Answer answer = last(Way.PLAIN, "GET " + OK + " HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n" + SMUGGLED);
        assertThat(answer.status()).isEqualTo(400);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_06_many_slow_clients_are_sent_away_while_another_is_served(Way way) throws Exception {
        open(way, HASTY, Listener.Clients.ANYBODY);
        List<Wire> slow = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            slow.add(way == Way.TLS && i % 2 == 0 ? bench.client() : client());
            opened.add(0, slow.get(i));
            slow.get(i)
                    .send(way == Way.TLS && i % 2 == 0 ? "\u0016\u0003\u0001\u0002" : "GET " + OK + " HTTP/1.1\r\nX-");
        }
        Wire healthy = client();
        for (int i = 0; i < 200; i++) {
            assertThat(healthy.get(OK).read().status()).isEqualTo(200);
        }
        for (Wire each : slow) {
            assertThat(each.ended()).isTrue();
        }
        assertThat(healthy.get(OK).read().status()).isEqualTo(200);
        assertThat(bench.asked).hasSize(201);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_06_a_client_that_takes_no_answers_is_read_no_further_and_sent_away(Way way) throws Exception {
        open(way, HASTY, Listener.Clients.ANYBODY);
        Wire greedy = client();
        int sent = 0;
        try {
            // Answers fill the way back, then the server stops reading, then ours fills: it must end by the server's
            // hand.
            for (; sent < 2_000_000; sent++) {
                greedy.get("/v2/up.example/acme/app/manifests/unsigned");
            }
        } catch (IOException cut) {
            // As expected.
        }
        assertThat(sent).isLessThan(2_000_000);
        await().until(() -> bench.server.connections() == 0);
        assertThat(bench.asked.size()).isLessThan(sent);
        assertThat(client().get(OK).read().status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void HTTP_08_pipelined_requests_each_have_their_own_verdict_in_their_order(Way way) throws Exception {
        open(way, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        String[] tags = {"ok", "unsigned", "later", "missing", "undecided-POOL_FULL"};
        int[] statuses = {200, 403, 200, 404, 503};
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            all.append(
                    "GET /v2/up.example/acme/app/manifests/" + tags[i % tags.length] + " HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        all.append(
                "GET " + OK + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED);
        Wire wire = client().send(all.toString());
        for (int i = 0; i < 1000; i++) {
            assertThat(wire.read().status()).as("answer %d", i).isEqualTo(statuses[i % tags.length]);
        }
        assertThat(wire.read().status()).isEqualTo(400);
        assertThat(wire.ended()).isTrue();
        assertThat(bench.asked).hasSize(1000);
        assertThat(bench.asked).noneMatch(one -> one.reference().toString().equals("smuggled"));
    }

    @Test
    void HTTP_08_pipelined_requests_each_show_who_they_are() throws Exception {
        open(Way.TLS, HttpLimits.DEFAULT, new Listener.Clients(List.of(), TlsFront.USERS));
        StringBuilder all = new StringBuilder();
        String[] credentials = {"ci-1:secret", "ci-1:wrong", ""};
        int[] statuses = {200, 401, 401};
        for (int i = 0; i < 300; i++) {
            String who = credentials[i % 3];
            String header = "Authorization: Basic "
                    + Base64.getEncoder().encodeToString(who.getBytes(StandardCharsets.UTF_8)) + "\r\n";
            all.append("GET " + OK + " HTTP/1.1\r\nHost: a\r\n" + (who.isEmpty() ? "" : header) + "\r\n");
        }
        Wire wire = client().send(all.toString());
        for (int i = 0; i < 300; i++) {
            assertThat(wire.read().status()).as("answer %d", i).isEqualTo(statuses[i % 3]);
        }
        assertThat(bench.asked)
                .hasSize(100)
                .extracting(PullRequest::environment)
                .containsOnly("ci-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE", "MKCOL", "TRACE"})
    void REG_26_nothing_is_written_wherever_it_is_tried(String method) throws Exception {
        open(Way.PLAIN, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        String digest = "sha256:" + "a".repeat(64);
        for (String path : List.of(
                "/v2/",
                OK,
                "/v2/up.example/acme/app/manifests/" + digest,
                "/v2/up.example/acme/app/blobs/" + digest,
                "/v2/up.example/acme/app/blobs/uploads/",
                "/v2/up.example/acme/app/blobs/uploads/?mount=" + digest + "&from=acme/private",
                "/v2/up.example/acme/app/blobs/uploads/00000000-0000-0000-0000-000000000000?digest=" + digest,
                "/v2/up.example/acme/app/tags/list",
                "/v2/up.example/acme/app/referrers/" + digest,
                "/anything")) {
            Wire.Answer answer = client().request(method, path).read();
            assertThat(answer.status()).as(path).isEqualTo(405);
            assertThat(answer.body()).contains("\"UNSUPPORTED\"");
            assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
            Wire withBody = client().request(method, path, "Content-Length: " + SMUGGLED.length())
                    .send(SMUGGLED);
            assertThat(withBody.read().status()).isEqualTo(405);
            assertThat(withBody.ended()).as("its body is no request").isTrue();
        }
        assertThat(bench.asked).isEmpty();
        assertThat(bench.listsAsked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-HTTP-Method-Override: DELETE",
                "X-HTTP-Method: DELETE",
                "X-Method-Override: PUT",
            })
    void REG_26_a_header_makes_no_other_method(String header) throws Exception {
        open(Way.PLAIN, HttpLimits.DEFAULT, Listener.Clients.ANYBODY);
        assertThat(client().get(OK, header).read().body()).isEqualTo("content");
        assertThat(client().get(OK + "?_method=DELETE").read().status()).isIn(200, 400);
        assertThat(client().request("POST", OK, header.replace("DELETE", "GET").replace("PUT", "GET"))
                        .read()
                        .status())
                .isEqualTo(405);
        assertThat(bench.asked).allMatch(one -> one.reference().toString().equals("ok"));
    }
}
