package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code storage} in proxy.yaml. */
class StorageSettingsTest {
    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void configure() {
        config = new TestConfig(directory);
    }

    private ProxySettings.Storage with(String settings) {
        write(settings);
        return config.snapshot().proxy().storage();
    }

    private void write(String settings) {
        config.write(
                "proxy.yaml", TestConfig.PROXY.replace("{directory: store}", "{directory: store, " + settings + "}"));
    }

    @Test
    void keepsWhatFitsAndReadsItAgainOnceAWeekWhereTheFileSaysNothing() {
        assertThat(config.snapshot().proxy().storage())
                .isEqualTo(new ProxySettings.Storage(
                        directory.resolve("store"), 0, OptionalLong.empty(), Duration.ofDays(7)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "16MiB, 16777216",
        "500MB, 500000000",
        "10GiB, 10737418240",
        "10GB, 10000000000",
        "2TiB, 2199023255552",
        "2TB, 2000000000000",
        "500000kB, 500000000",
        "500000KiB, 512000000"
    })
    void readsSizesInUnitsOfAThousandAndOf1024(String text, long bytes) {
        assertThat(with("maxBytes: " + text).maxBytes()).isEqualTo(bytes);
    }

    @Test
    void takesWhatTheFileSays() {
        assertThat(with("maxBytes: 200GiB, keepFree: 0, scrub: 30d"))
                .isEqualTo(new ProxySettings.Storage(
                        directory.resolve("store"), 200L << 30, OptionalLong.of(0), Duration.ofDays(30)));
        assertThat(with("keepFree: 5GB, scrub: 0"))
                .isEqualTo(new ProxySettings.Storage(
                        directory.resolve("store"), 0, OptionalLong.of(5_000_000_000L), Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    maxBytes: 10G         | storage.maxBytes is "10G", not a size              | write 10GiB for units of 1024, 10GB for units of 1000
                    maxBytes: 10gib       | storage.maxBytes is "10gib", not a size            | write 10GiB for units of 1024, 10GB for units of 1000
                    maxBytes: 1073741824  | storage.maxBytes is "1073741824", not a size       | write a unit: 1073741824MiB or 1073741824GiB
                    maxBytes: 1.5GiB      | storage.maxBytes is "1.5GiB", not a size           | write it as 10GiB, 500MB or 0
                    maxBytes: -1GiB       | storage.maxBytes is "-1GiB", not a size            | write it as 10GiB, 500MB or 0
                    maxBytes: unlimited   | storage.maxBytes is "unlimited", not a size        | write it as 10GiB, 500MB or 0
                    maxBytes: 999999999TiB | storage.maxBytes is "999999999TiB", which is more than any disk has | write it as 10GiB, 500MB or 0
                    maxBytes: 1MiB        | storage.maxBytes is "1MiB", which is too little    | write at least 16MiB, or 0
                    keepFree: 10%         | storage.keepFree is "10%", not a size              | write it as 10GiB, 500MB or 0
                    scrub: weekly         | storage.scrub is "weekly", not a duration          | write it as 30s, 5m, 24h, 7d or 0
                    """)
    void saysWhatIsWrongWithASizeAndHowToWriteIt(String setting, String what, String hint) {
        write(setting);
        assertThat(config.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.what() + " | " + problem.hint()).isEqualTo(what + " | " + hint));
    }
}
