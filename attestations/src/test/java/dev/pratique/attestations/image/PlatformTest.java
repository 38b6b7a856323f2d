package dev.pratique.attestations.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

    @Test
    void arm64_has_one_normal_form() throws Exception {
        assertThat(Platform.parse("linux/arm64/v8")).isEqualTo(Platform.parse("linux/arm64"));
        assertThat(Platform.of("linux", "arm64", "")).isEqualTo(Platform.parse("linux/arm64"));
        assertThat(Platform.parse("linux/arm/v7")).isNotEqualTo(Platform.parse("linux/arm"));
        assertThat(Platform.parse("linux/arm/v7")).hasToString("linux/arm/v7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "linux", "linux/", "/amd64", "linux/amd64/", "a/b/c/d", "linux/am d64", "linux/amd64\n"})
    void refuses_what_is_no_platform(String text) {
        assertThatThrownBy(() -> Platform.parse(text)).isInstanceOf(MalformedEvidenceException.class);
    }
}
