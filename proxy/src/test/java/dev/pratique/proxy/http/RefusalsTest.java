package dev.pratique.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.admission.Answers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefusalsTest {
    private static final String CONTAINERD = "User-Agent: containerd/2.3.4+unknown";
    private static final String SKOPEO = "User-Agent: skopeo/1.9.3";

    private FrontBench bench;

    @BeforeEach
    void open() throws IOException {
        bench = new FrontBench();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Wire.Answer answer(String path, String... headers) throws IOException {
        try (Wire wire = bench.client()) {
            return wire.get(path, headers).read();
        }
    }

    static void assertGolden(String name, String text) throws IOException {
        Path golden = Path.of("src/test/resources/golden", name);
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @CsvSource({
        "unsigned, refused-unsigned.json, 403",
        "undecided-EVIDENCE_UNREADABLE, undecided-evidence.json, 503",
        "missing, refused-missing.json, 404",
    })
    void tells_other_clients_with_the_true_status(String tag, String golden, int status) throws IOException {
        Wire.Answer answer = answer("/v2/up.example/acme/app/manifests/" + tag, SKOPEO);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("location")).isEmpty();
        assertGolden(golden, answer.body() + "\n");
    }

    @Test
    void tells_that_an_upstream_is_unknown() throws IOException {
        Wire.Answer answer = answer("/v2/other.example/acme/app/manifests/1", SKOPEO);
        assertThat(answer.status()).isEqualTo(404);
        assertGolden("unknown-upstream.json", answer.body() + "\n");
        assertThat(bench.asked).isEmpty();
    }

    @Test
    void says_the_essence_in_the_reason_phrase() throws IOException {
        Wire.Answer answer = answer("/v2/up.example/acme/app/manifests/unsigned", CONTAINERD);
        assertThat(answer.phrase())
                .isEqualTo("UNSIGNED: no signature was found; sign it where it is built: "
                        + "pratique sign IMAGE --key KEY (or cosign sign)");
    }

    @Test
    void a_reason_phrase_is_one_line_of_printable_ascii() throws IOException {
        Wire.Answer answer = answer("/v2/up.example/acme/app/manifests/injected");
        assertThat(answer.phrase()).startsWith("UNSIGNED: a??X-Evil: 1?; sign");
        assertThat(answer.phrase().length()).isLessThanOrEqualTo(200);
        assertThat(answer.headers()).doesNotContainKey("x-evil");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/up.example/acme/app/manifests/unsigned",
                "/v2/up.example/acme/app/manifests/missing",
                "/v2/up.example/acme/app/manifests/stale",
                "/v2/up.example/acme/app/manifests/bug",
                "/v2/acme/app/manifests/1?ns=other.example",
                "/v2/acme/app/manifests/1?ns=up.example&ns=up.example",
                "/v2/up.example/acme/app/manifests/sha256:xyz",
                "/v2/up.example/ACME/manifests/1",
                "/v2/up.example/a%2Fb/manifests/1",
                "/v2/manifests/1",
            })
    void containerd_gets_the_status_at_which_it_stops_for_a_manifest(String path) throws IOException {
        for (String method : List.of("GET", "HEAD")) {
            try (Wire wire = bench.client()) {
                Wire.Answer answer = wire.request(method, path, CONTAINERD).read(method.equals("HEAD"));
                assertThat(answer.status()).as(method).isEqualTo(300);
                assertThat(answer.header("location")).isEmpty();
                assertThat(answer.phrase()).matches("[A-Z_]+: .*");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Verdict.Cause.class)
    void containerd_stops_at_whatever_is_undecided(Verdict.Cause cause) throws IOException {
        String path = "/v2/up.example/acme/app/manifests/undecided-" + cause;
        Wire.Answer told = answer(path, CONTAINERD);
        assertThat(told.status()).isEqualTo(300);
        assertThat(told.phrase()).startsWith(cause + ": ");
        Wire.Answer other = answer(path, SKOPEO);
        assertThat(other.status()).isEqualTo(cause.status());
        assertThat(other.header("retry-after")).isEqualTo("5");
    }

    @Test
    void containerd_stops_at_limits_where_the_request_line_was_readable() throws IOException {
        String path = "/v2/up.example/acme/app/manifests/1";
        assertThat(answer(path, CONTAINERD, "X-Long: " + "x".repeat(40_000)).status())
                .isEqualTo(300);
        assertThat(answer(path, CONTAINERD, "Content-Length: 3").status()).isEqualTo(300);
        assertThat(answer(path, CONTAINERD, "Transfer-Encoding: chunked").status())
                .isEqualTo(300);
        assertThat(answer(path, CONTAINERD, "Host: second.example").status()).isEqualTo(300);
        assertThat(answer(path, SKOPEO, "Accept: */*", "X-Long: " + "x".repeat(40_000))
                        .status())
                .isEqualTo(431);
        assertThat(bench.asked).isEmpty();
    }

    @RepeatedTest(3)
    void the_answer_at_a_limit_arrives_although_the_rest_of_the_request_was_never_read() throws IOException {
        try (Wire wire = bench.client()) {
            String head = "HEAD /v2/up.example/acme/app/manifests/v1 HTTP/1.1\r\nHost: a\r\n" + CONTAINERD + "\r\n";
            wire.send(head + ("X: " + "y".repeat(1000) + "\r\n").repeat(4000) + "\r\n");
            assertThat(wire.read(true).status()).isEqualTo(300);
            assertThat(wire.ended()).isTrue();
        }
    }

    @Test
    void blobs_keep_their_status_for_containerd_too() throws IOException {
        assertThat(answer("/v2/acme/app/blobs/sha256:" + "a".repeat(64) + "?ns=other.example", CONTAINERD)
                        .status())
                .isEqualTo(404);
        assertThat(answer("/v2/up.example/acme/app/blobs/sha256:xyz", CONTAINERD)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void our_own_fault_has_an_id_and_tells_nothing_else() throws IOException {
        Wire.Answer answer = answer("/v2/up.example/acme/app/manifests/bug", SKOPEO);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("secret of the proxy");
        assertThat(bench.faults).hasSize(1);
        String id = bench.faults.get(0).split(" ")[0];
        assertThat(answer.body()).contains(id);
    }

    @Test
    void POL_02_a_head_of_a_refused_image_tells_no_digest() throws IOException {
        try (Wire wire = bench.client()) {
            wire.request("HEAD", "/v2/up.example/acme/app/manifests/unsigned", SKOPEO);
            Wire.Answer refused = wire.read(true);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.phrase()).contains("UNSIGNED");
            assertThat(refused.header("docker-content-digest")).isEmpty();
        }
    }

    @Test
    void POL_04_what_a_client_holds_already_is_refused_like_everything_else() throws IOException {
        try (Wire wire = bench.client()) {
            String held = "If-None-Match: \"" + Answers.DIGEST + "\"";
            wire.request("GET", "/v2/up.example/acme/app/manifests/unsigned", SKOPEO, held);
            Wire.Answer refused = wire.read();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body()).contains("\"reason\":\"UNSIGNED\"");
        }
    }

    @Test
    void an_error_of_ours_is_answered_too_lest_a_resolver_asks_elsewhere() throws IOException {
        assertThat(answer("/v2/up.example/acme/app/manifests/error", SKOPEO).status())
                .isEqualTo(500);
        assertThat(answer("/v2/up.example/acme/app/manifests/error", CONTAINERD).status())
                .isEqualTo(300);
        assertThat(bench.faults).hasSize(2);
    }

    @Test
    void a_head_is_told_without_a_body() throws IOException {
        try (Wire wire = bench.client()) {
            wire.request("HEAD", "/v2/up.example/acme/app/manifests/unsigned", SKOPEO);
            Wire.Answer refused = wire.read(true);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(Integer.parseInt(refused.header("content-length"))).isPositive();
            assertThat(wire.get("/v2/").read().body()).isEqualTo("{}");
        }
    }
}
