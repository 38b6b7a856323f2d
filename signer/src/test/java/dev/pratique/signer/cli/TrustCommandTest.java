package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.RootCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustCommandTest {
    private static final Instant UPDATED = Instant.parse("2026-08-21T20:00:00Z");

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private Path config;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).at(UPDATED.plusSeconds(86_400));
        config = TestConfig.write(
                home.resolve("config"), "reg.example", "- {name: a, repositories: ['**'], refuse: x}\n");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\n");
    }

    private int run(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--config";
        all[args.length + 1] = config.toString();
        return terminal.run(all);
    }

    /** What an update of August 2026 left. */
    private void update() throws Exception {
        Path recorded = Path.of(System.getProperty("pratique.shared", "../shared"))
                .resolve("corpus/sigstore-trust-roots/public-good");
        Assumptions.assumeTrue(Files.exists(recorded) || "true".equals(System.getenv("CI")));
        new RootCache(config.resolve("store/trust"))
                .update(
                        RefreshedRoot.publicGood("sigstore"),
                        new TufFetcher() {
                            @Override
                            public Optional<byte[]> metadata(String name, int maxBytes) {
                                return read(recorded.resolve("metadata")
                                        .resolve(
                                                name.endsWith(".root.json")
                                                        ? "none"
                                                        : name.replaceFirst("^[0-9]+\\.", "")));
                            }

                            @Override
                            public Optional<byte[]> target(String path, int maxBytes) {
                                return read(
                                        recorded.resolve("targets").resolve(path.replaceFirst("^[0-9a-f]{64}\\.", "")));
                            }
                        },
                        UPDATED);
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void showSaysWhatCameWithTheProgram() {
        assertThat(run("trust", "show")).isZero();
        assertThat(terminal.out())
                .contains("sigstore: built in, refreshed from https://tuf-repo-cdn.sigstore.dev")
                .contains("as it came with the program; its root metadata expires 2026-11-20T13:58:18Z")
                .contains("no signer rests on it")
                .containsPattern("log +2021-01-12T11:53:27Z +- +https://rekor.sigstore.dev")
                .containsPattern("certificate log +2021-03-14T00:00:00Z +2022-10-31T23:59:59.999Z +https://ctfe")
                .doesNotContain("STALE");
    }

    @Test
    void showSaysVersionsDatesAndAgeOfAnUpdate() throws Exception {
        update();
        assertThat(run("trust", "show")).isZero();
        assertThat(terminal.out())
                .contains("root version 15, expires 2026-11-20T13:58:18Z")
                .contains("timestamp version 762, expires 2026-08-28T19:25:56Z")
                .contains("updated 2026-08-21T20:00:00Z, 1 day ago")
                .doesNotContain("STALE");
    }

    @Test
    void TUF_05_showSaysWhereARootIsStaleAndWhatThatMeans() throws Exception {
        update();
        terminal.at(UPDATED.plusSeconds(30 * 86_400));
        assertThat(run("trust", "show")).isZero();
        assertThat(terminal.out()).contains("STALE: since 2026-08-28T19:25:56Z").contains("(whenStale: use)");
        assertThat(run("trust", "show", "-o", "json")).isZero();
        assertThat(terminal.out())
                .startsWith("{\"schema\":\"pratique.trust.show/v1\",\"roots\":[{\"name\":\"sigstore\"")
                .contains("\"stale\":true,\"expires\":\"2026-08-28T19:25:56Z\",\"updated\":\"2026-08-21T20:00:00Z\"")
                .contains("\"snapshot\":{")
                .contains("{\"kind\":\"log\",\"name\":\"https://rekor.sigstore.dev\"");
    }

    @Test
    void updateThatReachesNobodySaysSoAndExitsWith69() {
        terminal.with("HTTPS_PROXY", "http://127.0.0.1:1");
        assertThat(run("trust", "update")).isEqualTo(69);
        assertThat(terminal.err())
                .contains("warning: sigstore: https://tuf-repo-cdn.sigstore.dev/16.root.json cannot be reached");
        assertThat(run("trust", "update", "-o", "json")).isEqualTo(69);
        assertThat(terminal.out()).contains("\"schema\":\"pratique.trust.update/v1\"", "\"error\":");
    }

    @Test
    void updateOfARootThatThereIsNotIsAMistakeOfTheCommandLine() {
        assertThat(run("trust", "update", "--root", "nobody")).isEqualTo(64);
        assertThat(terminal.err()).contains("trust.yaml has no root nobody").contains("hint: see: pratique trust show");
    }

    @Test
    void updateOfAConfigurationThatIsNotInOrderExitsWith78() throws Exception {
        Files.writeString(config.resolve("policy.yaml"), "rules: []\n");
        assertThat(run("trust", "update")).isEqualTo(78);
    }
}
