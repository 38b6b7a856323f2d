package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.signer.provenance.Recorded;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What provenance says of an image's base, and what a rule about provenance says of the image then. */
class ProvenanceMaterialsTest {
    private static final String BASE_NAME = "org.opencontainers.image.base.name";
    private static final String BASE_DIGEST = "org.opencontainers.image.base.digest";

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private String host;
    private Digest base;

    @BeforeEach
    void make() throws Exception {
        registry = new TestRegistry(true);
        host = registry.host();
        terminal = inGitHub();
        base = image("base/debian", "12", Map.of(), "debian");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private TestTerminal inGitHub() {
        TestTerminal fresh = new TestTerminal(home);
        Recorded.variables("github").forEach(fresh::with);
        return fresh;
    }

    /** An image for linux/amd64 of layers with this content. */
    private Digest image(String repository, String tag, Map<String, String> annotations, String... layers) {
        List<String> diffIds = new ArrayList<>();
        List<Object> descriptors = new ArrayList<>();
        for (String layer : layers) {
            byte[] content = layer.getBytes(StandardCharsets.UTF_8);
            diffIds.add(registry.blob(content).toString());
            descriptors.add(descriptor("application/vnd.oci.image.layer.v1.tar", content));
        }
        byte[] config = JsonWriter.bytes(Map.of(
                "os", "linux", "architecture", "amd64", "rootfs", Map.of("type", "layers", "diff_ids", diffIds)));
        registry.blob(config);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", descriptor(MediaType.OCI_CONFIG, config));
        manifest.put("layers", descriptors);
        manifest.put("annotations", annotations);
        return registry.store(repository, tag, JsonWriter.bytes(manifest), MediaType.OCI_MANIFEST);
    }

    private static Map<String, Object> descriptor(String type, byte[] content) {
        return Map.of("mediaType", type, "size", content.length, "digest", Digest.sha256(content));
    }

    private Map<String, String> claims(String name, Digest digest) {
        return Map.of(BASE_NAME, host + "/" + name, BASE_DIGEST, digest.toString());
    }

    private String material(String repository, String tag, Digest digest, String seen) {
        return "{\"uri\":\"pkg:docker/" + host + "/" + repository + "@" + tag + "?digest=sha256%3A" + digest.hex()
                + "\",\"digest\":{\"sha256\":\"" + digest.hex() + "\"},\"annotations\":{\"dev.pratique.seen\":\"" + seen
                + "\"}}";
    }

    private int provenance(Digest image, String... more) {
        List<String> arguments = new ArrayList<>(List.of("provenance", "--image", host + "/team/app@" + image));
        arguments.addAll(List.of(more));
        return terminal.run(arguments.toArray(new String[0]));
    }

    @Test
    void aBaseThatTheAnnotationsNameIsBelievedWhereTheLayersAgree() {
        Digest app = image("team/app", "v1", claims("base/debian:12", base), "debian", "app");
        assertThat(provenance(app)).isZero();
        assertThat(terminal.out()).contains(material("base/debian", "12", base, "layers"));
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void aBaseThatTheAnnotationsNameIsNotBelievedWhereTheLayersDisagree() {
        Digest app = image("team/app", "v1", claims("base/debian:12", base), "alpine", "app");
        assertThat(provenance(app)).isZero();
        assertThat(terminal.out()).doesNotContain("pkg:docker");
        assertThat(terminal.err())
                .isEqualTo("warning: its annotations name " + host + "/base/debian@" + base
                        + " as its base, whose layers are not its lowest: not believed\n");
    }

    @Test
    void aBaseThatTheAnnotationsNameIsNotBelievedWhereItCannotBeLookedAt() {
        Digest none = Digest.sha256(new byte[] {1});
        Digest app = image("team/app", "v1", claims("base/debian:12", none), "debian", "app");
        assertThat(provenance(app)).isZero();
        assertThat(terminal.out()).doesNotContain("pkg:docker");
        assertThat(terminal.err()).contains("which cannot be looked at, so it is not believed (there is no image ");
    }

    @Test
    void aBaseThatTheCommandLineNamesMustBeIt() {
        Digest app = image("team/app", "v1", Map.of(), "debian", "app");
        assertThat(provenance(app, "--base-image", host + "/base/debian:12")).isZero();
        assertThat(terminal.out()).contains(material("base/debian", "12", base, "layers"));
        Digest rebuilt = image("base/debian", "12", Map.of(), "debian with fixes");
        assertThat(provenance(app, "--base-image", host + "/base/debian:12")).isEqualTo(1);
        assertThat(terminal.err())
                .isEqualTo("pratique: " + host + "/team/app@" + app + " does not stand on " + host
                        + "/base/debian:12: the layers of that one are not its lowest\n"
                        + "hint: a base that was built again has other layers: name it by the digest that was used\n");
        assertThat(rebuilt).isNotEqualTo(base);
        assertThat(provenance(app, "--base-image", host + "/base/debian@" + base))
                .isZero();
        assertThat(terminal.out()).contains(base.hex());
    }

    @Test
    void anImageOfAnIndexMustStandOnItEverywhere() {
        Digest good = image("team/app", "one", Map.of(), "debian", "app");
        Digest bad = image("team/app", "two", Map.of(), "alpine", "app");
        Digest both = registry.index("team/app", "both", good, bad);
        assertThat(provenance(both, "--base-image", host + "/base/debian:12")).isEqualTo(1);
        Digest whole = registry.index("team/app", "whole", good);
        assertThat(provenance(whole, "--base-image", host + "/base/debian:12")).isZero();
    }

    @Test
    void theCatalogNamesTheBaseThatItStandsOn() throws Exception {
        Path config =
                TestConfig.write(home.resolve("config"), host, "- {name: lab, repositories: [\"**\"], refuse: no}\n");
        TestKeys.write(config.resolve("ci"));
        Files.writeString(config.resolve("catalog.yaml"), "version: 1\nbases: []\n");
        assertThat(terminal.run(
                        "catalog",
                        "approve",
                        "--config",
                        config.toString(),
                        host + "/base/debian:12",
                        "--name",
                        "debian",
                        "--version",
                        "12",
                        "--owner",
                        "team"))
                .as(terminal.err())
                .isZero();
        String catalog = config.resolve("catalog.yaml").toString();
        Digest app = image("team/app", "v1", Map.of(), "debian", "app");
        int exit = provenance(app, "--catalog", catalog);
        assertThat(exit).as(terminal.err()).isZero();
        assertThat(terminal.out()).contains(material("base/debian", "12", base, "layers"));
        Digest other = image("team/app", "v2", Map.of(), "alpine", "app");
        assertThat(provenance(other, "--catalog", catalog)).isZero();
        assertThat(terminal.out()).doesNotContain("pkg:docker");
    }

    @Test
    void theDockerfilesTagsAreLookedUpOnlyWhenAsked() throws Exception {
        Path file = Files.writeString(
                home.resolve("Dockerfile"), "ARG V=12\nFROM " + host + "/base/debian:$V\nCOPY --from=$X a b\n");
        assertThat(terminal.run("provenance", "--dockerfile", file.toString())).isZero();
        assertThat(terminal.out())
                .contains("\"pkg:docker/" + host + "/base/debian@12\"")
                .doesNotContain(base.hex());
        assertThat(terminal.err()).isEqualTo("warning: " + file + ":3: $X is not known, so it is not said\n");
        assertThat(registry.log()).isEmpty();
        assertThat(terminal.run("provenance", "--dockerfile", file.toString(), "--resolve-tags"))
                .isZero();
        assertThat(terminal.out()).contains(material("base/debian", "12", base, "registry"));
        assertThat(terminal.run("provenance", "--dockerfile", file.toString(), "--resolve-tags", "--build-arg", "V=13"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("there is no image " + host + "/base/debian:13");
    }

    @Test
    void whatTheLayersShowGoesBeforeWhatIsOnlyNamed() throws Exception {
        Digest app = image("team/app", "v1", claims("base/debian:12", base), "debian", "app");
        Path dockerfile = Files.writeString(home.resolve("Dockerfile"), "FROM " + host + "/base/debian:12@" + base);
        Path metadata = Files.writeString(
                home.resolve("metadata.json"),
                "{\"containerimage.digest\":\"" + app + "\",\"buildx.build.provenance\":{\"materials\":[{\"uri\":"
                        + "\"pkg:docker/" + host + "/base/debian@12?platform=linux%2Famd64\",\"digest\":{\"sha256\":\""
                        + base.hex() + "\"}},{\"uri\":\"pkg:docker/docker/dockerfile@1\",\"digest\":{\"sha256\":\""
                        + "cd".repeat(32) + "\"}}]}}");
        assertThat(provenance(app, "--dockerfile", dockerfile.toString(), "--buildkit-metadata", metadata.toString()))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out()).containsOnlyOnce(base.hex() + "\"}").contains("pkg:docker/docker/dockerfile@1");
        Digest other = image("team/app", "v2", Map.of(), "debian", "other");
        assertThat(provenance(other, "--buildkit-metadata", metadata.toString()))
                .isEqualTo(1);
        assertThat(terminal.err())
                .isEqualTo("pratique: " + metadata + " is about " + app + ", not about " + other + "\n"
                        + "hint: name the image by the digest that was built, or give the metadata of its build\n");
    }

    /** A login that is given for one run is not shown to the registry of a base. */
    @Test
    void theLoginOfTheImagesRegistryIsNotShownToOthers() throws Exception {
        List<String> seen = new ArrayList<>();
        try (TestRegistry elsewhere = new TestRegistry(true)) {
            elsewhere.trouble(exchange -> {
                seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"elsewhere\"");
                TestRegistry.answer(exchange, 401, null, new byte[0]);
                return true;
            });
            Digest app = image("team/app", "v1", Map.of(), "debian", "app");
            terminal.with("SECRET", "hunter2");
            assertThat(provenance(
                            app,
                            "--registry-username",
                            "robot",
                            "--registry-password",
                            "env://SECRET",
                            "--base-image",
                            elsewhere.host() + "/base/debian:12"))
                    .isEqualTo(77);
            assertThat(seen).isNotEmpty().containsOnly("null");
        }
    }

    @Test
    void attestSignsTheRunInOneStepAndTheRuleReadsIt() throws Exception {
        Path config = TestConfig.write(home.resolve("config"), host, """
                - name: releases
                  repositories: ["REGISTRY/team/**"]
                  provenance:
                    signedBy: {any: [ci]}
                    builders: [github-hosted]
                    sources: ["https://github.com/acme/*"]
                    refs: [refs/heads/main, "refs/tags/v*"]
                """);
        TestKeys.write(config.resolve("ci"));
        Digest app = image("team/app", "v1", claims("base/debian:12", base), "debian", "app");
        String name = host + "/team/app@" + app;
        assertThat(check(config, name)).isEqualTo(3);
        assertThat(terminal.out()).contains("NO_PROVENANCE", "--predicate auto");

        for (Map.Entry<String, String> wrong : Map.of(
                        "GITHUB_REF", "refs/heads/feature",
                        "RUNNER_ENVIRONMENT", "self-hosted",
                        "GITHUB_REPOSITORY", "evil/app")
                .entrySet()) {
            terminal = inGitHub().with(wrong.getKey(), wrong.getValue());
            String other = host + "/team/other@" + image("team/other", "v1", Map.of(), "debian", wrong.getKey());
            assertThat(attest(config, other)).as(terminal.err()).isZero();
            assertThat(check(config, other)).isEqualTo(3);
            String reason = Map.of(
                            "GITHUB_REF", "PROVENANCE_REF",
                            "RUNNER_ENVIRONMENT", "PROVENANCE_BUILDER",
                            "GITHUB_REPOSITORY", "PROVENANCE_SOURCE")
                    .get(wrong.getKey());
            assertThat(terminal.out()).contains(reason);
        }

        terminal = inGitHub();
        assertThat(attest(config, name)).isZero();
        assertThat(terminal.out()).contains("https://slsa.dev/provenance/v1 stored as referrer");
        assertThat(check(config, name)).as(terminal.out()).isZero();
        assertThat(terminal.out())
                .contains("built by https://github.com/actions/runner/github-hosted from https://github.com/acme/app"
                        + " at refs/heads/main");
    }

    /** One run built all of an index: each image of it, pulled by its own digest, has the run's provenance. */
    @Test
    void everyImageOfAnIndexGetsTheRunsProvenance() throws Exception {
        Path config = TestConfig.write(home.resolve("config"), host, """
                - name: releases
                  repositories: ["REGISTRY/team/**"]
                  provenance: {signedBy: {any: [ci]}, builders: [github-hosted], sources: ["https://github.com/acme/*"]}
                """);
        TestKeys.write(config.resolve("ci"));
        Digest one = image("team/app", "one", Map.of(), "debian", "one");
        Digest two = image("team/app", "two", Map.of(), "debian", "two");
        Digest index = registry.index("team/app", "all", one, two);
        String name = host + "/team/app@";
        assertThat(attest(config, name + index)).isZero();
        assertThat(check(config, name + one)).isEqualTo(3);

        assertThat(attest(config, name + index, "--recursive", "--base-image", host + "/base/debian:12"))
                .as(terminal.err())
                .isZero();
        for (Digest each : List.of(index, one, two)) {
            assertThat(check(config, name + each)).as(terminal.out()).isZero();
        }
    }

    private int attest(Path config, String name, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("attest", "--key", config.resolve("ci.key").toString()));
        arguments.addAll(List.of("--type", "slsaprovenance1", "--predicate", "auto", name));
        arguments.addAll(List.of(more));
        return terminal.run(arguments.toArray(new String[0]));
    }

    private int check(Path config, String name) {
        return terminal.run("check", "--config", config.toString(), name);
    }

    @Test
    void everySystemsRunIsAdmittedByARuleThatNamesIt() throws Exception {
        Map<String, List<String>> rules = Map.of(
                "github", List.of("github-hosted", "https://github.com/acme/*", "refs/heads/main"),
                "gitlab",
                        List.of("https://gitlab.com/acme/app/-/runners/*", "https://gitlab.com/acme/*", "refs/tags/v*"),
                "buildkite",
                        List.of("https://buildkite.com/acme-builds", "ssh://git@git.example/acme/*", "refs/heads/main"),
                "jenkins", List.of("https://jenkins.example", "https://git.example/acme/*", "refs/heads/main"),
                "tekton", List.of("https://tekton.example/acme", "https://git.example/acme/*", "refs/heads/main"));
        assertThat(rules.keySet()).containsExactlyInAnyOrderElementsOf(Recorded.systems());
        for (String system : Recorded.systems()) {
            List<String> rule = rules.get(system);
            Path config =
                    TestConfig.write(home.resolve(system), host, """
                    - name: releases
                      repositories: ["REGISTRY/team/**"]
                      provenance: {signedBy: {any: [ci]}, builders: ["%s"], sources: ["%s"], refs: ["%s"]}
                    """.formatted(rule.get(0), rule.get(1), rule.get(2)));
            TestKeys.write(config.resolve("ci"));
            Digest app = image("team/" + system, "v1", Map.of(), "debian", system);
            String name = host + "/team/" + system + "@" + app;
            terminal = new TestTerminal(home);
            Recorded.variables(system).forEach(terminal::with);
            List<String> arguments = new ArrayList<>(List.of(
                    "attest",
                    "--key",
                    config.resolve("ci.key").toString(),
                    "--type",
                    "slsaprovenance1",
                    "--predicate",
                    "auto",
                    name));
            arguments.addAll(Recorded.options(system));
            assertThat(terminal.run(arguments.toArray(new String[0])))
                    .as(terminal.err())
                    .isZero();
            assertThat(check(config, name)).as(terminal.out()).isZero();
        }
    }

    @Test
    void refuses_when_a_run_on_the_branch_was_for_something_else() throws Exception {
        Path config = TestConfig.write(home.resolve("config"), host, """
                - name: releases
                  repositories: ["REGISTRY/team/**"]
                  provenance:
                    signedBy: {any: [ci]}
                    builders: [github-hosted]
                    sources: ["https://github.com/acme/*"]
                    refs: [refs/heads/main]
                """);
        TestKeys.write(config.resolve("ci"));
        for (String run : Recorded.elsewhere()) {
            String repository = host + "/team/" + run.replaceFirst(".*/", "").replace('_', '-');
            String name =
                    repository + "@" + image(repository.substring(host.length() + 1), "v1", Map.of(), "debian", run);
            terminal = new TestTerminal(home);
            Recorded.variables(run).forEach(terminal::with);
            assertThat(attest(config, name)).as(terminal.err()).isZero();
            assertThat(check(config, name)).as(terminal.out()).isEqualTo(3);
            assertThat(terminal.out()).contains("PROVENANCE_REF");
        }
    }

    @Test
    void optionsOfTheRunSayNothingOfAPredicateThatIsGiven() throws Exception {
        TestKeys.write(home.resolve("ci"));
        Path file = Files.writeString(home.resolve("p.json"), "{}");
        String key = home.resolve("ci.key").toString();
        Digest app = image("team/app", "v1", Map.of(), "debian");
        String name = host + "/team/app@" + app;
        assertThat(terminal.run(
                        "attest",
                        "--key",
                        key,
                        "--type",
                        "slsaprovenance1",
                        "--predicate",
                        file.toString(),
                        "--builder-id",
                        "https://x.example",
                        name))
                .isEqualTo(64);
        assertThat(terminal.err())
                .isEqualTo("pratique: what is said of the run and of what went into the image is for --predicate auto"
                        + " alone\nhint: leave these options out, or let the predicate be made: --predicate auto\n");
        assertThat(terminal.run("attest", "--key", key, "--type", "spdxjson", "--predicate", "auto", name))
                .isEqualTo(64);
        assertThat(terminal.err())
                .isEqualTo("pratique: --predicate auto makes provenance, and --type is https://spdx.dev/Document\n"
                        + "hint: --type slsaprovenance1\n");
        assertThat(new TestTerminal(home)
                        .run("attest", "--key", key, "--type", "slsaprovenance1", "--predicate", "auto", name))
                .isEqualTo(1);
        assertThat(registry.log().stream().filter(line -> line.startsWith("PUT")))
                .isEmpty();
    }
}
