package dev.pratique.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pratique.proxy.cli.TestDemo;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The document that the port serves is true of the port, by an independent validator. */
class OpenApiTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestDemo demo;
    private JsonNode document;

    @BeforeEach
    void start() throws Exception {
        demo = new TestDemo(directory);
        document = JSON.readTree(get("/api/v1/openapi.json").body());
    }

    @AfterEach
    void stop() {
        demo.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + demo.operator() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private void pull(String image) throws Exception {
        int slash = image.indexOf(':');
        URI uri = URI.create("http://127.0.0.1:" + demo.registry() + "/v2/" + image.substring(0, slash) + "/manifests/"
                + image.substring(slash + 1));
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
    }

    /** What the document says that an answer of this status at this path is; null where it says nothing. */
    private JsonNode content(String path, HttpResponse<String> answer) {
        JsonNode responses = document.path("paths").path(path).path("get").path("responses");
        JsonNode response = responses.has("" + answer.statusCode())
                ? responses.get("" + answer.statusCode())
                : responses.path("default");
        if (response.has("$ref")) {
            response = document.at(response.get("$ref").asString().substring(1));
        }
        String type = answer.headers().firstValue("content-type").orElse("").replaceFirst(";.*", "");
        return response.path("content").path(type).path("schema");
    }

    private void assertAsDocumented(String path, HttpResponse<String> answer) {
        JsonNode schema = content(path, answer);
        assertThat(schema.isMissingNode()).as(path + " " + answer).isFalse();
        if (schema.path("type").asString("").equals("string")) {
            return;
        }
        ObjectNode whole = JSON.createObjectNode();
        whole.set("components", document.get("components"));
        whole.setAll((ObjectNode) schema);
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole.toString(), InputFormat.JSON);
        assertThat(validator.validate(answer.body(), InputFormat.JSON))
                .as(path + " " + answer.body())
                .extracting(Error::toString)
                .isEmpty();
    }

    @Test
    void has_every_path_of_the_port_with_its_parameters_and_no_other() {
        Set<String> paths = new TreeSet<>();
        for (OperatorRoute route : OperatorRoute.values()) {
            paths.add(route.path());
            Set<String> parameters = new TreeSet<>();
            document.path("paths")
                    .path(route.path())
                    .path("get")
                    .path("parameters")
                    .forEach(each -> parameters.add(each.get("name").asString()));
            assertThat(parameters).as(route.path()).isEqualTo(new TreeSet<>(route.parameters()));
        }
        assertThat(new TreeSet<>(document.get("paths").propertyNames())).isEqualTo(paths);
    }

    @Test
    void is_true_of_every_answer() throws Exception {
        for (OperatorRoute route : OperatorRoute.values()) {
            HttpResponse<String> plain = get(route.path());
            assertThat(plain.statusCode())
                    .isEqualTo(route == OperatorRoute.EXPLAIN || route == OperatorRoute.EXPLAIN_PAGE ? 400 : 200);
            assertAsDocumented(route.path(), plain);
            assertAsDocumented(route.path(), get(route.path() + "?nothing=1"));
        }
        for (String image : List.of(
                "demo.example/acme/app:1.0",
                "demo.example/acme/unsigned:1.0",
                "demo.example/acme/ageing:1.0",
                "demo.example/acme/none:1.0",
                "tampered.example/acme/app:1.0",
                "other.example/acme/app:1.0")) {
            HttpResponse<String> explained = get("/api/v1/explain?image=" + image);
            assertThat(explained.statusCode()).isEqualTo(200);
            assertAsDocumented("/api/v1/explain", explained);
            assertAsDocumented("/explain", get("/explain?image=" + image, "Accept", "application/json"));
            pull(image);
        }
        HttpResponse<String> verdicts = get("/api/v1/verdicts");
        assertAsDocumented("/api/v1/verdicts", verdicts);
        assertThat(JSON.readTree(verdicts.body()).get("verdicts")).hasSizeGreaterThan(2);
        for (String wrong : List.of(
                "limit=0",
                "limit=1001",
                "limit=x",
                "cursor=x",
                "digest=x",
                "repository=x",
                "answer=yes",
                "limit=1&limit=2",
                "%zz",
                "x")) {
            HttpResponse<String> answer = get("/api/v1/verdicts?" + wrong.replace("%zz", "%25zz"));
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertAsDocumented("/api/v1/verdicts", answer);
        }
    }

    @Test
    void is_readable_as_it_is_written_and_refers_to_nothing_that_is_not_there() throws Exception {
        assertThat(document.get("openapi").asString()).startsWith("3.1.");
        List<String> references = new ArrayList<>();
        document.findValuesAsString("$ref").forEach(references::add);
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .isFalse());
    }

    @Test
    void the_page_of_the_api_names_every_address_of_it_and_every_problem() throws IOException {
        String page = Files.readString(Path.of("../docs/api.md"));
        for (OperatorRoute route : OperatorRoute.values()) {
            if (route.ofTheApi()) {
                assertThat(page).contains(route.path());
            }
        }
        for (ProblemType type : ProblemType.values()) {
            assertThat(page).contains("| `" + type.uri() + "` | " + type.status() + " | " + type.title() + " |");
        }
    }
}
