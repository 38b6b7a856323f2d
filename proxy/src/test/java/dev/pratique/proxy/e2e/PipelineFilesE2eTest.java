package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pipeline;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The steps of the pipeline files, run by a shell with the variables that GitHub and GitLab set: what they sign and attest is
 * admitted by the policy that they check it against, and pulled through the proxy.
 */
@Tag("e2e")
class PipelineFilesE2eTest {
    private static final String PASSWORD = "a pipeline's secret";

    private static Stock stock;
    private static RunningProxy proxy;
    private static Path key;
    private static Tool crane;

    @BeforeAll
    static void start() throws IOException {
        crane = Tool.named("crane");
        stock = Stock.of(Registry.Kind.REFERRERS);
        key = Scratch.directory("keys").resolve("ci");
        Pipeline.Ran made = Pipeline.shell(
                Map.of("PRATIQUE_PASSWORD", PASSWORD), "pratique keys generate --output-key-prefix '" + key + "'");
        assertThat(made.exit()).as(made.toString()).isZero();
        String host = stock.registry().host();
        proxy = stock.config()
                .signer("ci", Files.readString(Path.of(key + ".pub")))
                .upstream(host, stock.registry().url())
                .policy("""
                        rules:
                          - name: releases of GitHub
                            repositories: ['HOST/github/**']
                            signedBy: {any: [ci]}
                            provenance: {builders: [github-hosted], sources: ['https://github.com/acme/*'], refs: [refs/heads/main]}
                            base: catalog
                          - name: releases of GitLab
                            repositories: ['HOST/gitlab/**']
                            signedBy: {any: [ci]}
                            provenance:
                              builders: ['https://gitlab.com/acme/app/-/runners/*']
                              sources: ['https://gitlab.com/acme/*']
                              refs: ['refs/tags/v*']
                            base: catalog
                        """.replace("HOST", host))
                .start();
    }

    @AfterAll
    static void stop() {
        proxy.close();
    }

    /** The systems whose files there are. */
    enum System {
        GITHUB,
        GITLAB;

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /** Runs the job about this image, with these of the system's variables changed. */
        Pipeline.Ran run(Image image, Map<String, String> changed) throws IOException {
            Map<String, String> variables = new HashMap<>(Pipeline.recorded(text()));
            variables.putAll(changed);
            variables.put("PRATIQUE_PASSWORD", PASSWORD);
            String pinned = image.pinned(stock.registry().host());
            String policy = proxy.config().directory().toString();
            Path dockerfile = Scratch.file(
                    ".Dockerfile",
                    "FROM " + stock.current().pinned(stock.registry().host()));
            if (this == GITHUB) {
                return Pipeline.action(
                        variables,
                        Map.of(
                                "image",
                                pinned,
                                "key",
                                key + ".key",
                                "dockerfile",
                                dockerfile.toString(),
                                "sbom",
                                Predicates.spdx().toString(),
                                "scan",
                                Predicates.scan().toString(),
                                "policy",
                                policy));
            }
            variables.put("ADMISSION_IMAGE", pinned);
            variables.put("ADMISSION_KEY", key + ".key");
            variables.put("ADMISSION_DOCKERFILE", dockerfile.toString());
            variables.put("ADMISSION_SBOM", Predicates.spdx().toString());
            variables.put("ADMISSION_SCAN", Predicates.scan().toString());
            variables.put("ADMISSION_POLICY", policy);
            return Pipeline.job(variables);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_the_steps_sign_and_attest_is_admitted_and_pulled(System system) throws IOException {
        Image app = stock.app(stock.current(), system.text() + "/app");
        assertThat(pull(app).exit()).isNotZero();

        Pipeline.Ran ran = system.run(app, Map.of());

        assertThat(ran.exit()).as(ran.toString()).isZero();
        assertThat(ran.said()).contains("answer:    admitted").doesNotContain(PASSWORD);
        Tool.Ran pulled = pull(app);
        assertThat(pulled.exit()).as(pulled.toString()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_run_of_another_branch_fails_at_the_check_and_stays_out(System system) throws IOException {
        Image app = stock.app(stock.current(), system.text() + "/app");

        Pipeline.Ran ran = system.run(
                app,
                system == System.GITHUB
                        ? Map.of("GITHUB_REF", "refs/heads/feature")
                        : Map.of("CI_COMMIT_TAG", "", "CI_COMMIT_BRANCH", "feature"));

        assertThat(ran.exit()).as(ran.toString()).isEqualTo(3);
        assertThat(ran.said()).contains("PROVENANCE_REF", "refs/heads/feature");
        assertThat(pull(app).exit()).isNotZero();
    }

    @Test
    void an_image_that_is_named_by_tag_is_not_signed() throws IOException {
        Map<String, String> inputs = Map.of("image", stock.registry().host() + "/github/app:1.0", "key", key + ".key");
        Pipeline.Ran ran = Pipeline.action(Pipeline.recorded("github"), inputs);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(64);
        assertThat(ran.said()).contains("must be named by its digest");
        Map<String, String> variables = new HashMap<>(Pipeline.recorded("gitlab"));
        variables.put("ADMISSION_IMAGE", stock.registry().host() + "/gitlab/app:1.0");
        assertThat(Pipeline.job(variables).exit()).isEqualTo(64);
    }

    /** The text of an input is never a part of a script. */
    @Test
    void an_input_that_looks_like_a_script_is_none() throws IOException {
        Path mark = Scratch.file(".mark");
        Map<String, String> inputs = Map.of(
                "image", "x@sha256:$(touch " + mark + ")\"; touch " + mark + " #", "key", "$(touch " + mark + ")");
        assertThat(Pipeline.action(Pipeline.recorded("github"), inputs).exit()).isNotZero();
        assertThat(mark).doesNotExist();
    }

    private static Tool.Ran pull(Image app) {
        return crane.run(
                "pull",
                "--insecure",
                proxy.host() + "/" + app.repository() + "@" + app.digest(),
                Scratch.file(".tar").toString());
    }
}
