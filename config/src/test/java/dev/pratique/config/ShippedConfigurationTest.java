package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Rule;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShippedConfigurationTest {
    private static final Path SHIPPED = Path.of("default");

    @Test
    void loadsWithoutAProblem() {
        assertThat(ConfigDir.load(SHIPPED, Map.of(), Purpose.SERVE)).isInstanceOf(Loaded.Valid.class);
    }

    @Test
    void listensOnLoopbackOnlyAndKnowsThePublicRegistries() {
        ProxySettings proxy = shipped().proxy();
        assertThat(proxy.listeners()).allMatch(listener -> listener.address().loopback());
        assertThat(proxy.listeners().get(0).address()).hasToString("127.0.0.1:5060");
        assertThat(proxy.operator()).hasToString("127.0.0.1:5061");
        assertThat(proxy.upstreams())
                .containsOnlyKeys(
                        "docker.io",
                        "ghcr.io",
                        "quay.io",
                        "registry.k8s.io",
                        "gcr.io",
                        "mcr.microsoft.com",
                        "public.ecr.aws");
        assertThat(proxy.upstreams().keySet())
                .allMatch(name -> proxy.upstream(name).isPresent());
    }

    @Test
    void storesInTheCheckoutsTargetUnlessAVariableSaysOtherwise() {
        assertThat(shipped().proxy().storage().directory())
                .isEqualTo(Path.of("../target/pratique-store").toAbsolutePath().normalize());
        Loaded packaged =
                ConfigDir.load(SHIPPED, Map.of("PRATIQUE_PROXY_STORAGE_DIRECTORY", "/var/lib/pratique"), Purpose.SERVE);
        assertThat(TestConfig.valid(packaged).proxy().storage().directory()).isEqualTo(Path.of("/var/lib/pratique"));
    }

    @Test
    void warnsAboutPublicImagesAndRefusesWhatNoRuleIsAbout() throws Exception {
        Snapshot snapshot = shipped();
        Rule rule = snapshot.policy()
                .ruleFor(Repository.parse("docker.io", "nginx"), "default")
                .orElseThrow();
        assertThat(rule.effect())
                .isInstanceOfSatisfying(
                        Rule.Require.class,
                        require -> assertThat(require.requirements().mode()).isEqualTo(Mode.WARN));
        assertThat(snapshot.policy().ruleFor(Repository.parse("registry.example", "x"), "default"))
                .isEmpty();
        assertThat(snapshot.catalog().bases()).isEmpty();
    }

    private static Snapshot shipped() {
        return TestConfig.valid(ConfigDir.load(SHIPPED, Map.of(), Purpose.SERVE));
    }
}
