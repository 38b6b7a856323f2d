package dev.pratique.attestations.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.testing.Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "docker.io/library/*, docker.io/library/nginx, true",
        "docker.io/library/*, docker.io/library/, true",
        "docker.io/library/*, docker.io/library/a/b, false",
        "docker.io/**, docker.io/library/a/b, true",
        "docker.io/**, docker.io, false",
        "**, anything/at:all, true",
        "**, '', true",
        "*, '', true",
        "'', '', true",
        "'', a, false",
        "*, a/b, false",
        "a/**/b, a/b, false",
        "a/**/b, a/x/y/b, true",
        "a/*/b, a/x/b, true",
        "a/*/b, a/x/y/b, false",
        "https://github.com/acme/*, https://github.com/acme/app, true",
        "https://github.com/acme/*, https://github.com/acme.evil/app, false",
        "v*-rc, v1-rc, true",
        "v*-rc, v1-rc-rc, true",
        "v*-rc, v1-rcx, false",
        "a***b, a/x/b, true",
        "a.c, abc, false",
    })
    void matches_the_whole_text(String pattern, String text, boolean expected) {
        assertThat(new Glob(pattern).matches(text)).isEqualTo(expected);
    }

    @Test
    void agrees_with_a_plain_regular_expression_on_thousands_of_small_cases() {
        int matched = 0;
        for (Generator random : Generator.runs("globs", 3000)) {
            String pattern = random.text("a/**", 7);
            String text = random.text("aa/", 5);
            String regex = pattern.replace("**", "\u0001").replace("*", "[^/]*").replace("\u0001", ".*");
            boolean expected = text.matches(regex);
            matched += expected ? 1 : 0;
            assertThat(new Glob(pattern).matches(text))
                    .as("%s over %s (%s)", pattern, text, random)
                    .isEqualTo(expected);
        }
        assertThat(matched).isBetween(100, 2900);
    }

    @Test
    void takes_no_longer_for_patterns_made_to_take_long() {
        String text = "a".repeat(Glob.MAX_TEXT);
        assertThat(new Glob("*a".repeat(200) + "b").matches(text)).isFalse();
        assertThat(new Glob("**a".repeat(200) + "b").matches(text)).isFalse();
        assertThat(new Glob("*a**a".repeat(100)).matches(text)).isTrue();
        assertThat(new Glob("**").matches(text + "a")).isFalse();
    }

    @Test
    void counts_wildcards() {
        assertThat(new Glob("a/*/b/**").wildcards()).isEqualTo(2);
        assertThat(new Glob("ab").wildcards()).isZero();
    }
}
