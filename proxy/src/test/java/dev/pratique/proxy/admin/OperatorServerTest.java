package dev.pratique.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.config.ProxySettings;
import dev.pratique.proxy.admission.Admission;
import dev.pratique.proxy.admission.Answers;
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
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OperatorServerTest {
    private static final String IMAGE = "up.example%2Facme%2Fapp%3A";
    private final Readiness readiness = new Readiness(Optional::empty);
    private final Metrics metrics = new Metrics();
    private final RecentDecisions recent = new RecentDecisions();
    private OperatorServer server;

    @BeforeEach
    void open() throws IOException {
        Face face = new Face(
                new UpstreamNames(Set.of("up.example"), Optional.empty()),
                "default",
                ProxySettings.Refusal.DEFAULT,
                Optional.empty());
        OperatorDesk desk = new OperatorDesk(
                readiness, metrics, recent, OperatorServerTest::admit, () -> face, () -> "127.0.0.1:5060");
        server = new OperatorServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), desk);
    }

    @AfterEach
    void close() {
        server.close();
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
        assertThat(raw("/explain?image=other.example%2Fa%3A1"))
                .startsWith("HTTP/1.1 404")
                .contains("UNKNOWN_UPSTREAM");
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
        assertThat(raw("/", "Host: 127.0.0.1:5061")).startsWith("HTTP/1.1 200");
    }

    @Test
    void knows_no_other_page() throws IOException {
        assertThat(raw("/nothing")).startsWith("HTTP/1.1 404");
        assertThat(raw("/style.css")).startsWith("HTTP/1.1 200").contains("text/css");
    }
}
