package dev.pratique.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.cli.TestDemo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The list of verdicts over a whole proxy. */
class VerdictListTest {
    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestDemo demo;

    @BeforeEach
    void start() throws Exception {
        demo = new TestDemo(directory);
    }

    @AfterEach
    void stop() {
        demo.close();
    }

    private String get(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private JsonNode list(String query) throws Exception {
        return new JsonMapper().readTree(get(demo.operator(), "/api/v1/verdicts" + query));
    }

    private static List<String> repositories(JsonNode page) {
        List<String> repositories = new ArrayList<>();
        page.get("verdicts")
                .forEach(each -> repositories.add(each.get("repository").asString()));
        return repositories;
    }

    private void pulled(String... images) throws Exception {
        for (String image : images) {
            get(demo.registry(), "/v2/" + image.replace(":", "/manifests/"));
        }
    }

    @Test
    void is_empty_before_anything_was_asked() throws Exception {
        assertThat(list("").get("verdicts")).isEmpty();
        assertThat(list("").has("next")).isFalse();
    }

    @Test
    void names_what_is_admitted_until_when_and_on_what() throws Exception {
        pulled("demo.example/acme/app:1.0", "demo.example/acme/unsigned:1.0", "demo.example/acme/ageing:1.0");
        JsonNode page = list("");
        assertThat(repositories(page))
                .containsExactly("demo.example/acme/ageing", "demo.example/acme/app", "demo.example/acme/unsigned");
        JsonNode app = page.get("verdicts").get(1);
        assertThat(app.get("answer").asString()).isEqualTo("admitted");
        assertThat(app.get("rules").get(0).asString()).isEqualTo("acme applications");
        assertThat(app.get("since").asString()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(app.get("evidenceFoundAt").asString()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(app.get("validUntil").asString()).isGreaterThan("2026-11-21T10:00:00Z");
        assertThat(get(demo.operator(), app.get("explain").asString())).contains("\"answer\":\"admitted\"");
        assertThat(page.get("verdicts").get(2).get("reason").asString()).isEqualTo("UNSIGNED");
    }

    @Test
    void is_filtered_by_repository_digest_and_answer() throws Exception {
        pulled("demo.example/acme/app:1.0", "demo.example/acme/unsigned:1.0", "demo.example/acme/ageing:1.0");
        String digest = list("").get("verdicts").get(1).get("digest").asString();
        assertThat(repositories(list("?repository=demo.example/acme/app"))).containsExactly("demo.example/acme/app");
        assertThat(repositories(list("?repository=demo.example/acme/ap"))).isEmpty();
        assertThat(repositories(list("?digest=" + digest))).containsExactly("demo.example/acme/app");
        assertThat(repositories(list("?answer=refused"))).containsExactly("demo.example/acme/unsigned");
        assertThat(repositories(list("?answer=warned"))).containsExactly("demo.example/acme/ageing");
        assertThat(repositories(list("?answer=refused&digest=" + digest))).isEmpty();
    }

    @Test
    void is_read_page_by_page_each_verdict_once() throws Exception {
        pulled("demo.example/acme/app:1.0", "demo.example/acme/unsigned:1.0", "demo.example/acme/ageing:1.0");
        List<String> all = repositories(list(""));
        List<String> paged = new ArrayList<>();
        String next = "";
        for (int i = 0; i < 20 && next != null; i++) {
            JsonNode page = list("?limit=1" + (next.isEmpty() ? "" : "&cursor=" + next));
            assertThat(page.get("verdicts").size()).isLessThanOrEqualTo(1);
            paged.addAll(repositories(page));
            next = page.has("next") ? page.get("next").asString() : null;
        }
        assertThat(next).isNull();
        assertThat(paged).isEqualTo(all);
    }
}
