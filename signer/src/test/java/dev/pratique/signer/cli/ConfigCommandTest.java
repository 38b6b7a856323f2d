package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.ConfigDir;
import dev.pratique.config.ConfigSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;
    private Path config;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).with("PRATIQUE_PROXY_TAGS_TTL", "5m");
        config = TestConfig.write(
                home.resolve("config"), "reg.example", "- {name: a, repositories: ['**'], refuse: x}\n");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\n");
    }

    @Test
    void showPrintsEveryValueWithWhereItIsFrom() {
        assertThat(terminal.run("config", "show", "--config", config.toString()))
                .isZero();
        assertThat(terminal.out())
                .startsWith("# " + config + ", revision ")
                .contains("# ---- proxy.yaml\n", "# ---- policy.yaml\n")
                .containsPattern("ttl: 5m +# PRATIQUE_PROXY_TAGS_TTL\n")
                .containsPattern("staleIfError: 0 +# default\n")
                .containsPattern("refuse: x +# policy.yaml:\\d+\n");
    }

    @Test
    void showOfOneFileReadsToTheSameAgain() throws Exception {
        assertThat(terminal.run("config", "check", "--config", config.toString()))
                .isZero();
        String before = terminal.out();
        for (String file : ConfigDir.FILES) {
            if (Files.exists(config.resolve(file))) {
                assertThat(terminal.run("config", "show", file, "--config", config.toString()))
                        .isZero();
                Files.writeString(config.resolve(file), terminal.out());
            }
        }
        assertThat(terminal.run("config", "check", "--config", config.toString()))
                .isZero();
        assertThat(terminal.out()).isEqualTo(before).contains("revision ");
    }

    @Test
    void showSaysWhomTheSignersStandForAndWhoMayBeNamed() throws Exception {
        TestKeys.write(config.resolve("ci"));
        Files.writeString(config.resolve("trust.yaml"), """
                signers:
                  app: {github: {owner: acme, repository: app, workflow: release.yml, refs: [refs/heads/main, "refs/tags/v*"]}}
                  k8s: {publisher: kubernetes}
                  keyed: {key: ci.pub, counts: [sign, message]}
                """);
        assertThat(terminal.run("config", "show", "trust", "--config", config.toString()))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out())
                .contains("publisher: kubernetes", "# whom these signers stand for:\n")
                .containsPattern("#   app \\(counts: sign\\)\n(#     1 of 2:\n)?#     issuer: "
                        + "https://token.actions.githubusercontent.com\n")
                .contains("#   k8s (counts: sign)\n#     issuer: https://accounts.google.com\n"
                        + "#     subject: krel-trust@k8s-releng-prod.iam.gserviceaccount.com\n")
                .containsPattern("#   keyed \\(counts: sign, message\\)\n#     the key sha256:[0-9a-f]{64}, "
                        + "ecdsa-sha2-256-nistp256\n")
                .contains("# publishers that a signer may be, as {publisher: NAME}:\n")
                .contains("#   kubernetes: release images of Kubernetes\n#     says so: https://kubernetes.io/docs/")
                .contains("#   chainguard: ", "#   distroless: ");
        String shown = terminal.out();
        assertThat(terminal.run("config", "show", "trust", "-o", "json", "--config", config.toString()))
                .isZero();
        assertThat(terminal.out())
                .contains(
                        "\"signers\":[{\"name\":\"app\",\"counts\":[\"sign\"],\"keys\":[],\"identities\":[[\"issuer: ")
                .contains("\"publishers\":[{\"name\":\"kubernetes\",\"about\":\"release images of Kubernetes\",");
        Files.writeString(config.resolve("trust.yaml"), shown);
        assertThat(terminal.run("config", "show", "trust", "--config", config.toString()))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.run("config", "show", "policy", "-o", "json", "--config", config.toString()))
                .isZero();
        assertThat(terminal.out()).doesNotContain("\"publishers\"");
    }

    @Test
    void showTellsProgramsTheSame() {
        assertThat(terminal.run("config", "show", "proxy", "-o", "json", "--config", config.toString()))
                .isZero();
        assertThat(terminal.out())
                .startsWith("{\"schema\":\"pratique.config.show/v1\",\"directory\":")
                .contains("{\"file\":\"proxy.yaml\",\"path\":\"tags.ttl\",\"value\":\"5m\",\"source\":\"variable\","
                        + "\"from\":\"PRATIQUE_PROXY_TAGS_TTL\"}")
                .doesNotContain("policy.yaml");
    }

    @Test
    void showOfWhatIsNotInOrderIsWhatIsWrong() throws Exception {
        Files.writeString(config.resolve("policy.yaml"), "rules: []\n");
        assertThat(terminal.run("config", "show", "--config", config.toString()))
                .isEqualTo(78);
        assertThat(terminal.err()).contains("policy.yaml:1: rules is an empty list", "pratique config check");
        assertThat(terminal.run("config", "show", "poxy", "--config", config.toString()))
                .isEqualTo(78);
        Files.writeString(config.resolve("policy.yaml"), "rules: [{name: a, repositories: ['**'], refuse: x}]\n");
        assertThat(terminal.run("config", "show", "poxy", "--config", config.toString()))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("'poxy' is no file of the configuration");
        assertThat(terminal.run("config", "show", "catalog", "--config", config.toString()))
                .isEqualTo(Files.exists(config.resolve("catalog.yaml")) ? 0 : 1);
    }

    @Test
    void schemaPrintsWhatEditorsTake() throws Exception {
        assertThat(terminal.run("config", "schema", "policy")).isZero();
        assertThat(terminal.out()).isEqualTo(ConfigSchema.of("policy.yaml"));
        assertThat(terminal.run("config", "schema")).isZero();
        assertThat(terminal.out()).contains("catalog.yaml  see: pratique config schema catalog.yaml");
        assertThat(terminal.run("config", "schema", "-o", "json", "trust.yaml")).isZero();
        assertThat(terminal.out())
                .startsWith("{\"schema\":\"pratique.config.schema/v1\",\"schemas\":{\"trust.yaml\":{\"$schema\":");
        assertThat(terminal.run(
                        "config",
                        "schema",
                        "--output-dir",
                        home.resolve("schema").toString()))
                .isZero();
        assertThat(home.resolve("schema/proxy.schema.json")).hasContent(ConfigSchema.of("proxy.yaml"));
        assertThat(terminal.run("config", "schema", "x")).isEqualTo(64);
    }
}
