package dev.pratique.proxy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.config.ConfigDir;
import dev.pratique.config.Purpose;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients of the whole proxy are told while an upstream misbehaves. */
class HostileUpstreamTest {
    private static final byte[] CONFIG = "{\"os\":\"linux\",\"architecture\":\"amd64\"}".getBytes(UTF_8);

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final FakeRegistry bad = FakeRegistry.start();
    private final FakeRegistry good = FakeRegistry.start();
    private ProxyServer server;
    private Digest config;
    private Digest layer;

    @BeforeEach
    void start() throws Exception {
        for (FakeRegistry each : List.of(bad, good)) {
            config = each.blob("acme/app", CONFIG);
            layer = each.blob("acme/app", new byte[50_000]);
            each.manifest("acme/app", MediaType.OCI_MANIFEST, manifest(), "1.0");
        }
        Files.writeString(directory.resolve("proxy.yaml"), """
                listen: [{name: default, address: "127.0.0.1:0"}]
                operator: {address: "127.0.0.1:0"}
                storage: {directory: store}
                limits: {judges: 4, waiting: 8}
                upstreams:
                  bad.example: {url: "%s", plainHttp: true, timeouts: {response: 1s, idle: 1s}}
                  slow.example: {url: "%s", plainHttp: true}
                  good.example: {url: "%s", plainHttp: true}
                  tls.example: {url: "https://localhost:%d"}
                  gone.example: {url: "http://127.0.0.1:1", plainHttp: true}
                """.formatted(
                        bad.uri(), bad.uri(), good.uri(), good.uri().getPort()));
        Files.writeString(directory.resolve("policy.yaml"), """
                rules:
                  - {name: judged, repositories: ["bad.example/judged/**"], mode: warn, base: catalog}
                  - {name: all, repositories: ["**"], admit: unverified}
                """);
        Files.writeString(directory.resolve("catalog.yaml"), "version: 1\n");
        server = ConfigDir.load(directory, Map.of(), Purpose.SERVE)
                .fold(
                        snapshot -> {
                            try {
                                return ProxyServer.start(
                                        snapshot, InstantSource.system(), Map.of(), System.out, "test");
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        },
                        problems -> {
                            throw new AssertionError(problems);
                        });
    }

    private byte[] manifest() {
        return """
                {"schemaVersion":2,"mediaType":"%s",
                 "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                 "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":50000}]}""".formatted(MediaType.OCI_MANIFEST, config, CONFIG.length, layer)
                .getBytes(UTF_8);
    }

    @AfterEach
    void stop() {
        server.close();
        bad.close();
        good.close();
    }

    private HttpRequest request(String path) {
        int port = server.listeners().get(0).getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    @DisplayName("UPS-09: an upstream that hangs is 504, one that cannot be reached 502")
    void a_hanging_upstream_is_504_and_an_unreachable_one_502() throws Exception {
        bad.fault("/v2/", FakeRegistryFault.hang(Duration.ofMinutes(1)));
        assertThat(get("/v2/bad.example/acme/app/manifests/1.0")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(answer.body()).contains("\"reason\":\"UPSTREAM_TIMEOUT\"", "did not answer in time");
            assertThat(answer.headers().firstValue("retry-after")).isPresent();
        });
        assertThat(get("/v2/gone.example/acme/app/manifests/1.0")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("\"reason\":\"UPSTREAM_UNREACHABLE\"");
        });
    }

