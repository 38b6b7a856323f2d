package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.config.EffectiveConfig.Setting;
import dev.pratique.config.EffectiveConfig.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code config show} shows is what counts: it reads to the same again. */
class EffectiveConfigTest {
    @TempDir
    Path directory;

    @Test
    void readsToTheSameAgainWithoutTheVariables() {
        TestConfig config = CompleteConfig.in(directory);
        Map<String, String> environment = new HashMap<>(CompleteConfig.ENVIRONMENT);
        int listeners =
                TestConfig.valid(config.load(environment)).proxy().listeners().size();
        environment.put("PRATIQUE_PROXY_LISTEN_0_UPSTREAM", "ghcr.io");
        environment.put("PRATIQUE_PROXY_LISTEN_" + listeners + "_ADDRESS", "127.0.0.1:7778");
        environment.put("PRATIQUE_PROXY_LISTEN_" + listeners + "_NAME", "another");
        environment.put("PRATIQUE_CATALOG_BASES_0_REPLACEMENT", "null: it's \"not\" allowed, #1");
        environment.put("PRATIQUE_CATALOG_BASES_0_OWNER", "null");
        Loaded.Valid before = (Loaded.Valid) config.load(environment);
        before.effective()
                .files()
                .forEach(file -> config.write(file, before.effective().text(file)));
        Loaded.Valid after = (Loaded.Valid) config.load(CompleteConfig.ENVIRONMENT);
        assertThat(after.snapshot().revision()).isEqualTo(before.snapshot().revision());
        assertThat(CompleteConfig.said(after.snapshot())).isEqualTo(CompleteConfig.said(before.snapshot()));
        assertThat(values(after)).isEqualTo(values(before));
    }

    @Test
    void readsToTheSameAgainWithEveryDefaultWrittenOut() throws IOException {
        for (boolean shipped : new boolean[] {false, true}) {
            TestConfig config = new TestConfig(directory.resolve(shipped ? "shipped" : "small"));
            if (shipped) {
                for (String file : ConfigDir.FILES) {
                    config.write(file, Files.readString(Path.of("default", file)));
                }
            }
            Loaded.Valid before = (Loaded.Valid) config.load(Map.of());
            before.effective()
                    .files()
                    .forEach(file -> config.write(file, before.effective().text(file)));
            Loaded.Valid after = (Loaded.Valid) config.load(Map.of());
            assertThat(CompleteConfig.said(after.snapshot())).isEqualTo(CompleteConfig.said(before.snapshot()));
            assertThat(after.snapshot().revision()).isEqualTo(before.snapshot().revision());
            assertThat(after.effective().settings()).noneMatch(one -> one.source() == Source.DEFAULT);
        }
    }

    @Test
    void saysOfEveryValueWhereItIsFrom() {
        TestConfig config = new TestConfig(directory);
        EffectiveConfig effective = ((Loaded.Valid) config.load(Map.of("PRATIQUE_PROXY_TAGS_TTL", "5m"))).effective();
        assertThat(effective.text("proxy.yaml")).startsWith("""
                        listen:
                          - name: default                                           # default
                            address: 127.0.0.1:5060                                 # default
                        """).contains("""
                        tags:
                          ttl: 5m                                                   # PRATIQUE_PROXY_TAGS_TTL
                          staleIfError: 0                                           # default
                        """);
        assertThat(effective.settings())
                .contains(
                        new Setting("proxy.yaml", "tags.ttl", "5m", Source.VARIABLE, "PRATIQUE_PROXY_TAGS_TTL"),
                        new Setting("proxy.yaml", "tags.staleIfError", "0", Source.DEFAULT, "default"),
                        new Setting("proxy.yaml", "storage.directory", "store", Source.FILE, "proxy.yaml:1"),
                        new Setting("proxy.yaml", "decisions.file", "store/decisions.jsonl", Source.DEFAULT, "default"),
                        new Setting("policy.yaml", "rules[0].mode", "enforce", Source.DEFAULT, "default"),
                        new Setting(
                                "policy.yaml", "rules[0].signedBy.any[0]", "acme-ci", Source.FILE, "policy.yaml:4"));
    }

    @Test
    void showsOfSecretsWhereTheyAreAndNothingElse() {
        TestConfig config = CompleteConfig.in(directory);
        EffectiveConfig effective = ((Loaded.Valid) config.load(CompleteConfig.ENVIRONMENT)).effective();
        assertThat(effective.text("proxy.yaml"))
                .doesNotContain("hunter2")
                .contains("file: secret", "env: GHCR_PASSWORD");
        assertThat(effective.settings().toString()).doesNotContain("hunter2");
    }

    /** A default that the schema says and no reader has would be a lie to whoever reads it in an editor. */
    @Test
    void hasEveryDefaultOfTheSchemasThatAFileOfFewWordsLeavesToThem() {
        EffectiveConfig effective = ((Loaded.Valid) new TestConfig(directory).load(Map.of())).effective();
        Set<String> defaults = effective.settings().stream()
                .filter(one -> one.source() == Source.DEFAULT)
                .map(one -> one.path() + "=" + one.value())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(defaults)
                .contains(
                        "limits.judges=16",
                        "evidence.maxStale=7d",
                        "refusal.status[\"containerd/\"]=300",
                        "upstreams[\"ghcr.io\"].timeouts.total=1h");
    }

    private static List<String> values(Loaded.Valid valid) {
        return valid.effective().settings().stream()
                .map(one -> one.file() + ":" + one.path() + "=" + one.value())
                .toList();
    }
}
