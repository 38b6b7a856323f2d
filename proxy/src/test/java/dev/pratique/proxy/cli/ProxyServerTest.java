package dev.pratique.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.ConfigDir;
import dev.pratique.config.ConfigWatch;
import dev.pratique.config.Loaded;
import dev.pratique.config.Purpose;
import dev.pratique.config.Snapshot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyServerTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final String APP = "/v2/demo.example/acme/app/manifests/1.0";

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private DemoWorld world;
    private ProxyServer server;
    private ConfigWatch watch;

    @BeforeEach
    void start() throws Exception {
        world = new DemoWorld(directory, NOW, 0);
        watch = new ConfigWatch(world.config(), Map.of());
        server = ProxyServer.start(snapshot(watch.load()), InstantSource.fixed(NOW), Map.of(), System.out, "test");
    }

    @AfterEach
    void stop() {
        server.close();
        world.close();
    }

    private static Snapshot snapshot(Loaded loaded) {
        return loaded.fold(valid -> valid, problems -> {
            throw new AssertionError(problems);
        });
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return get(server.listeners().get(0).getPort(), path, headers);
    }

    private HttpResponse<String> operator(String path) throws Exception {
        return get(server.operator().getPort(), path);
    }

    private HttpResponse<String> get(int port, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void serves_what_is_admitted_and_writes_the_decision_down() throws Exception {
        assertThat(get(APP).statusCode()).isEqualTo(200);
        assertThat(get(APP).statusCode()).isEqualTo(200);
        assertThat(get("/v2/demo.example/acme/unsigned/manifests/1.0").statusCode())
                .isEqualTo(403);
        assertThat(operator("/metrics").body())
                .contains("pratique_pulls_total{answer=\"admitted\",kind=\"manifest\",reason=\"\","
                        + "rule=\"acme applications\"} 2.0");
        server.close();
        assertThat(Files.readString(directory.resolve("store/decisions.jsonl")))
                .contains("\"answer\":\"admitted\"")
                .contains("\"answer\":\"refused\",\"reason\":\"UNSIGNED\"")
                .contains("\"repeats\":1,");
    }

    @Test
    void explains_what_it_answers() throws Exception {
        HttpResponse<String> refused = get("/v2/demo.example/acme/unsigned/manifests/1.0");
        String url = "http://127.0.0.1:" + server.operator().getPort()
                + "/explain?image=demo.example%2Facme%2Funsigned%3A1.0&environment=default";
        assertThat(refused.body()).contains("\"explain\":\"" + url + "\"");
        assertThat(operator(url.substring(url.indexOf("/explain"))).body())
                .contains("UNSIGNED")
                .contains(
                        "crane manifest 127.0.0.1:" + server.listeners().get(0).getPort());
        assertThat(operator("/").body()).contains("demo.example/acme/unsigned:1.0");
    }

    @Test
    void follows_a_new_configuration_and_keeps_the_old_one_while_the_new_cannot_be_used() throws Exception {
        ConfigFollower follower = new ConfigFollower(watch, server);
        assertThat(get(APP).statusCode()).isEqualTo(200);
        String before = operator("/readyz").body();
        Path policy = world.config().resolve("policy.yaml");
        String good = Files.readString(policy);

        Files.writeString(policy, good.replace("base: catalog", "base: catalgo"));
        follower.run();
        assertThat(operator("/readyz").statusCode()).isEqualTo(200);
        assertThat(operator("/readyz").body())
                .contains("policy.yaml:", "did you mean catalog?", "the one before is in force");
        assertThat(operator("/metrics").body()).contains("pratique_config_reloads_total{result=\"rejected\"} 1.0");
        assertThat(get(APP).statusCode()).isEqualTo(200);

        Files.writeString(policy, good.replace("demo.example/acme/**", "demo.example/nothing/**"));
        follower.run();
        assertThat(operator("/readyz").body()).isNotEqualTo(before).doesNotContain("problems");
        assertThat(get(APP).statusCode()).isEqualTo(403);
    }

    @Test
    void a_resolver_is_told_300_by_the_whole_proxy() throws Exception {
        for (String path : new String[] {
            "/v2/demo.example/acme/unsigned/manifests/1.0",
            "/v2/demo.example/acme/nothing/manifests/1.0",
            "/v2/acme/app/manifests/1.0?ns=unknown.example",
        }) {
            assertThat(get(path, "User-Agent", "containerd/2.3.4").statusCode())
                    .as(path)
                    .isEqualTo(300);
        }
        world.close();
        assertThat(get("/v2/gone.example/acme/other/manifests/1.0", "User-Agent", "containerd/2.3.4")
                        .statusCode())
                .isEqualTo(300);
        assertThat(get("/v2/gone.example/acme/other/manifests/1.0").statusCode())
                .isIn(502, 503, 504);
    }

    @Test
    void a_port_that_is_taken_is_said_so_and_nothing_stays_open() throws Exception {
        int taken = server.listeners().get(0).getPort();
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.writeString(other.resolve("proxy.yaml"), """
                listen: [{name: default, address: "127.0.0.1:%d"}]
                operator: {address: "127.0.0.1:0"}
                storage: {directory: store}
                upstreams: {demo.example: {layout: ../demo.example}}
                """.formatted(taken));
        Files.copy(world.config().resolve("catalog.yaml"), other.resolve("catalog.yaml"));
        Files.writeString(other.resolve("policy.yaml"), "rules: [{name: all, repositories: [\"**\"], refuse: no}]\n");
        Snapshot snapshot = snapshot(ConfigDir.load(other, Map.of(), Purpose.SERVE));
        for (int i = 0; i < 2; i++) { // the second time shows that the stores were let go
            assertThat(org.junit.jupiter.api.Assertions.assertThrows(
                            java.io.IOException.class,
                            () -> ProxyServer.start(snapshot, InstantSource.fixed(NOW), Map.of(), System.out, "test")))
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + taken);
        }
    }
}
