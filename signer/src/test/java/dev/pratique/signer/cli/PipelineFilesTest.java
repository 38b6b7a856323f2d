package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The pipeline files that we ship are what GitHub's and GitLab's published schemas say; .ci/run fetches those. */
class PipelineFilesTest {
    private static final Path FILES = Path.of("../config/pipelines");
    private static final Path SCHEMAS = Path.of(
            Optional.ofNullable(System.getenv("PRATIQUE_PIPELINE_SCHEMAS")).orElse("../target/ci/pipeline-schemas"));
    private static final JsonMapper JSON = new JsonMapper();

    private static Schema schema(String name) throws IOException {
        Path file = SCHEMAS.resolve(name + ".json");
        if (!Files.exists(file)) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(
                        "there is no " + file + ", and CI runs every test: see pipeline_schemas in .ci/lib.sh");
            }
            Assumptions.abort("there is no " + file);
        }
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                .getSchema(JSON.readTree(Files.readString(file)));
    }

    private static String read(String file) throws IOException {
        // GitLab's schema says nothing of a job whose name begins with a dot; who extends it has all of this in a job
        // of his.
        return Files.readString(FILES.resolve(file)).replace("\n.admission:", "\nadmission:");
    }

    /** As both systems read YAML: a key 'on' is a text. */
    private static JsonNode yaml(String text) {
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        return JSON.valueToTree(new Load(settings).loadFromString(text));
    }

    @ParameterizedTest
    @CsvSource({
        "github/action.yml, github-actions",
        "github/workflow.example.yml, github-workflows",
        "gitlab/admission.gitlab-ci.yml, gitlab-ci",
        "gitlab/pipeline.example.yml, gitlab-ci",
    })
    void areValidByTheirSystemsSchema(String file, String schema) throws IOException {
        assertThat(schema(schema).validate(yaml(read(file))))
                .extracting(Error::toString)
                .isEmpty();
    }

    /** What the schemas find, so that the test above can fail. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "github/action.yml | github-actions | using: composite | using: composit",
                "github/action.yml | github-actions | shell: bash | shel: bash",
                "github/action.yml | github-actions | description: Signs | descriptions: Signs",
                "github/workflow.example.yml | github-workflows | runs-on: | run-on:",
                "github/workflow.example.yml | github-workflows | id-token: write | id-token: please",
                "gitlab/admission.gitlab-ci.yml | gitlab-ci | script: | scripts:",
                "gitlab/admission.gitlab-ci.yml | gitlab-ci | aud: sigstore | audience: sigstore",
                "gitlab/pipeline.example.yml | gitlab-ci | expire_in: 1 day | expires: 1 day",
                "gitlab/pipeline.example.yml | gitlab-ci | entrypoint: | entry: ",
                "gitlab/pipeline.example.yml | gitlab-ci | needs: [build, describe, policy] | needs: {build: describe}",
            })
    void aMistakeInThemIsFound(String file, String schema, String right, String wrong) throws IOException {
        String text = read(file);
        assertThat(text).contains(right);
        assertThat(schema(schema).validate(yaml(text.replace(right, wrong)))).isNotEmpty();
    }

    /** An input that were part of a script's text could be a script (GitHub, "script injections"). */
    @Test
    void noScriptHasAnExpressionInItsText() throws IOException {
        for (JsonNode step : yaml(read("github/action.yml")).path("runs").path("steps")) {
            assertThat(step.path("run").stringValue()).doesNotContain("${{");
        }
        Matcher scripts =
                Pattern.compile("(?m)^( +)run: \\|\\n((?:\\1  .*\\n)+)").matcher(read("github/workflow.example.yml"));
        int found = 0;
        while (scripts.find()) {
            found++;
            assertThat(scripts.group(2)).doesNotContain("${{");
        }
        assertThat(found).isEqualTo(2);
    }

    /** Whoever can move a tag of an action or image does what the job that uses it may do. */
    @Test
    void examplesNameActionsByCommitsAndScannersByDigests() throws IOException {
        String workflow = read("github/workflow.example.yml");
        List<String> used = Pattern.compile("(?m)uses: (.*)$")
                .matcher(workflow)
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(used)
                .hasSizeGreaterThan(5)
                .allMatch(action -> action.matches("[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9.]+")
                        || action.equals("OWNER/pratique/config/pipelines/github@COMMIT"));
        for (String file : List.of("github/workflow.example.yml", "gitlab/pipeline.example.yml")) {
            assertThat(read(file).lines().filter(line -> line.contains("aquasec/") || line.contains("alpine/")))
                    .as(file)
                    .isNotEmpty()
                    .allMatch(line -> line.matches(".*[a-z]+/[a-z]+:v?[0-9.]+@sha256:[0-9a-f]{64}"));
        }
    }

    /** What lists parts and findings is a stranger's program: it may not push, not sign, and not write where the policy is. */
    @Test
    void theScannersJobMayReadTheImageAndNothingElse() throws IOException {
        JsonNode workflow = yaml(read("github/workflow.example.yml"));
        assertThat(workflow.path("permissions").size()).isZero();
        JsonNode jobs = workflow.path("jobs");
        assertThat(jobs.path("describe").path("permissions").toString()).isEqualTo("{\"packages\":\"read\"}");
        for (String job : List.of("build", "describe")) {
            assertThat(jobs.path(job).path("permissions").has("id-token"))
                    .as(job)
                    .isFalse();
        }
        assertThat(jobs.path("release").path("steps").toString()).doesNotContain("docker run", "\"run\"");
        for (JsonNode step : jobs.path("describe").path("steps")) {
            assertThat(step.path("run").asString("")).doesNotContain("\"$PWD:");
        }
    }

    /** The page says that the policy has a repository of its own: so it must be checked out before it is named. */
    @Test
    void examplesFetchThePolicyThatTheyCheckAgainst() throws IOException {
        List<JsonNode> steps = new ArrayList<>();
        yaml(read("github/workflow.example.yml"))
                .path("jobs")
                .path("release")
                .path("steps")
                .forEach(steps::add);
        String directory =
                steps.get(steps.size() - 1).path("with").path("policy").stringValue();
        assertThat(steps)
                .filteredOn(step -> step.path("with").has("repository"))
                .singleElement()
                .satisfies(step -> assertThat(directory)
                        .startsWith(step.path("with").path("path").stringValue() + "/"));
        JsonNode pipeline = yaml(read("gitlab/pipeline.example.yml"));
        JsonNode release = pipeline.path("release");
        assertThat(release.path("needs").toString()).contains("\"policy\"");
        assertThat(pipeline.path("policy")
                        .path("artifacts")
                        .path("paths")
                        .get(0)
                        .stringValue())
                .isEqualTo(release.path("variables").path("ADMISSION_POLICY").stringValue());
    }

    @Test
    void everyInputIsUsedAndEveryInputThatIsUsedIsThere() throws IOException {
        String text = read("github/action.yml");
        JsonNode inputs = yaml(text).path("inputs");
        Matcher used = Pattern.compile("\\$\\{\\{ inputs\\.([a-z-]+)").matcher(text);
        List<String> names = used.results()
                .map(result -> result.group(1))
                .distinct()
                .sorted()
                .toList();
        assertThat(inputs.propertyNames().stream().sorted().toList()).isEqualTo(names);
        Map<?, ?> passed = JSON.convertValue(
                yaml(read("github/workflow.example.yml"))
                        .path("jobs")
                        .path("release")
                        .path("steps")
                        .get(3)
                        .path("with"),
                Map.class);
        assertThat(names)
                .containsAll(passed.keySet().stream().map(String::valueOf).toList());
    }

    @Test
    void everyVariableIsUsedAndEveryVariableThatIsUsedIsThere() throws IOException {
        JsonNode job = yaml(read("gitlab/admission.gitlab-ci.yml")).path("admission");
        Set<String> declared = new TreeSet<>(job.path("variables").propertyNames());
        // The job that builds says which image it is.
        declared.add("ADMISSION_IMAGE");
        Set<String> used = new TreeSet<>();
        for (JsonNode entry : job.path("script")) {
            Matcher named = Pattern.compile("\\$\\{?(ADMISSION_[A-Z0-9_]+)").matcher(entry.stringValue());
            named.results().forEach(result -> used.add(result.group(1)));
        }
        assertThat(used).isEqualTo(declared);
        JsonNode example =
                yaml(read("gitlab/pipeline.example.yml")).path("release").path("variables");
        assertThat(declared).containsAll(example.propertyNames());
    }

    /** What the page says of them, and of no others. */
    @Test
    void thePageHasEveryInputAndEveryVariable() throws IOException {
        String page = Files.readString(Path.of("../docs/pipelines.md"));
        String table =
                page.substring(page.indexOf("| GitHub input |"), page.indexOf("## What `pratique provenance` says"));
        Set<String> named = new TreeSet<>();
        for (String line : table.split("\n")) {
            if (line.startsWith("| ")) {
                Matcher names = Pattern.compile("`([a-z-]+|ADMISSION_[A-Z0-9_]+)`")
                        .matcher(line.substring(0, line.lastIndexOf('|', line.length() - 2)));
                names.results().forEach(result -> named.add(result.group(1)));
            }
        }
        Set<String> there =
                new TreeSet<>(yaml(read("github/action.yml")).path("inputs").propertyNames());
        there.addAll(yaml(read("gitlab/admission.gitlab-ci.yml"))
                .path("admission")
                .path("variables")
                .propertyNames());
        there.add("ADMISSION_IMAGE");
        assertThat(named).isEqualTo(there);
    }

    /** CLI-06: in a log of a pipeline the argument of every command can be read. */
    @Test
    void aKeyInPlaceOfItsNameEndsTheJobBeforeAnythingIsRun() throws Exception {
        String key = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";
        String image = "registry.example/a@sha256:" + "0".repeat(64);
        String action = yaml(read("github/action.yml"))
                .path("runs")
                .path("steps")
                .get(0)
                .path("run")
                .stringValue();
        StringBuilder job = new StringBuilder();
        for (JsonNode entry :
                yaml(read("gitlab/admission.gitlab-ci.yml")).path("admission").path("script")) {
            job.append(entry.stringValue()).append('\n');
        }
        endsAtTheKey(action, Map.of("KEY", key, "IMAGE", image));
        endsAtTheKey(job.toString(), Map.of("ADMISSION_KEY", key, "ADMISSION_IMAGE", image));
    }

    private static void endsAtTheKey(String script, Map<String, String> variables) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-e", "-c", script).redirectErrorStream(true);
        builder.environment().putAll(variables);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(64);
        assertThat(said).contains("is the key itself; name where it is").doesNotContain("MIGH");
    }

    @Test
    void theActionFindsTheLauncherOfItsOwnCheckout() {
        assertThat(FILES.resolve("github/../../../pratique")).isExecutable();
    }
}
