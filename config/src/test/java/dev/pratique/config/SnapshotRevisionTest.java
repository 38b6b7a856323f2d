package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The revision changes exactly when what answers follow from does; a watch notices every change. */
class SnapshotRevisionTest {
    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void write() {
        config = new TestConfig(directory);
    }

    @Test
    void staysWhereNothingThatAnswersFollowFromChanged() {
        String before = config.snapshot().revision().value();
        assertThat(before).matches("[0-9a-f]{12}");
        assertThat(config.snapshot().revision()).hasToString(before);
        config.write("proxy.yaml", TestConfig.PROXY + "listen: [{address: 127.0.0.1:7777}]\nlimits: {judges: 2}\n");
        assertThat(config.snapshot().revision()).hasToString(before);
        config.write("notes.txt", "not of the configuration");
        assertThat(config.snapshot().revision()).hasToString(before);
        config.write("policy.yaml", "# Other words and layout, the same rules.\n" + TestConfig.POLICY);
        config.write("catalog.yaml", "{bases: [], version: 1}\n");
        assertThat(config.snapshot().revision()).hasToString(before);
    }

    @Test
    void isAnotherForEveryChangeThatCounts() {
        Set<String> revisions = new HashSet<>();
        revisions.add(revision());
        config.write("catalog.yaml", "version: 2\nbases: []\n");
        revisions.add(revision());
        config.write("keys/acme.pub", TestConfig.p256());
        revisions.add(revision());
        config.write("policy.yaml", TestConfig.POLICY.replace("name: all", "name: any"));
        revisions.add(revision());
        for (String more : List.of(
                "tags: {ttl: 31s}",
                "evidence: {recheck: 1h}",
                "listen: [{name: other, address: 127.0.0.1:5060}]",
                "listen: [{address: 127.0.0.1:5060, upstream: ghcr.io}]")) {
            config.write("proxy.yaml", TestConfig.PROXY + more + "\n");
            revisions.add(revision());
        }
        config.write("proxy.yaml", TestConfig.PROXY + "  quay.io: {url: \"https://quay.io\", missing: [403]}\n");
        revisions.add(revision());
        revisions.add(TestConfig.valid(config.load(Map.of("PRATIQUE_POLICY_RULES_0_MODE", "warn")))
                .revision()
                .value());
        assertThat(revisions).hasSize(10);
    }

    @Test
    void aWatchReadsAgainOnlyWhatChanged() {
        ConfigWatch watch = new ConfigWatch(directory, Map.of());
        assertThat(watch.load()).isInstanceOf(Loaded.Valid.class);
        assertThat(watch.poll()).isEmpty();
        config.write("policy.yaml", TestConfig.POLICY + "  - {name: rest}\n");
        assertThat(watch.poll()).get().isInstanceOf(Loaded.Invalid.class);
        assertThat(watch.poll()).isEmpty();
        config.write("policy.yaml", TestConfig.POLICY);
        assertThat(watch.poll()).get().isInstanceOf(Loaded.Valid.class);
        config.write("keys/acme.pub", "\n" + TestConfig.p256());
        assertThat(watch.poll()).get().isInstanceOf(Loaded.Valid.class);
    }

    @Test
    void aWatchNoticesAFileThatWasNotThere() throws IOException {
        Files.delete(directory.resolve("keys/acme.pub"));
        Files.delete(directory.resolve("proxy.yaml"));
        ConfigWatch watch = new ConfigWatch(directory, Map.of());
        assertThat(watch.load()).isInstanceOf(Loaded.Invalid.class);
        assertThat(watch.poll()).isEmpty();
        config.write("proxy.yaml", TestConfig.PROXY);
        assertThat(watch.poll()).get().isInstanceOf(Loaded.Invalid.class);
        config.write("keys/acme.pub", TestConfig.p256());
        assertThat(watch.poll()).get().isInstanceOf(Loaded.Valid.class);
    }

    @Test
    void aWatchFollowsTheLinksThatKubernetesTurns() throws IOException {
        Path mounted = directory.resolve("mounted");
        new TestConfig(mounted.resolve("..2026_1"));
        new TestConfig(mounted.resolve("..2026_2")).write("catalog.yaml", "version: 9\nbases: []\n");
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_1"));
        for (String file : List.of("proxy.yaml", "trust.yaml", "policy.yaml", "catalog.yaml", "keys")) {
            Files.createSymbolicLink(mounted.resolve(file), Path.of("..data", file));
        }
        ConfigWatch watch = new ConfigWatch(mounted, Map.of());
        assertThat(TestConfig.valid(watch.load()).catalog().version()).isEqualTo(1);
        assertThat(watch.poll()).isEmpty();
        Files.delete(mounted.resolve("..data"));
        Files.createSymbolicLink(mounted.resolve("..data"), Path.of("..2026_2"));
        assertThat(watch.poll().map(TestConfig::valid).orElseThrow().catalog().version())
                .isEqualTo(9);
    }

    private String revision() {
        return config.snapshot().revision().value();
    }
}
