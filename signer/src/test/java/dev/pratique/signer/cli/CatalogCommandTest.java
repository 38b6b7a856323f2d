package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogCommandTest {
    private static final Digest ONE = Digest.sha256(new byte[] {1});
    private static final Digest TWO = Digest.sha256(new byte[] {2});

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private Path config;
    private String name;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home);
        registry = new TestRegistry(true);
        name = registry.host() + "/base/debian";
        config = TestConfig.write(
                home.resolve("config"), registry.host(), "- {name: a, repositories: ['**'], refuse: x}\n");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\n");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void anApprovedIndexIsKnownOnEveryPlatform() throws Exception {
        Digest amd = image("amd64", 2, ONE, TWO);
        Digest arm = image("arm64", 1, TWO);
        Digest index = registry.index("base/debian", "12", amd, arm);
        assertThat(approve("--end-of-life", "2099-06-30", "--replacement", "debian 13"))
                .isZero();
        assertThat(terminal.out())
                .contains("approved debian 12 in ", "now version 2", "linux/amd64: 2 layers, ChainID ");
        ChainId chain = ChainId.chain(List.of(ONE, TWO)).get(1);
        assertThat(Files.readString(config.resolve("catalog.yaml")))
                .startsWith("# ours\n")
                .contains(chain.toString(), TWO.toString(), index.toString(), amd.toString(), arm.toString());
        assertThat(terminal.run("config", "check", "--config", config.toString()))
                .isZero();
        assertThat(run("list")).isZero();
        assertThat(terminal.out()).contains("debian 12  approved  2099-06-30   platform  linux/amd64, linux/arm64");
        assertThat(run("show", "debian")).isZero();
        assertThat(terminal.out()).contains("debian 12: approved", "replacement  debian 13", "linux/arm64: 1 layer,");
        assertThat(run("list", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"schema\":\"pratique.catalog.list/v1\",\"version\":2");
    }

    /** Of the configuration it takes the address alone; whoever approves has none of the proxy's secrets. */
    @Test
    void theAddressIsTheConfigurationsWhereverItsSecretsAre() throws Exception {
        Files.writeString(config.resolve("proxy.yaml"), """
                storage: {directory: store}
                upstreams:
                  images.example:
                    url: "http://REGISTRY"
                    plainHttp: true
                    credentials: {username: robot, password: {file: /run/proxy/password}}
                """.replace("REGISTRY", registry.host()));
        registry.index("base/debian", "12", image("amd64", 1, ONE));
        name = "images.example/base/debian";
        assertThat(approve()).as(terminal.err()).isZero();
    }

    @Test
    void anImageWhoseConfigurationContradictsItIsNoBase() throws Exception {
        registry.index("base/debian", "12", image("amd64", 1, ONE, TWO));
        assertThat(approve()).isEqualTo(1);
        assertThat(terminal.err()).contains("cannot be a base: on linux/amd64 it has 1 layers and 2 diff_ids");
        assertThat(Files.readString(config.resolve("catalog.yaml"))).isEqualTo("# ours\nversion: 1\nbases: []\n");
    }

    @Test
    void anImageWithoutAPlatformIsNoBase() throws Exception {
        registry.index("base/debian", "12", image("", 1, ONE));
        assertThat(approve()).isEqualTo(1);
        assertThat(terminal.err()).contains("does not say for which platform");
    }

    @Test
    void whatCannotBeReadWholeIsNotApproved() throws Exception {
        registry.index("base/debian", "12", image("amd64", 1, ONE));
        registry.trouble(exchange -> {
            boolean blob = exchange.getRequestURI().getPath().contains("/blobs/");
            if (blob) {
                TestRegistry.answer(exchange, 403, null, new byte[0]);
            }
            return blob;
        });
        assertThat(approve()).isEqualTo(69);
        assertThat(terminal.err()).contains("could not be read whole");
    }

    @Test
    void aBaseOfNothingButEmptyLayersIsRejectedByTheCatalog() throws Exception {
        registry.index("base/debian", "12", image("amd64", 1, ChainId.EMPTY_LAYER));
        assertThat(approve()).isEqualTo(78);
        assertThat(terminal.err()).contains("empty layers");
    }

    @Test
    void wrongDaysAndNamesAreSaid() throws Exception {
        assertThat(approve("--end-of-life", "soon")).isEqualTo(64);
        assertThat(terminal.err())
                .contains("it is a day, as 2028-06-30, not 'soon'")
                .doesNotContain("Exception");
        registry.index("base/debian", "12", image("amd64", 1, ONE));
        assertThat(approve()).isZero();
        assertThat(run("show", "debain")).isEqualTo(1);
        assertThat(terminal.err()).contains("did you mean 'debian'?");
    }

    private int approve(String... more) {
        String[] command = {"approve", name + ":12", "--name", "debian", "--version", "12", "--owner", "platform"};
        return run(Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new));
    }

    private int run(String... args) {
        List<String> all = new java.util.ArrayList<>(List.of("catalog"));
        all.addAll(List.of(args));
        all.addAll(List.of("--config", config.toString()));
        return terminal.run(all.toArray(String[]::new));
    }

    private Digest image(String architecture, int layers, Digest... diffIds) {
        return registry.layered("base/debian", architecture, layers, diffIds);
    }
}
