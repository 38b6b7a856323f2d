package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schemas say what the readers do, and every file that we ship or show is valid by an independent validator. */
class ConfigSchemaTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("```ya?ml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    static Stream<String> files() {
        return ConfigDir.FILES.stream();
    }

    /** Who adds a key to a reader adds it to the schema too, config/schema, and the other way round. */
    @ParameterizedTest
    @MethodSource("files")
    void haveTheKeysThatTheReadersKnowAndNoOthers(String file) {
        Set<String> keys = SchemaPaths.of(SchemaPaths.SHAPES.get(file));
        assertThat(keys).hasSizeGreaterThan(2);
        assertThat(SchemaPaths.of(SchemaPaths.schema(file))).isEqualTo(keys);
    }

    /** A key in a schema that nobody reads would be an option that does nothing. */
    @Test
    void haveNoKeyThatChangesNothing() {
        TestConfig config = CompleteConfig.in(directory);
        String before = CompleteConfig.said(TestConfig.valid(config.load(CompleteConfig.ENVIRONMENT)));
        List<String> variables = new ArrayList<>();
        Set<String> missing = new TreeSet<>();
        ConfigDir.FILES.forEach(file -> {
            JsonNode complete = yaml(read(CompleteConfig.FILES.resolve(file)));
            String prefix = "PRATIQUE_" + file.replace(".yaml", "").toUpperCase(Locale.ROOT);
            for (String path : SchemaPaths.of(SchemaPaths.SHAPES.get(file))) {
                List<String> found = new ArrayList<>();
                variables(complete, List.of(path.replace("[]", ".[]").split("\\.")), prefix, found);
                if (found.isEmpty()) {
                    missing.add(file + ": " + path);
                }
                variables.addAll(found);
            }
        });
        assertThat(missing).as("keys that src/test/resources/complete lacks").isEmpty();
        assertThat(variables).hasSizeGreaterThan(70);
        List<String> ignored = new ArrayList<>();
        for (String variable : variables) {
            Map<String, String> environment = new HashMap<>(CompleteConfig.ENVIRONMENT);
            environment.put(variable, "of another kind");
            String after = config.load(environment).fold(CompleteConfig::said, Object::toString);
            assertThat(after).doesNotContain("names no single value", "names more than one value");
            if (after.equals(before)) {
                ignored.add(variable);
            }
        }
        assertThat(ignored).isEmpty();
    }

    /** What a rule asks has no place in one that asks nothing: who adds such a key tells RuleReader and the schema. */
    @ParameterizedTest
    @ValueSource(strings = {"admit: unverified", "refuse: not from here"})
    void refuseWhatAsksInARuleThatAdmitsOrRefusesEverything(String effect) {
        Set<String> any = Set.of("name", "repositories", "environments", "tags", "admit", "refuse");
        JsonNode asking = yaml(read(CompleteConfig.FILES.resolve("policy.yaml")))
                .get("rules")
                .get(0);
        String rule = "rules: [{name: a, repositories: [\"**\"], " + effect + "%s}]\n";
        assertThat(errors("policy.yaml", rule.formatted(""))).isEmpty();
        int asked = 0;
        for (Map.Entry<String, JsonNode> key : asking.properties()) {
            if (any.contains(key.getKey())) {
                continue;
            }
            asked++;
            String mixed = rule.formatted(", " + key.getKey() + ": " + key.getValue());
            assertThat(errors("policy.yaml", mixed)).as(mixed).isNotEmpty();
            String said = "rules[0] says " + effect.replaceAll(":.*", "") + " and " + key.getKey();
            assertThat(new TestConfig(directory).write("policy.yaml", mixed).problems())
                    .extracting(Problem::what)
                    .contains(said);
        }
        assertThat(asked).isGreaterThanOrEqualTo(7);
    }

    private static void variables(JsonNode node, List<String> steps, String name, List<String> found) {
        if (steps.isEmpty()) {
            found.add(name);
            return;
        }
        List<String> rest = steps.subList(1, steps.size());
        if (steps.get(0).equals("[]")) {
            for (int i = 0; i < node.size(); i++) {
                variables(node.get(i), rest, name + "_" + i, found);
            }
        } else if (steps.get(0).equals("*")) {
            node.properties().forEach(one -> variables(one.getValue(), rest, name + "_" + spelt(one.getKey()), found));
        } else if (node.has(steps.get(0))) {
            variables(node.get(steps.get(0)), rest, name + "_" + spelt(steps.get(0)), found);
        }
    }

    private static String spelt(String key) {
        return key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    @ParameterizedTest
    @MethodSource("files")
    void describeEveryKey(String file) {
        List<String> without = new ArrayList<>();
        JsonNode root = SchemaPaths.schema(file);
        described(root, root, "", without);
        assertThat(without).isEmpty();
    }

    private static void described(JsonNode root, JsonNode node, String path, List<String> without) {
        JsonNode schema = SchemaPaths.followed(root, node);
        if (!node.has("description") && !schema.has("description") && !path.endsWith("]")) {
            without.add(path);
        }
        schema.path("properties")
                .properties()
                .forEach(one -> described(root, one.getValue(), path + "." + one.getKey(), without));
        if (schema.has("items")) {
            described(root, schema.get("items"), path + "[]", without);
        }
    }

    static Stream<Path> shipped() throws IOException {
        List<Path> found = new ArrayList<>();
        for (String below : List.of("config/default", "config/src/test/resources/complete", "docs")) {
            try (Stream<Path> walk = Files.walk(ROOT.resolve(below))) {
                walk.filter(path -> ConfigDir.FILES.contains(path.getFileName().toString()))
                        .forEach(found::add);
            }
        }
        assertThat(found).hasSizeGreaterThanOrEqualTo(8);
        return found.stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void acceptEveryShippedFileWhichLeadsToItsSchema(Path file) throws IOException {
        String first = Files.readString(file).lines().findFirst().orElse("");
        String name = file.getFileName().toString();
        Matcher modeline =
                Pattern.compile("# yaml-language-server: \\$schema=(\\S+)").matcher(first);
        assertThat(modeline.matches()).as(first).isTrue();
        Path schema = file.getParent().resolve(modeline.group(1));
        assertThat(Files.readString(schema)).isEqualTo(ConfigSchema.of(name));
        assertThat(errors(name, Files.readString(file))).isEmpty();
    }

    @Test
    void acceptWhatConfigShowPrints() {
        Loaded.Valid valid = (Loaded.Valid) CompleteConfig.in(directory).load(CompleteConfig.ENVIRONMENT);
        valid.effective()
                .files()
                .forEach(file -> assertThat(errors(file, valid.effective().text(file)))
                        .as(file)
                        .isEmpty());
    }

    /** Blocks of YAML in the documentation that are files of the configuration, which the keys tell. */
    @Test
    void acceptEveryExampleOfTheDocumentation() throws IOException {
        List<String> wrong = new ArrayList<>();
        int seen = 0;
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> walk = Files.walk(ROOT.resolve("docs"))) {
            walk.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher blocks = BLOCK.matcher(Files.readString(page));
            while (blocks.find()) {
                JsonNode block = yaml(blocks.group(1));
                for (String file : ConfigDir.FILES) {
                    boolean of = block.propertyNames().stream()
                            .anyMatch(key -> SchemaPaths.SHAPES.get(file).keys().containsKey(key));
                    if (of) {
                        seen++;
                        errors(file, blocks.group(1)).stream()
                                // A page may show a part of a file.
                                .filter(error -> !error.startsWith(": required property"))
                                .forEach(error -> wrong.add(page + ": " + error));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(seen).isGreaterThanOrEqualTo(4);
    }

    @Test
    void acceptTheFilesOfTheManifestForKubernetes() {
        String documents = read(ROOT.resolve("docs/kubernetes/pratique.yaml"));
        String first = documents.substring(0, documents.indexOf("\n---\n"));
        JsonNode data = yaml(first).path("data");
        assertThat(data.propertyNames()).containsExactlyInAnyOrderElementsOf(ConfigDir.FILES);
        for (String file : ConfigDir.FILES) {
            assertThat(errors(file, data.path(file).stringValue())).as(file).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    proxy.yaml   | 'lisen: []'
                    proxy.yaml   | 'tags: {ttl: 30}'
                    proxy.yaml   | 'tags: {ttl: 1w}'
                    proxy.yaml   | 'tags: {}'
                    proxy.yaml   | 'listen: [{address: 5060}]'
                    proxy.yaml   | 'listen: [{name: a}]'
                    proxy.yaml   | 'storage: {directory: s, maxBytes: 10G}'
                    proxy.yaml   | 'upstreams: {a.example: {missing: [403]}}'
                    proxy.yaml   | 'upstreams: {a.example: {missing: [401], url: "https://a.example"}}'
                    proxy.yaml   | 'upstreams: {a.example: {layout: x, url: "https://a.example"}}'
                    proxy.yaml   | 'upstreams: {a.example: {url: "https://a.example/v2/"}}'
                    proxy.yaml   | 'upstreams: {a.example: {url: "https://a.example", credentials: {username: a, password: b}}}'
                    proxy.yaml   | 'refusal: {status: {"x/": 302}}'
                    trust.yaml   | 'signers: {a: {}}'
                    trust.yaml   | 'signers: {a: {key: b, keys: [c]}}'
                    trust.yaml   | 'signers: {a: {keys: [b], validUntil: 2027-01-01}}'
                    trust.yaml   | 'signers: {a: {keys: [{key: b, pem: c}]}}'
                    trust.yaml   | 'signers: {a: {key: b, algorithms: [sha256]}}'
                    trust.yaml   | 'signers: {a: {key: b, validFrom: soon}}'
                    policy.yaml  | 'rules: [{name: a, repositories: ["**"], signedBy: {any: [a], all: [a]}}]'
                    policy.yaml  | 'rules: [{name: a, repositories: ["**"], signedBy: {of: [a]}}]'
                    policy.yaml  | 'rules: [{name: a, repositories: ["**"], signedBy: {atLeast: 0, of: [a]}}]'
                    trust.yaml   | 'signers: {"a b": {key: c}}'
                    policy.yaml  | 'rules: []'
                    policy.yaml  | 'rules: [{name: a, repositories: ["**"]}]'
                    policy.yaml  | 'rules: [{name: a, repositories: ["**"], mode: Warn, base: catalog}]'
                    policy.yaml  | 'rules: [{name: a, repositories: ["**"], admit: unverified, base: catalog}]'
                    policy.yaml  | 'rules: [{name: a, repositories: [nginx], base: catalog}]'
                    catalog.yaml | 'bases: []'
                    catalog.yaml | 'version: 1.5'
                    catalog.yaml | 'version: 1, bases: [{name: a}]'
                    """)
    void refuseWhatTheReadersRefuse(String file, String text) {
        assertThat(errors(file, "{" + text + "}")).isNotEmpty();
        String upstreams = "upstreams: {docker.io: {url: \"https://registry-1.docker.io\"}}";
        String rest = file.equals("proxy.yaml")
                ? ", storage: {directory: s}" + (text.startsWith("upstreams") ? "" : ", " + upstreams)
                : "";
        if (text.startsWith("storage")) {
            rest = ", " + upstreams;
        }
        TestConfig config = new TestConfig(directory).write(file, "{" + text + rest + "}\n");
        assertThat(config.problems()).isNotEmpty();
    }

    private static List<String> errors(String file, String text) {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(ConfigSchema.of(file), InputFormat.JSON);
        return schema.validate(yaml(text).toString(), InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    private static JsonNode yaml(String text) {
        Object tree =
                new Load(LoadSettings.builder().setSchema(new CoreSchema()).build()).loadFromString(text);
        return JsonMapper.shared().valueToTree(tree);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