    @Test
    @DisplayName("UPS-10: plain HTTP where TLS should be is 502, in words of ours, and nothing is sent in plain")
    void a_tls_failure_is_502_with_its_cause() throws Exception {
        assertThat(get("/v2/tls.example/acme/app/manifests/1.0")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("does not speak TLS");
        });
        assertThat(good.requests()).isEmpty();
    }

    @Test
    @DisplayName("UPS-09: while one upstream hangs, with more asked of it than there are judges, the others are served")
    void an_upstream_that_hangs_leaves_judges_to_the_others() throws Exception {
        bad.fault("/v2/", FakeRegistryFault.hang(Duration.ofMinutes(1)));
        List<CompletableFuture<HttpResponse<String>>> hanging = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            hanging.add(http.sendAsync(
                    request("/v2/slow.example/acme/app/manifests/v" + i), HttpResponse.BodyHandlers.ofString()));
        }
        // Its share of the judges is at work, its share of the queue is full, and the rest was told so.
        await().until(() -> bad.count("/manifests/") >= 2
                && hanging.stream().filter(CompletableFuture::isDone).count() >= 50 - 2 - 4);
        assertThat(get("/v2/good.example/acme/app/manifests/1.0").statusCode()).isEqualTo(200);
        assertThat(get("/v2/good.example/acme/app/blobs/" + layer).statusCode()).isEqualTo(200);
        assertThat(hanging.stream().filter(CompletableFuture::isDone))
                .allSatisfy(done -> assertThat(done.join().body()).contains("POOL_FULL"));
        assertThat(hanging.stream().filter(each -> !each.isDone())).isNotEmpty();
    }

    @ParameterizedTest(name = "UPS-09: {0} with Retry-After {1} is 502 with Retry-After {2}")
    @CsvSource({"503, 1000000000, 60", "500, 0, 1", "429, 30, 30", "429, -1, 5", "408, never, 5", "599, 7, 7"})
    void an_error_of_the_upstream_is_502_and_its_patience_is_bounded(int status, String said, String told)
            throws Exception {
        bad.fault("/v2/", FakeRegistryFault.status(status, "Retry-After", said));
        assertThat(get("/v2/bad.example/acme/app/manifests/1.0")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("retry-after")).contains(told);
            assertThat(answer.body())
                    .contains("\"reason\":\"UPSTREAM_UNREACHABLE\"", "(429)".repeat(status == 429 ? 1 : 0));
        });
    }

    @Test
    @DisplayName("UPS-09: where the manifest cannot be had, no blob of the image is served either")
    void no_blob_passes_where_the_manifest_cannot_be_read() throws Exception {
        judged(manifest());
        bad.fault("/manifests/", FakeRegistryFault.status(500));
        assertThat(get("/v2/bad.example/judged/app/manifests/1.0").statusCode()).isEqualTo(502);
        assertThat(get("/v2/bad.example/judged/app/blobs/" + layer)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("\"reason\":\"BLOB_UNKNOWN\"");
        });
        assertThat(bad.count("/blobs/")).isZero();
        bad.heal();
        assertThat(get("/v2/bad.example/judged/app/manifests/1.0").statusCode()).isEqualTo(200);
        assertThat(get("/v2/bad.example/judged/app/blobs/" + layer).statusCode())
                .isEqualTo(200);
    }

    private void judged(byte[] manifest) {
        bad.blob("judged/app", CONFIG);
        bad.blob("judged/app", new byte[50_000]);
        bad.manifest("judged/app", MediaType.OCI_MANIFEST, manifest, "1.0");
    }

    @ParameterizedTest(name = "UPS-14: nothing of a page of {0} reaches a client")
    @CsvSource({"400", "401", "403", "404", "405", "429", "500", "502"})
    void nothing_of_an_error_page_reaches_a_client(int status) throws Exception {
        String page = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"<script>visit evil.example</script>\"}]}";
        bad.fault("/v2/", (request, normal, socket) -> {
            socket.getOutputStream()
                    .write(("HTTP/1.1 " + status + " evil.example\r\nContent-Type: text/html\r\nX-Evil: evil\r\n"
                                    + "Set-Cookie: evil=1\r\nWarning: 299 - \"evil\"\r\nContent-Length: "
                                    + page.length()
                                    + "\r\n\r\n" + page)
                            .getBytes(UTF_8));
            return false;
        });
        for (String path : List.of("manifests/1.0", "blobs/" + layer)) {
            HttpResponse<String> answer = get("/v2/bad.example/acme/app/" + path);
            assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400).isNotIn(401, 408, 429);
            assertThat(answer.body()).doesNotContain("evil").doesNotContain("script");
            assertThat(answer.headers().map().toString()).doesNotContain("evil");
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        }
    }

    @Test
    @DisplayName("REG-03: other bytes than the digest's are 502, and the next request asks again")
    void wrong_bytes_are_502_and_not_kept() throws Exception {
        Digest digest = Digest.sha256(manifest());
        bad.fault("/manifests/", 1, FakeRegistryFault.wrongBytes());
        assertThat(get("/v2/bad.example/acme/app/manifests/" + digest)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("\"reason\":\"UPSTREAM_WRONG_BYTES\"");
        });
        await().untilAsserted(() -> assertThat(
                        get("/v2/bad.example/acme/app/manifests/" + digest).statusCode())
                .isEqualTo(200));
        assertThat(bad.count("GET /v2/acme/app/manifests/")).isEqualTo(2);
    }

    @ParameterizedTest(name = "REG-03: a blob of 50000 bytes that its manifest says has {0}")
    @CsvSource({"49999", "50001", "1"})
    void a_length_that_contradicts_the_manifest_is_502(int said) throws Exception {
        judged(new String(manifest(), UTF_8).replace("50000", "" + said).getBytes(UTF_8));
        assertThat(get("/v2/bad.example/judged/app/manifests/1.0").statusCode()).isEqualTo(200);
        assertThat(get("/v2/bad.example/judged/app/blobs/" + layer)).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body()).contains("UPSTREAM_WRONG_BYTES", "another length than its manifest says");
        });
    }

    @Test
    @DisplayName("UPS-01: a registry that is not configured is never asked")
    void an_unknown_upstream_is_never_asked() throws Exception {
        int port = good.uri().getPort();
        for (String ns : List.of(
                "127.0.0.1:" + port,
                "localhost:" + port,
                "%5B::1%5D:" + port,
                "169.254.169.254",
                "evil.example%23@good.example",
                "good.example%00",
                "good.example&ns=bad.example",
                "good.example:443:443",
                "127.0.0.1%3A" + port + "%2Facme")) {
            assertThat(get("/v2/acme/app/manifests/1.0?ns=" + ns).statusCode())
                    .as(ns)
                    .isIn(400, 404);
        }
        assertThat(get("/v2/127.0.0.1:" + port + "/acme/app/manifests/1.0").statusCode())
                .isEqualTo(404);
        assertThat(good.connections()).isZero();
        assertThat(bad.connections()).isZero();
    }
}
