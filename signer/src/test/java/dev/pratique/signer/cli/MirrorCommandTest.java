package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorCommandTest {
    private static final String PORTABLE = """
            server = "https://proxy.example"

            [host."https://proxy.example"]
              capabilities = ["pull", "resolve"]
            """;

    @TempDir
    private Path home;

    private TestTerminal terminal;

    @BeforeEach
    void make() {
        terminal = new TestTerminal(home);
    }

    /** The form that containerd 1.6 to 2.3 read alike and that falls back nowhere. */
    @Test
    void filesAreOfTheFormThatFallsBackNowhere() throws Exception {
        Path directory = home.resolve("certs.d");
        String[] command = {
            "mirror",
            "containerd",
            "--proxy",
            "https://proxy.example/",
            "--registry",
            "index.docker.io",
            "--registry",
            "reg.example:5000",
            "--output-dir",
            directory.toString()
        };
        assertThat(terminal.run(command)).isZero();
        for (String name : new String[] {"docker.io", "reg.example_5000_", "_default"}) {
            assertThat(Files.readString(directory.resolve(name).resolve("hosts.toml")))
                    .endsWith(PORTABLE);
        }
        assertThat(terminal.out())
                .contains("wrote ", "config_path = \"/etc/containerd/certs.d\"", "Close the nodes' way");
        assertThat(terminal.run(command)).isZero();
    }

    @Test
    void whatIsThereIsNotOverwritten() throws Exception {
        Path file = Files.createDirectories(home.resolve("docker.io")).resolve("hosts.toml");
        Files.writeString(file, "mine");
        assertThat(terminal.run(
                        "mirror",
                        "containerd",
                        "--proxy",
                        "https://p.example",
                        "--registry",
                        "docker.io",
                        "--output-dir",
                        home.toString()))
                .isEqualTo(1);
        assertThat(Files.readString(file)).isEqualTo("mine");
    }

    @Test
    void shownFilesAreCommentedWithWhereTheyGo() throws Exception {
        Path config = TestConfig.write(
                home.resolve("config"), "reg.example:5000", "- {name: a, repositories: ['**'], refuse: x}\n");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\n");
        assertThat(terminal.run(
                        "mirror",
                        "containerd",
                        "--config",
                        config.toString(),
                        "--proxy",
                        "https://proxy.example",
                        "--ca",
                        "/etc/pki/ca.pem"))
                .isZero();
        assertThat(terminal.out())
                .contains("# ---- /etc/containerd/certs.d/reg.example_5000_/hosts.toml\n")
                .contains("# ---- /etc/containerd/certs.d/_default/hosts.toml\n")
                .contains("\n  ca = \"/etc/pki/ca.pem\"\n");
        assertThat(terminal.run("mirror", "containerd", "--config", config.toString()))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("does not say by which name", "--proxy");
    }

    @Test
    void aListenerWithTlsIsReachedOverHttpsAndOneThatAsksWhoClientsAreIsSaidTo() throws Exception {
        Path config = TestConfig.write(
                home.resolve("config"), "reg.example:5000", "- {name: a, repositories: ['**'], refuse: x}\n");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\n");
        ServerFiles.write(config);
        Files.writeString(config.resolve("users"), "ci:$2b$05$" + "a".repeat(53) + "\n");
        Files.writeString(config.resolve("proxy.yaml"), """
                listen:
                  - name: nodes
                    address: "127.0.0.1:5060"
                    tls: {certificate: proxy.pem, key: proxy.key}
                    clients: {passwords: users}
                storage: {directory: store}
                upstreams:
                  reg.example: {url: "https://reg.example"}
                """);
        assertThat(terminal.run("mirror", "containerd", "--config", config.toString()))
                .as("%s", terminal.err())
                .isZero();
        assertThat(terminal.out())
                .contains("server = \"https://127.0.0.1:5060\"")
                .contains("pratique mirror backstop --proxy https://127.0.0.1:5060 --keep CIDR")
                .doesNotContain("http://");
        assertThat(terminal.err()).contains("lets in only clients who show a certificate or password");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example",
                "ftp://p",
                "https://u@p",
                "https://p/x",
                "https://p?x",
                "https://p\"",
                "https://"
            })
    void anythingButAnOriginIsNoProxy(String url) {
        assertThat(terminal.run("mirror", "containerd", "--registry", "docker.io", "--proxy", url))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("is not where a proxy can be");
    }
}
