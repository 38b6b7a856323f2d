package dev.pratique.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.config.ProxySettings;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.Answers;
import dev.pratique.proxy.admission.KnownVerdict;
import dev.pratique.proxy.admission.KnownVerdicts;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.admission.UpstreamNames;
import dev.pratique.proxy.http.Face;
import dev.pratique.proxy.ledger.Entry;
import dev.pratique.proxy.ledger.RecentDecisions;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorServerTest {
    private static final String IMAGE = "up.example%2Facme%2Fapp%3A";
    private final Readiness readiness = new Readiness(Optional::empty);
    private final Metrics metrics = new Metrics();
    private final RecentDecisions recent = new RecentDecisions();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private volatile Function<KnownVerdicts.Query, KnownVerdicts.Page> verdicts =
            query -> new KnownVerdicts.Page(List.of(), Optional.empty());
    private OperatorServer server;

    @BeforeEach
    void open() throws IOException {
        Face face = new Face(
                new UpstreamNames(Set.of("up.example"), Optional.empty()),
                "default",
                ProxySettings.Refusal.DEFAULT,
                Optional.empty());
        OperatorDesk desk = new OperatorDesk(
                readiness,
                metrics,
                recent,
                OperatorServerTest::admit,
                () -> face,
                () -> "127.0.0.1:5060",
                () -> new TreeSet<>(Set.of("default", "prod")),
                (repository, environment) -> List.of("a signature by acme-ci", "a base image of the catalog"),
                query -> verdicts.apply(query),
                blocking);
        server = new OperatorServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of("Pratique.Example"), desk);
    }

    @AfterEach
    void close() {
        server.close();
        blocking.shutdownNow();
    }

    private static void admit(PullRequest request, Executor loop, Consumer<PullAnswer> answer) {
        switch (request.reference().toString()) {
            case "unsigned" ->
                answer.accept(Answers.refuse(
                        request,
                        RefusalReason.UNSIGNED,
                        "no signature was found (signedBy: <script>alert(1)</script>)"));
            case "undecided" -> answer.accept(Answers.defer(request, Verdict.Cause.EVIDENCE_UNREADABLE));
            case "warned" ->
                answer.accept(Answers.pass(
                        request,
                        Admission.Confirmation.CURRENT,
                        Optional.of(RefusalReason.OFF_CATALOG),
                        "would be refused: OFF_CATALOG"));
            default -> answer.accept(Answers.pass(request));
        }
    }

    private String raw(String path, String... headers) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server.address(), 2000);
            OutputStream out = socket.getOutputStream();
            String host = String.join("\r\n", headers).contains("Host:") ? "" : "Host: localhost\r\n";
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            out.write(("GET " + path + " HTTP/1.1\r\n" + host + more + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.flush();
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private String body(String path, String... headers) throws IOException {
        String answer = raw(path, headers);
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static void assertGolden(String name, String text) throws IOException {
        Path golden = Path.of("src/test/resources/golden", name);
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    @Test
    void is_ready_once_a_configuration_is_in_force_and_not_while_draining() throws IOException {
        assertThat(raw("/healthz")).startsWith("HTTP/1.1 200");
        assertThat(raw("/readyz")).startsWith("HTTP/1.1 503");
        readiness.inForce(new PolicyRevision("abc123"), 7);
        assertThat(raw("/readyz")).startsWith("HTTP/1.1 200").contains("\"revision\":\"abc123\",\"upstreams\":7");
        readiness.rejected(List.of("policy.yaml:3: what"));
        assertThat(raw("/readyz"))
                .startsWith("HTTP/1.1 200")
                .contains("\"revision\":\"abc123\"")
                .contains("policy.yaml:3: what");
        readiness.draining();
        assertThat(raw("/readyz")).startsWith("HTTP/1.1 503").contains("\"draining\":true");
        assertThat(raw("/healthz")).startsWith("HTTP/1.1 200");
    }

    @Test
    void counts_under_the_names_that_dashboards_rely_on() throws IOException {
        metrics.pull(Entry.of(Answers.refuse(Answers.request("10.0.0.1", "1"), RefusalReason.UNSIGNED, "none")));
        metrics.verdict(5_000_000);
        metrics.verdictFrom(Metrics.VerdictSource.HEAP);
        metrics.configRead(2);
        metrics.gauge("pratique.store.bytes", "Bytes", () -> 42);
        assertThat(body("/metrics"))
                .contains("pratique_pulls_total{answer=\"refused\",kind=\"manifest\",reason=\"UNSIGNED\","
                        + "rule=\"acme applications\"} 1.0")
                .contains("pratique_verdict_seconds_count 1")
                .contains("pratique_verdict_cache_total{result=\"heap\"} 1.0")
                .contains("pratique_verdict_cache_total{result=\"stored\"} 0.0")
                .contains("pratique_config_reloads_total{result=\"rejected\"} 1.0")
                .contains("pratique_config_problems 2.0")
                .contains("pratique_event_loop_blocked_total 0.0")
                .contains("pratique_store_bytes 42.0");
    }

    @Test
    void explains_an_admission_as_a_page() throws IOException {
        String answer = raw("/explain?image=" + IMAGE + "1.0");
        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("content-security-policy: default-src 'none'; style-src 'self'")
                .contains("x-content-type-options: nosniff");
        assertGolden("explain-admitted.html", answer.substring(answer.indexOf("\r\n\r\n") + 4));
    }

    @Test
    void explains_a_refusal_with_everything_escaped() throws IOException {
        String page = body("/explain?environment=prod&image=" + IMAGE + "unsigned");
        assertThat(page).doesNotContain("<script").contains("&lt;script&gt;alert(1)");
        assertGolden("explain-refused.html", page);
    }

    @Test
    void explains_as_json_to_whoever_asks_for_it() throws IOException {
        String json = body("/explain?image=" + IMAGE + "warned", "Accept: application/json");
        assertThat(json).isEqualTo(body("/api/v1/explain?image=" + IMAGE + "warned"));
        assertGolden("explain-warned.json", json + "\n");
        assertThat(body("/api/v1/explain?image=" + IMAGE + "undecided"))
                .contains("\"answer\":\"undecided\",\"reason\":\"EVIDENCE_UNREADABLE\"");
    }

    @Test
    void refuses_to_explain_what_is_no_image_or_of_no_upstream() throws IOException {
        assertThat(raw("/explain?image=%3Cscript%3E"))
                .startsWith("HTTP/1.1 400")
                .doesNotContain("<script");
        assertThat(raw("/explain")).startsWith("HTTP/1.1 400");
        assertThat(raw("/explain?image=%zz")).startsWith("HTTP/1.1 400");
        assertThat(raw("/api/v1/explain?image=a%3A1&environment=prd"))
                .startsWith("HTTP/1.1 400")
                .contains("\"type\":\"/problems/unknown-environment\"", "known here: default, prod");
    }

    @Test
    void explains_that_an_image_of_no_upstream_is_refused() throws IOException {
        assertThat(raw("/explain?image=other.example%2Fa%3A1"))
                .startsWith("HTTP/1.1 200")
                .contains("UNKNOWN_UPSTREAM");
        assertThat(body("/api/v1/explain?image=other.example%2Fa%3A1"))
                .contains("\"answer\":\"refused\",\"reason\":\"UNKNOWN_UPSTREAM\"", "\"findings\":[]");
    }

    @Test
    void lists_the_latest_decisions_newest_first_and_no_more_than_it_keeps() throws IOException {
        Instant start = Instant.parse("2026-11-21T10:00:00Z");
        for (int i = 0; i < RecentDecisions.SIZE + 5; i++) {
            recent.add(new RecentDecisions.Seen(
                    start.plusSeconds(i), Entry.of(Answers.pass(Answers.request("10.0.0.1", "v" + i)))));
        }
        assertThat(recent.latest()).hasSize(RecentDecisions.SIZE);
        String page = body("/");
        assertThat(page.indexOf("acme/app:v204<")).isPositive().isLessThan(page.indexOf("acme/app:v203<"));
        assertThat(page).doesNotContain("acme/app:v4<").contains("/explain?image=up.example%2Facme%2Fapp%3Av204");
    }

    @Test
    void answers_no_page_of_another_origin_that_points_its_name_here() throws IOException {
        assertThat(raw("/", "Host: evil.example")).startsWith("HTTP/1.1 421");
        for (String host :
                List.of("evil.example:5061", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1", "a b")) {
            assertThat(raw("/api/v1/verdicts", "Host: " + host))
                    .startsWith("HTTP/1.1 421")
                    .contains("/problems/wrong-host");
        }
        for (String host : List.of("127.0.0.1:5061", "[::1]:5061", "LOCALHOST", "pratique.example:80")) {
            assertThat(raw("/", "Host: " + host)).as(host).startsWith("HTTP/1.1 200");
        }
        assertThat(raw("/healthz", "Host: whatever.svc")).startsWith("HTTP/1.1 200");
        assertThat(raw("/", "Host: localhost", "Host: evil.example")).startsWith("HTTP/1.1 400");
    }

    @Test
    void answers_nothing_that_a_page_of_another_origin_fetches() throws IOException {
        String path = "/api/v1/explain?image=" + IMAGE + "1.0";
        assertThat(raw(path, "Origin: https://evil.example")).startsWith("HTTP/1.1 403");
        assertThat(raw(path, "Origin: null")).startsWith("HTTP/1.1 403");
        assertThat(raw(path, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"))
                .startsWith("HTTP/1.1 403")
                .contains("/problems/cross-origin");
        assertThat(raw(path, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("access-control-allow-origin");
        assertThat(raw(path, "Origin: http://localhost")).startsWith("HTTP/1.1 200");
    }

    @Test
    void knows_no_other_page() throws IOException {
        assertThat(raw("/nothing")).startsWith("HTTP/1.1 404").contains("/problems/not-found");
        assertThat(raw("/style.css")).startsWith("HTTP/1.1 200").contains("text/css");
    }

    @Test
    void explains_in_the_form_that_programs_rely_on() throws IOException {
        assertGolden("explain-admitted.json", body("/api/v1/explain?image=" + IMAGE + "1.0") + "\n");
        assertGolden("explain-refused.json", body("/api/v1/explain?image=" + IMAGE + "unsigned") + "\n");
        assertGolden("explain-undecided.json", body("/api/v1/explain?image=" + IMAGE + "undecided") + "\n");
        assertGolden("explain-unknown-upstream.json", body("/api/v1/explain?image=other.example%2Fa%3A1") + "\n");
    }

    @Test
    void lists_verdicts_in_the_form_that_programs_rely_on() throws IOException {
        readiness.inForce(Answers.REVISION, 1);
        Instant since = Instant.parse("2026-11-21T10:00:00Z");
        Verdict admitted = new Verdict.Admitted(List.of(), List.of(), Optional.empty(), Answers.UNTIL);
        Verdict refused = new Verdict.Refused(RefusalReason.UNSIGNED, "no signature was found", List.of());
        verdicts = query -> new KnownVerdicts.Page(
                List.of(
                        new KnownVerdict(
                                Answers.APP,
                                Answers.DIGEST,
                                "0a1b2c",
                                List.of("acme applications"),
                                Optional.of("prod"),
                                admitted,
                                since,
                                Answers.UNTIL,
                                Optional.of(since)),
                        new KnownVerdict(
                                Answers.APP,
                                Answers.DIGEST,
                                "3d4e5f",
                                List.of(),
                                Optional.empty(),
                                refused,
                                since,
                                since.plusSeconds(2),
                                Optional.empty())),
                Optional.of("up.example/acme/app\n" + Answers.DIGEST + "\n3d4e5f"));
        String json = body("/api/v1/verdicts?limit=2");
        assertGolden("verdicts.json", json + "\n");
        String next = json.replaceFirst(".*\"next\":\"([^\"]+)\".*", "$1");
        List<KnownVerdicts.Query> asked = new CopyOnWriteArrayList<>();
        verdicts = query -> {
            asked.add(query);
            return new KnownVerdicts.Page(List.of(), Optional.empty());
        };
        assertThat(raw("/api/v1/verdicts?cursor=" + next)).startsWith("HTTP/1.1 200");
        assertThat(asked.get(0).after()).isEqualTo("up.example/acme/app\n" + Answers.DIGEST + "\n3d4e5f");
    }

    @Test
    void says_what_is_wrong_with_a_request_as_problem_details() throws IOException {
        String answer = raw("/api/v1/verdicts?limit=0");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("content-type: application/problem+json");
        assertGolden("problem-wrong-parameter.json", answer.substring(answer.indexOf("\r\n\r\n") + 4) + "\n");
        for (String query :
                List.of("limit=1&limit=2", "limt=1", "%3Cscript%3E=1", "cursor=YQ", "cursor=" + "A".repeat(3000))) {
            assertThat(raw("/api/v1/verdicts?" + query))
                    .as(query)
                    .startsWith("HTTP/1.1 400")
                    .contains("/problems/wrong-parameter")
                    .doesNotContain("<script");
        }
        assertThat(raw("/nothing", "Accept: text/html"))
                .startsWith("HTTP/1.1 404")
                .contains("content-type: text/html", "<h1>there is nothing at this address</h1>");
        assertThat(raw("/api/v2/nothing", "Accept: text/html")).contains("application/problem+json");
        for (ProblemType type : ProblemType.values()) {
            assertThat(raw(type.uri(), "Accept: text/html"))
                    .startsWith("HTTP/1.1 200")
                    .contains(type.title());
        }
    }

    private String sent(String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server.address(), 2000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void takes_no_request_that_is_no_reading_or_not_in_bounds() throws IOException {
        String host = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get")) {
            assertThat(sent(method + " /api/v1/verdicts" + host + "Content-Length: 2\r\n\r\n{}"))
                    .startsWith("HTTP/1.1 405")
                    .contains("allow: GET, HEAD", "/problems/method-not-allowed");
        }
        assertThat(sent("HEAD /api/v1/verdicts" + host + "\r\n"))
                .startsWith("HTTP/1.1 200")
                .contains("content-type: application/json")
                .endsWith("\r\n\r\n");
        assertThat(sent("GET /api/v1/verdicts HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(sent("GET /?" + "x".repeat(5000) + host + "\r\n"))
                .startsWith("HTTP/1.1 414")
                .contains("/problems/uri-too-long");
        assertThat(sent("GET /" + host + "X: " + "x".repeat(9000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431")
                .contains("/problems/headers-too-large");
        assertThat(sent("POST /" + host + "Content-Length: 100000\r\n\r\n"))
                .startsWith("HTTP/1.1 413")
                .contains("/problems/content-too-large");
        assertThat(sent("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400").contains("/problems/malformed-request");
    }

    @Test
    void reads_two_lists_at_a_time_and_answers_in_the_order_of_the_requests() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(2);
        verdicts = query -> {
            begun.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new KnownVerdicts.Page(List.of(), Optional.empty());
        };
        String pipelined = "GET /api/v1/verdicts HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        List<Future<String>> waiting =
                List.of(blocking.submit(() -> sent(pipelined)), blocking.submit(() -> raw("/api/v1/verdicts")));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(raw("/api/v1/verdicts")).startsWith("HTTP/1.1 503").contains("retry-after: 1", "/problems/busy");
        assertThat(raw("/healthz")).startsWith("HTTP/1.1 200");
        over.countDown();
        String first = waiting.get(0).get(10, TimeUnit.SECONDS);
        assertThat(first.indexOf("pratique.verdicts/v1")).isPositive().isLessThan(first.indexOf("ok\n"));
        assertThat(waiting.get(1).get(10, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200");
    }

    @Test
    void a_fault_of_ours_is_500_and_says_nothing_of_its_cause() throws IOException {
        verdicts = query -> {
            throw new IllegalStateException("secret of a library");
        };
        assertThat(raw("/api/v1/verdicts"))
                .startsWith("HTTP/1.1 500")
                .contains("/problems/internal")
                .doesNotContain("secret");
    }
}
