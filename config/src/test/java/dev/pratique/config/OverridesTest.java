package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environment variables in the place of single values. */
class OverridesTest {
    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void write() {
        config = new TestConfig(directory);
    }

    @Test
    void setWhatTheFileSaysAndWhatItDoesNotSay() {
        Snapshot snapshot = TestConfig.valid(config.load(Map.of(
                "PRATIQUE_PROXY_LISTEN_0_ADDRESS", "127.0.0.1:7000",
                "PRATIQUE_PROXY_TAGS_STALEIFERROR", "5m",
                "PRATIQUE_PROXY_UPSTREAMS_DOCKER_IO_URL", "https://mirror.example",
                "PRATIQUE_PROXY_UPSTREAMS_GHCR_IO_TIMEOUTS_CONNECT", "2s",
                "PRATIQUE_POLICY_RULES_0_MODE", "warn",
                "PRATIQUE_POLICY_RULES_0_REPOSITORIES_1", "ghcr.io/x/*",
                "PRATIQUE_CATALOG_VERSION", "7",
                "PRATIQUE_PASSWORD", "of something else")));
        assertThat(snapshot.proxy().listeners().get(0).address()).hasToString("127.0.0.1:7000");
        assertThat(snapshot.proxy().tags().staleIfError()).isEqualTo(Duration.ofMinutes(5));
        assertThat(((Upstream.Registry) snapshot.proxy().upstream("docker.io").orElseThrow()).url())
                .hasToString("https://mirror.example");
        assertThat(((Upstream.Registry) snapshot.proxy().upstream("ghcr.io").orElseThrow())
                        .timeouts()
                        .connect())
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(snapshot.policy().rules().get(0).repositories()).hasSize(2);
        assertThat(snapshot.policy().rules().get(0).effect().toString()).contains("WARN");
        assertThat(snapshot.catalog().version()).isEqualTo(7);
    }

    @Test
    void thatNameNothingAreProblems() {
        var problems = config.problems(Map.of(
                "PRATIQUE_PROXY_LISTEN_0_ADRESS", "127.0.0.1:7000",
                "PRATIQUE_PROXY_LISTEN_5_ADDRESS", "127.0.0.1:7000",
                "PRATIQUE_PROXY_TAGS", "30s",
                "PRATIQUE_PROXY_UPSTREAMS_QUAY_IO_URL", "https://quay.io"));
        assertThat(problems).hasSize(4).allSatisfy(problem -> {
            assertThat(problem.file()).isEqualTo("environment");
            assertThat(problem.line()).isZero();
            assertThat(problem.what()).endsWith("names no single value of the file");
        });
        assertThat(problems.get(0).hint()).isEqualTo("did you mean PRATIQUE_PROXY_LISTEN_0_ADDRESS?");
    }

    @Test
    void withAWrongValueAreNamedInTheProblem() {
        assertThat(config.problems(Map.of("PRATIQUE_PROXY_TAGS_TTL", "soon")))
                .hasSize(1)
                .first()
                .hasToString("environment: PRATIQUE_PROXY_TAGS_TTL: tags.ttl is \"soon\", not a duration");
    }

    @Test
    void appendItemsInTheOrderOfTheirNumbersAndAddKeysAndGroupsThatTheFileDoesNotHave() {
        Map<String, String> variables = new TreeMap<>();
        for (int i = 1; i <= 11; i++) {
            variables.put("PRATIQUE_POLICY_RULES_0_REPOSITORIES_" + i, "ghcr.io/team-" + i + "/*");
        }
        variables.put("PRATIQUE_PROXY_UPSTREAMS_GHCR_IO_MISSING_0", "403");
        variables.put("PRATIQUE_PROXY_UPSTREAMS_GHCR_IO_CREDENTIALS_USERNAME", "robot");
        variables.put("PRATIQUE_PROXY_UPSTREAMS_GHCR_IO_CREDENTIALS_PASSWORD_ENV", "SECRET");
        variables.put("PRATIQUE_PROXY_LISTEN_0_ADDRESS", "127.0.0.1:7000");
        variables.put("PRATIQUE_PROXY_LISTEN_0_ANONYMOUS", "true");
        variables.put("PRATIQUE_PROXY_LIMITS_JUDGES", "3");
        variables.put("SECRET", "hunter2-hunter2");
        Snapshot snapshot = TestConfig.valid(config.load(variables));
        assertThat(snapshot.policy().rules().get(0).repositories())
                .extracting(Object::toString)
                .containsSubsequence("**", "ghcr.io/team-2/*", "ghcr.io/team-10/*", "ghcr.io/team-11/*");
        Upstream.Registry ghcr =
                (Upstream.Registry) snapshot.proxy().upstream("ghcr.io").orElseThrow();
        assertThat(ghcr.missing()).containsExactly(403);
        assertThat(ghcr.credentials().orElseThrow().password()).hasToString("{env: SECRET}");
        assertThat(snapshot.proxy().listeners().get(0).anonymous()).isTrue();
        assertThat(snapshot.proxy().limits().judges()).isEqualTo(3);
    }

    @Test
    void areTextAsItIsAndNothingAtAllIsNoValue() {
        assertThat(TestConfig.valid(config.load(Map.of("PRATIQUE_POLICY_RULES_0_NAME", "~")))
                        .policy()
                        .rules()
                        .get(0)
                        .name())
                .isEqualTo("~");
        assertThat(config.problems(Map.of("PRATIQUE_POLICY_RULES_0_NAME", "")))
                .extracting(Problem::what)
                .contains("PRATIQUE_POLICY_RULES_0_NAME: rules[0].name has no value");
    }

    @Test
    void areNotWhatKubernetesSaysAboutAServiceOfThatName() {
        assertThat(config.problems(Map.of(
                        "PRATIQUE_PROXY_SERVICE_HOST", "10.0.0.1",
                        "PRATIQUE_PROXY_SERVICE_PORT", "5060",
                        "PRATIQUE_PROXY_SERVICE_PORT_REGISTRY", "5060",
                        "PRATIQUE_PROXY_PORT", "tcp://10.0.0.1:5060",
                        "PRATIQUE_PROXY_PORT_5060_TCP", "tcp://10.0.0.1:5060",
                        "PRATIQUE_PROXY_PORT_5060_TCP_ADDR", "10.0.0.1")))
                .isEmpty();
    }

    @Test
    void twoKeysOfOneSpellingAreNotGuessedBetween() {
        config.write("proxy.yaml", """
                storage: {directory: store}
                upstreams:
                  a-b.example: {url: "https://one.example"}
                  a.b.example: {url: "https://two.example"}
                """)
                .write("policy.yaml", "rules: [{name: a, repositories: [\"**\"], base: catalog}]\n");
        assertThat(config.problems(Map.of("PRATIQUE_PROXY_UPSTREAMS_A_B_EXAMPLE_URL", "https://x.example")))
                .extracting(Problem::what)
                .containsExactly("PRATIQUE_PROXY_UPSTREAMS_A_B_EXAMPLE_URL: names more than one value");
    }
}
