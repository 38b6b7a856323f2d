package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.PackageServer;
import dev.pratique.proxy.e2e.rig.Pipeline;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.Program;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The steps of the pipeline files, run by a shell with the variables that GitHub and GitLab set, against a registry that asks
 * for a login: what they sign and attest is admitted by the policy that they check it against, and pulled through the proxy.
 */
@Tag("e2e")
class PipelineFilesE2eTest {
    private static final String PASSWORD = "a pipeline's secret";
    private static final String USER = "ci";
    private static final String LOGIN = "of-the-pipeline";
    /** That login, as bcrypt has it. */
    private static final String HTPASSWD = USER + ":$2b$05$abcdefghijklmnopqrstuu1FPzxV/2EP7W/tbXVjJ9cVMggrMmyA.\n";

    private static Stock stock;
    /** The stock's content, for those who log in. */
    private static Registry registry;

    private static RunningProxy proxy;
    /** What a job checks out of the proxy's configuration: all files, and the password is where the proxy is. */
    private static Path policy;

    private static Path key;
    private static Tool crane;

    @BeforeAll
    static void start() throws IOException {
        crane = Tool.named("crane");
        stock = Stock.of(Registry.Kind.TAGS);
        registry = stock.registry().withLogin(HTPASSWD);
        key = Scratch.directory("keys").resolve("ci");
        Pipeline.Ran made = Pipeline.shell(
                Map.of("PRATIQUE_PASSWORD", PASSWORD), "pratique keys generate --output-key-prefix '" + key + "'");
        assertThat(made.exit()).as(made.toString()).isZero();
        Path password = Scratch.file(".password", LOGIN);
        String credentials = ", credentials: {username: '%s', password: {file: '%s'}}".formatted(USER, password);
        proxy = stock.config()
                .signer("ci", Files.readString(Path.of(key + ".pub")))
                .upstream(registry.host(), registry.url(), credentials)
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
                        """.replace("HOST", registry.host()))
                .start();
        policy = checkedOut(proxy.config().directory(), password);
    }

    private static Path checkedOut(Path configuration, Path password) throws IOException {
        Path copy = Scratch.directory("policy");
        try (Stream<Path> all = Files.walk(configuration)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(configuration.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        Path proxyFile = copy.resolve("proxy.yaml");
        String text = Files.readString(proxyFile);
        assertThat(text).contains(password.toString());
        Files.writeString(
                proxyFile,
                text.replace(password.toString(), Scratch.file(".elsewhere").toString()));
        return copy;
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, registry);
    }

    /** The systems whose files there are. */
    enum System {
        GITHUB,
        GITLAB;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        Image app() {
            return stock.app(stock.current(), text() + "/app");
        }

        /** The system's own, as it is after its step of logging in or with the login that it gives every job. */
        Map<String, String> variables() throws IOException {
            Map<String, String> variables = new HashMap<>(Pipeline.recorded(text()));
            variables.put("PRATIQUE_PASSWORD", PASSWORD);
            if (this == GITHUB) {
                String auth = Base64.getEncoder().encodeToString((USER + ":" + LOGIN).getBytes(StandardCharsets.UTF_8));
                Path docker = Scratch.directory("docker");
                Files.writeString(
                        docker.resolve("config.json"),
                        "{\"auths\": {\"" + registry.host() + "\": {\"auth\": \"" + auth + "\"}}}");
                variables.put("DOCKER_CONFIG", docker.toString());
            } else {
                variables.putAll(Map.of(
                        "CI_REGISTRY", registry.host(), "CI_REGISTRY_USER", USER, "CI_REGISTRY_PASSWORD", LOGIN));
            }
            return variables;
        }

        /** Runs the job about this image. */
        Pipeline.Ran run(Image image, Map<String, String> variables) throws IOException {
            return run(image, variables, Optional.empty());
        }

        Pipeline.Ran run(Image image, Map<String, String> variables, Optional<Step> left) throws IOException {
            if (this == GITHUB) {
                return Pipeline.action(variables, inputs(image), left.map(step -> step.github));
            }
            Map<String, String> all = new HashMap<>(variables);
            all.put("ADMISSION_IMAGE", image.pinned(registry.host()));
            inputs(image).forEach((name, value) -> {
                if (!name.equals("image")) {
                    all.put("ADMISSION_" + name.toUpperCase(Locale.ROOT).replace('-', '_'), value);
                }
            });
            return Pipeline.job(all, left.map(step -> step.gitlab));
        }

        private static Map<String, String> inputs(Image image) {
            Path dockerfile =
                    Scratch.file(".Dockerfile", "FROM " + stock.current().pinned(registry.host()));
            return Map.of(
                    "image", image.pinned(registry.host()),
                    "key", key + ".key",
                    "dockerfile", dockerfile.toString(),
                    "sbom", Predicates.spdx().toString(),
                    "scan", Predicates.scan().toString(),
                    "policy", policy.toString());
        }
    }

    /** What each of them does, and which gate asks for it. */
    enum Step {
        SIGN("Sign", "signing sign", "NOT_A_SIGNATURE", ""),
        PROVENANCE("Attest the provenance", "signing attest --type slsa", "NO_PROVENANCE", ""),
        SBOM("Attest the SBOM", "if [ -n \"$ADMISSION_SBOM\"", "", "spdxjson"),
        SCAN("Attest the scan", "if [ -n \"$ADMISSION_SCAN\"", "", "vuln");

        private final String github;
        private final String gitlab;
        private final String reason;
        private final String type;

        /**
         * @param reason that the policy gives without it; empty where no rule can ask for it
         * @param type of the statement that is asked for then
         */
        Step(String github, String gitlab, String reason, String type) {
            this.github = github;
            this.gitlab = gitlab;
            this.reason = reason;
            this.type = type;
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_the_steps_sign_and_attest_is_admitted_and_pulled(System system) throws IOException {
        Image app = system.app();
        assertThat(pull(app).exit()).isNotZero();

        Pipeline.Ran ran = system.run(app, system.variables());

        assertThat(ran.exit()).as(ran.toString()).isZero();
        assertThat(ran.said()).contains("answer:    admitted").doesNotContain(PASSWORD, LOGIN);
        Tool.Ran pulled = pull(app);
        assertThat(pulled.exit()).as(pulled.toString()).isZero();
        assertStated("spdxjson", app, true);
        assertStated("vuln", app, true);
    }

    static Stream<Arguments> steps() {
        return Stream.of(System.values())
                .flatMap(system -> Stream.of(Step.values()).map(step -> Arguments.of(system, step)));
    }

    /** The policy asks for signature and provenance; for an SBOM and a scan whoever reads them does. */
    @ParameterizedTest
    @MethodSource("steps")
    void without_one_step_the_gate_that_asks_for_it_does_not_open(System system, Step left) throws IOException {
        Image app = system.app();

        Pipeline.Ran ran = system.run(app, system.variables(), Optional.of(left));

        boolean policy = left.type.isEmpty();
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(policy ? 3 : 0);
        assertThat(ran.said()).contains(policy ? left.reason : "answer:    admitted");
        assertThat(pull(app).exit() == 0).isEqualTo(!policy);
        if (!policy) {
            assertStated("spdxjson", app, left != Step.SBOM);
            assertStated("vuln", app, left != Step.SCAN);
        }
    }

    /** Whether our own and cosign's verification find the statement, signed by the pipeline's key. */
    private static void assertStated(String type, Image app, boolean expected) {
        String image = app.pinned(stock.registry().host());
        Tool.Ran ours = Program.signer("verify", "--key", key + ".pub", "--type", type, image);
        assertThat(ours.exit()).as(ours.toString()).isEqualTo(expected ? 0 : 3);
        Tool.Ran theirs = Tool.named("cosign")
                .run(
                        "verify-attestation",
                        "--insecure-ignore-tlog",
                        "--allow-http-registry",
                        "--key",
                        key + ".pub",
                        "--type",
                        type,
                        image);
        assertThat(theirs.succeeded()).as(theirs.toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void a_run_of_another_branch_fails_at_the_check_and_stays_out(System system) throws IOException {
        Image app = system.app();
        Map<String, String> variables = system.variables();
        variables.putAll(
                system == System.GITHUB
                        ? Map.of("GITHUB_REF", "refs/heads/feature")
                        : Map.of("CI_COMMIT_TAG", "", "CI_COMMIT_BRANCH", "feature"));

        Pipeline.Ran ran = system.run(app, variables);

        assertThat(ran.exit()).as(ran.toString()).isEqualTo(3);
        assertThat(ran.said()).contains("PROVENANCE_REF", "refs/heads/feature");
        assertThat(pull(app).exit()).isNotZero();
    }

    @ParameterizedTest
    @EnumSource
    void without_the_login_nothing_is_signed(System system) throws IOException {
        Image app = system.app();
        Map<String, String> variables = system.variables();
        variables.keySet().removeAll(Set.of("DOCKER_CONFIG", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD"));
        variables.put("DOCKER_CONFIG", Scratch.directory("docker").toString());

        Pipeline.Ran ran = system.run(app, variables);

        assertThat(ran.exit()).as(ran.toString()).isEqualTo(77);
        assertThat(pull(app).exit()).isNotZero();
    }

    /** On GitLab, where the job's image has Java and no pratique: it is fetched, and it must be the one that was meant. */
    @Test
    void the_job_brings_the_program_along_and_no_other_one() throws IOException {
        Image app = System.GITLAB.app();
        Path tar = Pipeline.tar();
        String token = "token-of-the-job";
        try (PackageServer packages = PackageServer.of(tar, token)) {
            Map<String, String> variables = System.GITLAB.variables();
            variables.putAll(Map.of(
                    "CI_API_V4_URL", packages.api(),
                    "CI_JOB_TOKEN", token,
                    "ADMISSION_IMAGE", app.pinned(registry.host()),
                    "ADMISSION_KEY", key + ".key",
                    "ADMISSION_POLICY", policy.toString()));
            assertThat(Pipeline.bareJob(variables).said()).contains("says where the tar of pratique is");

            variables.put("ADMISSION_PRATIQUE_TAR", packages.url());
            Pipeline.Ran unnamed = Pipeline.bareJob(variables);
            assertThat(unnamed.exit()).isNotZero();
            assertThat(unnamed.said()).contains("is the SHA-256 of that tar");

            variables.put("ADMISSION_PRATIQUE_SHA256", "ab".repeat(32));
            Pipeline.Ran other = Pipeline.bareJob(variables);
            assertThat(other.exit()).as(other.toString()).isEqualTo(1);
            assertThat(other.said()).contains("pratique.tar.gz: FAILED");
            assertThat(pull(app).exit()).isNotZero();

            variables.put(
                    "ADMISSION_PRATIQUE_SHA256",
                    Digest.sha256(Files.readAllBytes(tar)).hex());
            Pipeline.Ran ran = Pipeline.bareJob(variables);
            assertThat(ran.exit()).as(ran.toString()).isZero();
            assertThat(ran.said()).contains("answer:    admitted").doesNotContain(token, PASSWORD, LOGIN);
            assertThat(pull(app).exit()).isZero();
        }
    }

    @Test
    void an_image_that_is_named_by_tag_is_not_signed() throws IOException {
        Map<String, String> inputs = Map.of("image", registry.host() + "/github/app:1.0", "key", key + ".key");
        Pipeline.Ran ran = Pipeline.action(Pipeline.recorded("github"), inputs);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(64);
        assertThat(ran.said()).contains("must be named by its digest");
        Map<String, String> variables = new HashMap<>(Pipeline.recorded("gitlab"));
        variables.put("ADMISSION_IMAGE", registry.host() + "/gitlab/app:1.0");
        assertThat(Pipeline.job(variables).exit()).isEqualTo(64);
    }

    /** The text of an input is never a part of a script. */
    @Test
    void an_input_that_looks_like_a_script_is_none() throws IOException {
        Path mark = Scratch.file(".mark");
        String script = "$(touch " + mark + ")\"; touch " + mark + " #'; touch " + mark + " #";
        Map<String, String> inputs = Map.of("image", "x@sha256:" + script, "key", script, "trusted-root", script);
        Pipeline.Ran ran = Pipeline.action(Pipeline.recorded("github"), inputs);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(64);
        assertThat(ran.said()).contains("is not an image name");
        Map<String, String> variables = new HashMap<>(Pipeline.recorded("gitlab"));
        variables.putAll(Map.of(
                "ADMISSION_IMAGE", "x@sha256:" + script, "ADMISSION_KEY", script, "ADMISSION_TRUSTED_ROOT", script));
        assertThat(Pipeline.job(variables).exit()).isEqualTo(64);
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
