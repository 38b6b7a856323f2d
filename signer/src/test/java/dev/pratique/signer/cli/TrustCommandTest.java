package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.RootCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustCommandTest {
    private static final Instant UPDATED = RecordedTuf.RECORDED;

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

    @Test
    void verify_uses_what_an_update_left_and_says_when_it_is_too_old() throws Exception {
        update();
        String[] asked = {
            "verify",
            "--certificate-identity",
            "a",
            "--certificate-oidc-issuer",
            "b",
            "--bundle",
            "none",
            "sha256:" + "0".repeat(64)
        };
        terminal.at(UPDATED.plusSeconds(86_400));
        assertThat(run(asked)).isEqualTo(1);
        assertThat(terminal.err()).startsWith("pratique: there is no file none\n");
        terminal.at(Instant.parse("2026-08-28T19:25:56Z"));
        assertThat(run(asked)).isEqualTo(1);
        assertThat(terminal.err())
                .startsWith(
                        "warning: since 2026-08-28T19:25:56Z nothing says that the public-good root is the newest: ");
        // Without a configuration it is what came with the program, which expires when its own metadata does.
        assertThat(terminal.run(asked)).isEqualTo(1);
        assertThat(terminal.err()).startsWith("pratique: there is no file none\n");
        terminal.at(Instant.parse("2026-11-20T13:58:18Z"));
        assertThat(terminal.run(asked)).isEqualTo(1);
        assertThat(terminal.err()).startsWith("warning: since 2026-11-20T13:58:18Z nothing says");
        Files.writeString(config.resolve("trust.yaml"), "signers: {}\nroots: {}\n");
        assertThat(run(asked)).isEqualTo(64);
        assertThat(terminal.err()).contains(" has no root that is {builtIn: public-good}");
        Files.writeString(config.resolve("trust.yaml"), "signer: {}\n");
        assertThat(run(asked)).isEqualTo(78);
    }

    @Test
    void check_and_config_check_warn_of_a_stale_root_that_a_signer_rests_on() throws Exception {
        update();
        terminal.at(Instant.parse("2026-09-01T00:00:00Z"));
        assertThat(run("config", "check")).isZero();
        assertThat(terminal.err()).isEmpty();
        Files.writeString(config.resolve("trust.yaml"), "signers: {k8s: {publisher: kubernetes}}\n");
        String stale =
                "warning: the root sigstore is stale: since 2026-08-28T19:25:56Z nothing says that it is the newest;"
                        + " it is used all the same (whenStale: use); see: pratique trust update\n";
        assertThat(run("config", "check")).isZero();
        assertThat(terminal.err()).isEqualTo(stale);
        assertThat(run("check", "reg.example/a:1")).isEqualTo(3);
        assertThat(terminal.err()).isEqualTo(stale);
        Files.writeString(config.resolve("trust.yaml"), """
                roots: {own: {tuf: {url: "https://tuf.example", root: root.json}}}
                signers: {k8s: {identities: [{issuer: "https://i.example", subject: a@b.example}], roots: [own]}}
                """);
        Files.write(config.resolve("root.json"), BuiltInRoot.pinnedRoot());
        assertThat(run("config", "check")).isZero();
        assertThat(terminal.err()).startsWith("warning: the root own was never fetched: what rests on it is undecided");
    }

    /** What an update of August 2026 left. */
    private void update() throws Exception {
        RecordedTuf.directory();
        new RootCache(config.resolve("store/trust"))
                .update(
                        RefreshedRoot.publicGood("sigstore"),
                        new TufFetcher() {
                            @Override
                            public Optional<byte[]> metadata(String name, int maxBytes) {
                                return RecordedTuf.file(name);
                            }

                            @Override
                            public Optional<byte[]> target(String path, int maxBytes) {
                                return RecordedTuf.file("targets/" + path);
                            }
                        },
                        UPDATED);
    }

    @Test
    void showSaysWhatCameWithTheProgram() {
        Instant later =
                BuiltInRoot.released().atStartOfDay(ZoneOffset.UTC).plusDays(12).toInstant();
        terminal.at(later);
        assertThat(run("trust", "show")).isZero();
        assertThat(terminal.out())
                .contains("sigstore: built in, refreshed from https://tuf-repo-cdn.sigstore.dev")
                .containsPattern(
                        "as it came with the program, out of sigstore-python [0-9.]+ of 20[0-9-]+, 12 days ago; its root metadata, version 1[0-9],"
                                + " expires 2026-11-20T13:58:18Z")
                .contains("no signer rests on it")
                .containsPattern("log +2021-01-12T11:53:27Z +- +https://rekor.sigstore.dev")
                .containsPattern("certificate log +2021-03-14T00:00:00Z +2022-10-31T23:59:59.999Z +https://ctfe")
                .doesNotContain("STALE");
        assertThat(run("trust", "show", "-o", "json")).isZero();
        assertThat(terminal.out())
                .contains("\"release\":\"sigstore-python ", "\"released\":\"" + BuiltInRoot.released() + "\"");
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
    void CRT_15_withAClockTwoYearsBehindAnUpdateCountsAndIsSaidToBeOfTheFuture() throws Exception {
        update();
        terminal.at(UPDATED.minusSeconds(2 * 365 * 86_400L));
        assertThat(run("trust", "show")).isZero();
        assertThat(terminal.out())
                .contains("updated 2026-08-21T20:00:00Z, which is in the future of this machine's clock")
                .contains("timestamp version 762")
                .contains("https://rekor.sigstore.dev")
                .doesNotContain("STALE");
        // What is kept is not taken for older than it is: its versions say which is newer, not the clock.
        update();
        assertThat(run("trust", "show", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"stale\":false", "\"updated\":\"2026-08-21T20:00:00Z\"");
    }

    @Test
    void whatARootThatIsRefreshedLacksIsShownAndWarnedOfWhereASignerRestsOnIt() throws Exception {
        update();
        Files.writeString(
                config.resolve("trust.yaml"),
                "roots: {sigstore: {builtIn: public-good, timestamps: 9}}\nsigners: {k8s: {publisher: kubernetes}}\n");
        String lacks = "timestamps is 9, and it has only 1";
        assertThat(run("trust", "show")).isZero();
        assertThat(terminal.out()).contains("  LACKS what trust.yaml asks of it: " + lacks + "\n");
        assertThat(run("trust", "show", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"lacking\":[\"" + lacks + "\"]");
        assertThat(run("config", "check")).isZero();
        assertThat(terminal.err())
                .isEqualTo("warning: what rests on the root sigstore is refused: " + lacks
                        + "; see: pratique trust show\n");
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
    void TUF_05_updateOverHttpIsFollowedUntilTheRepositoryHasExpired() throws Exception {
        try (RecordedTuf repository = new RecordedTuf()) {
            Files.copy(RecordedTuf.pinned(), config.resolve("pinned.json"));
            Files.writeString(
                    config.resolve("trust.yaml"),
                    "roots: {acme: {tuf: {url: '" + repository.url()
                            + "', root: pinned.json}, whenStale: undecided}}\n");
            assertThat(run("trust", "show")).isZero();
            assertThat(terminal.out()).contains("never fetched: nothing that rests on it is believed");
            assertThat(run("trust", "update", "--root", "acme")).isZero();
            assertThat(terminal.out())
                    .isEqualTo(
                            "acme: new, root 15, timestamp 762, snapshot 165, targets 14, until 2026-08-28T19:25:56Z\n");
            assertThat(run("trust", "update")).isZero();
            assertThat(terminal.out()).startsWith("acme: unchanged, root 15");
            terminal.at(UPDATED.plusSeconds(10 * 86_400));
            assertThat(run("trust", "update")).isEqualTo(1);
            assertThat(terminal.err()).contains("timestamp.json version 762 expired on 2026-08-28T19:25:56Z");
            assertThat(run("trust", "show")).isZero();
            assertThat(terminal.out()).contains("(whenStale: undecided)").contains("https://rekor.sigstore.dev");
        }
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
