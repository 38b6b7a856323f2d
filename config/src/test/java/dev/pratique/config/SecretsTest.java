package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret is where the configuration says it is, and in nothing that anybody reads. */
class SecretsTest {
    private static final String SECRET = "hunter2-hunter2";

    @TempDir
    Path directory;

    @Test
    void areReadWhenTheyAreUsedAndNeverShown() throws IOException {
        TestConfig config = new TestConfig(directory)
                .write("secret", SECRET + "\n")
                .write("proxy.yaml", hub("credentials: {username: robot, password: {file: secret}}"));
        Snapshot snapshot = config.snapshot();
        Upstream.Registry hub =
                (Upstream.Registry) snapshot.proxy().upstream("docker.io").orElseThrow();
        SecretRef password = hub.credentials().orElseThrow().password();
        assertThat(password.read(Map.of())).isEqualTo(SECRET);
        assertThat(snapshot.toString()).doesNotContain(SECRET);

        config.write("secret", "rotated");
        assertThat(password.read(Map.of())).isEqualTo("rotated");
    }

    @Test
    void comeFromAVariable() throws IOException {
        Map<String, String> environment = Map.of("HUB_PASSWORD", SECRET);
        TestConfig config = new TestConfig(directory)
                .write("proxy.yaml", hub("credentials: {username: robot, password: {env: HUB_PASSWORD}}"));
        Snapshot snapshot = TestConfig.valid(config.load(environment));
        Upstream.Registry hub =
                (Upstream.Registry) snapshot.proxy().upstream("docker.io").orElseThrow();
        assertThat(hub.credentials().orElseThrow().password().read(environment)).isEqualTo(SECRET);
        assertThat(snapshot.toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "credentials: {username: robot, password: " + SECRET + "}",
                "credentials: {username: robot, password: {env: " + SECRET + "}}",
                "credentials: {username: robot, password: {file: " + SECRET + "}}",
                "credentials: {username: robot, password: {value: " + SECRET + "}}",
                "credentials: \"robot:" + SECRET + "\"",
                "credentials: [robot, " + SECRET + "]",
                "tokenRealms: [\"https://robot:" + SECRET + "@auth.docker.io\"]",
                "ca: " + SECRET
            })
    void writtenInThePlaceOfAReferenceAreNotRepeated(String line) {
        TestConfig config = new TestConfig(directory).write("proxy.yaml", hub(line));
        assertThat(config.problems()).isNotEmpty();
        assertThat(config.problems().toString() + TestConfig.listed(config.problems()))
                .doesNotContain(SECRET);
    }

    @Test
    void inAVariableThatOverridesAreNotRepeated() {
        TestConfig config = new TestConfig(directory)
                .write("secret", SECRET)
                .write("proxy.yaml", hub("credentials: {username: robot, password: {file: secret}}"));
        var problems = config.problems(Map.of("PRATIQUE_PROXY_UPSTREAMS_DOCKER_IO_CREDENTIALS_PASSWORD", SECRET));
        assertThat(problems).hasSize(1);
        assertThat(problems.toString()).doesNotContain(SECRET);
        assertThat(problems.get(0).hint())
                .startsWith(
                        "it holds others: set one of them, as PRATIQUE_PROXY_UPSTREAMS_DOCKER_IO_CREDENTIALS_PASSWORD_");
    }

    @Test
    void ofUpstreamsAreForStrangersOnlyWhereThatIsSaid() {
        TestConfig config = new TestConfig(directory).write("secret", SECRET);
        String settings = hub("credentials: {username: robot, password: {file: secret}}");
        config.write("proxy.yaml", settings + "listen: [{address: \"0.0.0.0:5060\"}]\n");
        assertThat(config.problems())
                .extracting(Problem::what)
                .containsExactly("whoever reaches 0.0.0.0:5060 would pull with the upstreams' credentials");
        config.write("proxy.yaml", settings + "listen: [{address: \"0.0.0.0:5060\", anonymous: true}]\n");
        assertThat(config.problems()).isEmpty();
        config.write("proxy.yaml", settings + "listen: [{address: \"[::1]:5060\"}]\n");
        assertThat(config.problems()).isEmpty();
    }

    private static String hub(String line) {
        return """
                storage: {directory: store}
                upstreams:
                  docker.io:
                    url: "https://registry-1.docker.io"
                    %s
                """.formatted(line);
    }
}
