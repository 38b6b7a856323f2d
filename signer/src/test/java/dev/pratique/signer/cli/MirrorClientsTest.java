package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** The files for each client, read back by a parser of their format. */
class MirrorClientsTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;

    @BeforeEach
    void make() {
        terminal = new TestTerminal(home);
    }

    @ParameterizedTest
    @ValueSource(strings = {"crio", "podman"})
    void remapsEveryRegistryAndNamesNoMirrorBehindWhichItWouldFallBack(String client) throws Exception {
        written(client, "https://proxy.example", "--ca", "/etc/pki/ca.pem");
        TomlParseResult registries = toml("registries.conf.d/999-pratique.conf");
        assertThat(registries.getArray("unqualified-search-registries").toList())
                .containsExactly("docker.io");
        assertThat(registries.getString("short-name-mode")).isEqualTo("enforcing");
        var tables = registries.getArray("registry");
        assertThat(tables.size()).isEqualTo(3);
        assertThat(tables.getTable(0).toMap())
                .isEqualTo(Map.of("prefix", "docker.io", "location", "proxy.example/docker.io"));
        assertThat(tables.getTable(1).toMap())
                .isEqualTo(Map.of("prefix", "reg.example:5000", "location", "proxy.example/reg.example:5000"));
        assertThat(tables.getTable(2).toMap()).isEqualTo(Map.of("location", "registry-1.docker.io", "blocked", true));
        assertThat(Files.readString(home.resolve("out/policy.json")))
                .isEqualTo("{\"default\":[{\"type\":\"reject\"}],\"transports\":{\"docker\":{"
                        + "\"docker.io\":[{\"type\":\"insecureAcceptAnything\"}],"
                        + "\"reg.example:5000\":[{\"type\":\"insecureAcceptAnything\"}],"
                        + "\"proxy.example\":[{\"type\":\"insecureAcceptAnything\"}]},"
                        + "\"containers-storage\":{\"\":[{\"type\":\"insecureAcceptAnything\"}]}}}\n");
        assertThat(terminal.out())
                .contains(
                        "ln -s /etc/pki/ca.pem /etc/containers/certs.d/proxy.example/ca.crt",
                        "What it does all the same");
    }

    @Test
    void plainHttpIsSaidForEveryPlaceAndShortNamesWithoutDockerHubAreNone() throws Exception {
        assertThat(terminal.run(
                        "mirror",
                        "podman",
                        "--proxy",
                        "http://127.0.0.1:5060",
                        "--registry",
                        "ghcr.io",
                        "--output-dir",
                        home.resolve("out").toString()))
                .isZero();
        TomlParseResult registries = toml("registries.conf.d/999-pratique.conf");
        assertThat(registries.getArray("unqualified-search-registries").toList())
                .isEmpty();
        assertThat(registries.getArray("registry").getTable(0).toMap())
                .isEqualTo(Map.of("prefix", "ghcr.io", "location", "127.0.0.1:5060/ghcr.io", "insecure", true));
        assertThat(registries.getArray("registry").getTable(1).toMap())
                .isEqualTo(Map.of("location", "127.0.0.1:5060", "insecure", true));
    }

    @Test
    void saysPlainlyThatDockersClassicStoreCannotBeMadeToObey() throws Exception {
        written("docker", "http://proxy.example:5060");
        assertThat(Files.readString(home.resolve("out/daemon.json")))
                .isEqualTo("{\"registry-mirrors\":[\"http://proxy.example:5060\"],"
                        + "\"insecure-registries\":[\"proxy.example:5060\"]}\n");
        for (String registry : List.of("docker.io", "reg.example_5000_", "_default")) {
            TomlParseResult hosts = toml("certs.d/" + registry + "/hosts.toml");
            assertThat(hosts.getString("server")).isEqualTo("http://proxy.example:5060");
            assertThat(hosts.getTable("host").keySet()).containsExactly("http://proxy.example:5060");
        }
        assertThat(terminal.out())
                .contains(
                        "Docker with the classic image store cannot be made to obey.",
                        "docker pull proxy.example:5060/docker.io/library/debian:12",
                        "pratique mirror backstop --proxy http://proxy.example:5060");
    }

    @ParameterizedTest
    @ValueSource(strings = {"k3s", "rke2"})
    void takesTheDefaultEndpointAwayFromK3s(String distribution) throws Exception {
        String[] more = distribution.equals("rke2") ? new String[] {"--rke2"} : new String[0];
        written("k3s", "https://proxy.example", with(more, "--ca", "/etc/pki/ca.pem"));
        Map<String, List<String>> endpoint = Map.of("endpoint", List.of("https://proxy.example"));
        assertThat(yaml("registries.yaml"))
                .containsExactly(Map.of(
                        "mirrors",
                        Map.of("docker.io", endpoint, "reg.example:5000", endpoint, "*", endpoint),
                        "configs",
                        Map.of("proxy.example", Map.of("tls", Map.of("ca_file", "/etc/pki/ca.pem")))));
        assertThat(yaml("config.yaml.d/pratique.yaml"))
                .containsExactly(Map.of("disable-default-registry-endpoint", true));
        assertThat(terminal.out()).contains("/etc/rancher/" + distribution);
    }

    @Test
    void saysPlainlyThatBuildkitdCannotBeMadeToObeyAndGivesBuildsASourcePolicy() throws Exception {
        written("buildkit", "https://proxy.example", "--ca", "/etc/pki/ca.pem");
        var registries = toml("buildkitd.toml").getTable("registry");
        assertThat(registries.getTable(List.of("docker.io")).getArray("mirrors").toList())
                .containsExactly("proxy.example");
        assertThat(registries.getTable(List.of("proxy.example")).getBoolean("http"))
                .isFalse();
        assertThat(registries.getTable(List.of("proxy.example")).getArray("ca").toList())
                .containsExactly("/etc/pki/ca.pem");
        assertThat(Files.readString(home.resolve("out/source-policy.json")))
                .isEqualTo(
                        "{\"rules\":[{\"action\":\"DENY\",\"selector\":{\"identifier\":\"docker-image://*\"}},"
                                + "{\"action\":\"CONVERT\",\"selector\":{\"identifier\":\"docker-image://docker.io/*\"},"
                                + "\"updates\":{\"identifier\":\"docker-image://proxy.example/docker.io/${1}\"}},"
                                + "{\"action\":\"CONVERT\",\"selector\":{\"identifier\":\"docker-image://reg.example:5000/*\"},"
                                + "\"updates\":{\"identifier\":\"docker-image://proxy.example/reg.example:5000/${1}\"}},"
                                + "{\"action\":\"ALLOW\",\"selector\":{\"identifier\":\"docker-image://proxy.example/*\"}}]}\n");
        assertThat(terminal.out()).contains("buildkitd cannot be made to obey");
    }

    @Test
    void theBackstopLetsNodesReachTheProxyAndWhatIsKeptAndNothingElse() throws Exception {
        written(
                "backstop",
                "https://proxy.example:5060",
                "--proxy-address",
                "10.0.0.5",
                "--proxy-address",
                "fd00::5",
                "--keep",
                "10.96.0.0/12");
        assertThat(Files.readString(home.resolve("out/nftables.conf")))
                .contains(
                        "ip daddr { 10.0.0.5/32 } tcp dport 5060 accept\n",
                        "ip6 daddr { fd00::5/128 } tcp dport 5060 accept\n",
                        "ip daddr { 10.96.0.0/12 } accept\n")
                .endsWith("meta l4proto tcp counter reject with tcp reset\n        counter reject\n    }\n}\n");
        assertThat(yaml("cilium.yaml"))
                .singleElement()
                .satisfies(one -> assertThat(one.toString())
                        .contains("toCIDR=[10.0.0.5/32, fd00::5/128], toPorts=[{ports=[{port=5060, protocol=TCP}]}]"));
        assertThat(yaml("networkpolicy.yaml"))
                .singleElement()
                .satisfies(one -> assertThat(one.toString())
                        .contains(
                                "to=[{ipBlock={cidr=10.0.0.5/32}}, {ipBlock={cidr=fd00::5/128}}]",
                                "cidr=10.96.0.0/12"));
        List<Object> admission = yaml("admission.yaml");
        assertThat(admission).hasSize(2);
        assertThat(admission.get(0).toString())
                .contains("variables.images.all(image, image.startsWith('proxy.example:5060/'))", "failurePolicy=Fail");
        assertThat(admission.get(1).toString()).contains("policyName=pratique-images", "[Deny, Audit]");
    }

    @Test
    void theBackstopWritesNoEgressRuleThatWouldCutNodesOff() {
        assertThat(terminal.run("mirror", "backstop", "--proxy", "https://10.0.0.5"))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("cut nodes off", "--keep");
        assertThat(terminal.run("mirror", "backstop", "--proxy", "https://p.example", "--keep", "10.0.0.0/33"))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("'10.0.0.0/33' is no address");
        assertThat(terminal.run("mirror", "backstop", "--proxy", "https://p.example"))
                .isZero();
        assertThat(terminal.out()).contains("admission.yaml").doesNotContain("table inet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"containerd", "crio", "podman", "docker", "k3s", "buildkit"})
    void everyClientSaysWhatItIsNotMadeToObeyToProgramsToo(String client) throws Exception {
        assertThat(terminal.run(
                        "mirror", client, "-o", "json", "--proxy", "https://proxy.example", "--registry", "ghcr.io"))
                .isZero();
        JsonObject document =
                StrictJson.parseObject(terminal.out().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
        assertThat(document.getString("schema")).isEqualTo("pratique.mirror." + client + "/v1");
        assertThat(document.arrayOrEmpty("notEnforced", 100)).isNotEmpty();
        assertThat(document.arrayOrEmpty("files", 100)).isNotEmpty();
        assertThat(document.getString("backstop")).startsWith("pratique mirror backstop --proxy ");
    }

    private void written(String client, String proxy, String... more) {
        List<String> command = new ArrayList<>(List.of("mirror", client, "--proxy", proxy));
        if (!client.equals("backstop")) {
            command.addAll(List.of("--registry", "index.docker.io", "--registry", "reg.example:5000"));
        }
        command.addAll(List.of("--output-dir", home.resolve("out").toString()));
        command.addAll(Arrays.asList(more));
        assertThat(terminal.run(command.toArray(String[]::new)))
                .as(terminal.err())
                .isZero();
    }

    private static String[] with(String[] first, String... second) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(second));
        return all.toArray(String[]::new);
    }

    private TomlParseResult toml(String file) throws Exception {
        TomlParseResult toml = Toml.parse(home.resolve("out").resolve(file));
        assertThat(toml.errors()).isEmpty();
        return toml;
    }

    private List<Object> yaml(String file) throws Exception {
        List<Object> documents = new ArrayList<>();
        new Load(LoadSettings.builder().build())
                .loadAllFromString(Files.readString(home.resolve("out").resolve(file)))
                .forEach(documents::add);
        return documents;
    }
}
