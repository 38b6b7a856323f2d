package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.Listener.Asks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever judges by the proxy's configuration, as a pipeline does, has none of its secrets. */
class JudgingTest {
    private static final TestPem SERVER = TestPem.elliptic("secp256r1", 36_500);
    private static final Map<String, String> ENVIRONMENT = Map.of("HUB_PASSWORD", "hunter2-hunter2");
    private static final String PROXY = """
            storage: {directory: store}
            listen:
              - name: nodes
                address: 0.0.0.0:5060
                tls: {certificate: run/proxy.pem, key: run/proxy.key, password: {file: run/key-password}}
                clients: {certificates: run/clients.pem, passwords: run/users}
            upstreams:
              docker.io:
                url: "https://registry-1.docker.io"
                credentials: {username: robot, password: {env: HUB_PASSWORD}}
              ghcr.io:
                url: "https://ghcr.io"
                credentials: {username: robot, password: {file: run/ghcr}}
              images.example: {layout: run/images}
            """;
    private static final String POLICY = """
            environments:
              prod: {match: {clientCertificate: "spiffe://acme/prod/**"}}
              robots: {match: {listener: nodes, user: "ci-*"}}
            """ + TestConfig.POLICY;
    private static final List<String> SECRETS =
            List.of("proxy.pem", "proxy.key", "key-password", "clients.pem", "users", "ghcr");

    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void configure() throws IOException {
        config = new TestConfig(directory)
                .write("run/proxy.pem", SERVER.certificatePem())
                .write("run/proxy.key", SERVER.encrypted("hunter2"))
                .write("run/key-password", "hunter2\n")
                .write("run/clients.pem", SERVER.certificatePem())
                .write("run/users", "ci-1:$2y$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6\n")
                .write("run/ghcr", "ghcr-secret")
                .write("proxy.yaml", PROXY)
                .write("policy.yaml", POLICY);
        Files.createDirectory(directory.resolve("run/images"));
    }

    private Snapshot judging() {
        return TestConfig.valid(ConfigDir.load(directory, Map.of(), Purpose.JUDGE));
    }

    private String problems(Purpose purpose, Map<String, String> environment) {
        return TestConfig.listed(
                ConfigDir.load(directory, environment, purpose).fold(snapshot -> List.of(), problems -> problems));
    }

    private void removeSecrets() throws IOException {
        for (String secret : SECRETS) {
            Files.delete(directory.resolve("run").resolve(secret));
        }
        Files.delete(directory.resolve("run/images"));
    }

    @Test
    void needs_nothing_that_only_the_proxys_machine_has() throws IOException {
        Snapshot serving = TestConfig.valid(config.load(ENVIRONMENT));
        assertThat(serving.proxy().listeners().get(0).canServe()).isTrue();
        removeSecrets();

        Snapshot judging = judging();

        assertThat(judging.revision()).isEqualTo(serving.revision());
        assertThat(judging.environments()).isEqualTo(serving.environments());
        assertThat(judging.proxy().upstreams()).isEqualTo(serving.proxy().upstreams());
        assertThat(judging.proxy().listeners().get(0).asks())
                .isEqualTo(serving.proxy().listeners().get(0).asks())
                .isEqualTo(new Asks(true, true, true));
    }

    /** As it always has: whoever serves needs them all. */
    @Test
    void says_to_whoever_serves_what_is_missing() throws IOException {
        assertThat(problems(Purpose.SERVE, ENVIRONMENT)).isEmpty();
        removeSecrets();
        assertThat(problems(Purpose.SERVE, Map.of()))
                .contains(
                        "upstreams[\"docker.io\"].credentials.password cannot be read",
                        "env names a variable of the proxy's environment; it is not set, or empty",
                        "upstreams[\"ghcr.io\"].credentials.password cannot be read",
                        "file names a file that the proxy can read; it is not there, or empty, or over 64 KiB",
                        "listen[0].tls.certificate names no readable file of PEM certificates",
                        "listen[0].tls.key names no readable file of a private key",
                        "listen[0].tls.password cannot be read",
                        "listen[0].clients.certificates names no readable file of PEM certificates",
                        "listen[0].clients.passwords names no readable file of users",
                        "upstreams[\"images.example\"].layout is not a directory");
    }

    /** A file that nobody opens may hold anything. */
    @Test
    void reads_no_secret_that_is_there() throws IOException {
        for (String secret : SECRETS) {
            config.write("run/" + secret, "\u0000 no secret of any form");
        }
        assertThat(problems(Purpose.SERVE, ENVIRONMENT)).contains("clients.passwords: line 1", "tls.key holds");
        assertThat(judging().proxy().listeners().get(0).canServe()).isFalse();
    }

    @Test
    void says_what_is_wrong_in_the_files_themselves() {
        config.write(
                "proxy.yaml",
                PROXY.replace("{file: run/ghcr}", "{file: run/ghcr, env: HUB_PASSWORD}")
                        .replace("{file: run/key-password}", "{file: run/key-password, env: KEY}")
                        .replace("key: run/proxy.key, ", ""));
        assertThat(problems(Purpose.JUDGE, Map.of()))
                .contains(
                        "upstreams[\"ghcr.io\"].credentials.password is in two places",
                        "listen[0].tls.password is in two places",
                        "listen[0].tls lacks key");
        config.write("proxy.yaml", PROXY.replace("tls: {certificate: run/proxy.pem, key: run/proxy.key", "#"));
        assertThat(problems(Purpose.JUDGE, Map.of())).contains("there are no client certificates without TLS");
        config.write("proxy.yaml", PROXY.replace("    clients:", "    #"));
        assertThat(problems(Purpose.JUDGE, Map.of()))
                .contains(
                        "whoever reaches 0.0.0.0:5060 would pull with the upstreams' credentials",
                        "can never match: no listener asks for client certificates",
                        "can never match: the listener \"nodes\" asks for no passwords");
    }

    /** Answers follow from these, and none of them is a secret. */
    @Test
    void needs_what_it_judges_by() throws IOException {
        config.write(
                "proxy.yaml", PROXY.replace("url: \"https://ghcr.io\"", "url: \"https://ghcr.io\"\n    ca: ca.pem"));
        Files.delete(directory.resolve("keys/acme.pub"));
        assertThat(problems(Purpose.JUDGE, Map.of()))
                .contains(
                        "upstreams[\"ghcr.io\"].ca names no readable file of PEM certificates",
                        "there is no file \"keys/acme.pub\"");
    }
}
