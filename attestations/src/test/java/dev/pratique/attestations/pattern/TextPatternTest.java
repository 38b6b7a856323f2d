package dev.pratique.attestations.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextPatternTest {
    private static final String MAIN = "https://github.com/acme/app/.github/workflows/ci.yml@refs/heads/main";

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    https://github.com/acme/.* ; https://github.com/acme/ci.yml ; true
                    https://github.com/acme/.* ; https://evil.example/?x=https://github.com/acme/ci.yml ; false
                    https://github.com/acme/app ; https://github.com/acme/app2 ; false
                    https://github.com/acme/app|x ; https://github.com/acme/app/evil ; false
                    ^https://github.com/acme/.*|b$ ; https://evil.example/b ; false
                    a|b$ ; ab ; false
                    (?i)https://GITHUB.com/acme ; https://github.com/ACME ; true
                    """)
    void CRT_03_an_expression_matches_the_whole_text_or_not_at_all(String expression, String text, boolean matches)
            throws UnusablePatternException {
        assertThat(TextPattern.regexp(expression).matches(text)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\0", "\u007f", "\u0085", "\u2028", "\u2029", "\ud800", "\t"})
    void CRT_03_text_that_is_split_or_hidden_matches_nothing(String inside) throws UnusablePatternException {
        String text = MAIN + inside + "https://evil.example";
        for (String expression : List.of(
                "https://github.com/acme/.*",
                "(?s).*",
                "(?m)^https://github.com/acme/.*$",
                "(?ms).*",
                "[^x]*",
                "(.|\\n|\\r)*",
                "https://github.com/acme/.*[^x]https://evil.example")) {
            assertThat(TextPattern.regexp(expression).matches(text))
                    .as(expression)
                    .isFalse();
        }
        assertThat(TextPattern.glob("**").matches(text)).isFalse();
        assertThat(new TextPattern.Exact(text).matches(text)).isFalse();
        assertThat(TextPattern.either(List.of(TextPattern.glob("**"), TextPattern.exact("a")))
                        .matches(text))
                .isFalse();
    }

    @Test
    void text_of_other_scripts_and_beyond_the_first_plane_is_text() throws UnusablePatternException {
        assertThat(TextPattern.regexp("gr.n/.").matches("gr\u00fcn/\ud83d\ude80"))
                .isTrue();
        assertThat(TextPattern.exact("\ud83d\ude80").matches("\ud83d\ude80")).isTrue();
    }

    @Test
    void text_that_is_too_long_matches_nothing() throws UnusablePatternException {
        String longest = "a".repeat(TextPattern.MAX_TEXT);
        for (TextPattern all : List.of(TextPattern.regexp(".*"), TextPattern.glob("**"))) {
            assertThat(all.matches(longest)).isTrue();
            assertThat(all.matches(longest + "a")).isFalse();
        }
    }

    @Test
    void an_exact_text_has_no_wildcards() throws UnusablePatternException {
        assertThat(TextPattern.exact("https://github.com/acme/*").matches("https://github.com/acme/app"))
                .isFalse();
        assertThat(TextPattern.exact("a.c").matches("abc")).isFalse();
        assertThat(TextPattern.exact(MAIN).matches(MAIN)).isTrue();
    }

    @Test
    void a_wildcard_stops_at_a_slash() throws UnusablePatternException {
        TextPattern pattern = TextPattern.glob("https://github.com/acme/*");
        assertThat(pattern.matches("https://github.com/acme/app")).isTrue();
        assertThat(pattern.matches("https://github.com/acme/app/x")).isFalse();
        assertThat(pattern.matches("https://github.com/acme.evil.example/app")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[z-a]", "(?=a)", "(a)\\1", "*a", "(?<name>a", "a{1001}", "\\p{Nonsense}", "a\\"})
    void an_expression_that_cannot_be_compiled_is_said_in_one_clause(String expression) {
        assertThatThrownBy(() -> TextPattern.regexp(expression))
                .isInstanceOf(UnusablePatternException.class)
                .hasMessageStartingWith("is no regular expression: ")
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((((a{100}){100}){100}){100}){100}",
                "(((((((a{9}){9}){9}){9}){9}){9}){9}){9}",
                "((a{1000}){1000}){1000}",
                "(a{50}){60}",
                "((\\pL{30}){30}){30}",
                "(((((((((((a?){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}"
            })
    void repetitions_that_multiply_are_refused(String expression) {
        assertThatThrownBy(() -> TextPattern.regexp(expression)).isInstanceOf(UnusablePatternException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:[0-9a-f]{64}",
                "([0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})",
                "\\Qa{1000}{1000}(\\E.*",
                "[{]{1,3}[]({1000}]*[^]{1000}]",
                "\\x{1F680}\\p{Greek}{20}\\{9999}",
                "([a-z0-9-]{1,63}\\.){1,8}example",
                "[[:alpha:]]{3}(?i:a{2}){3}(?P<name>b{1,})"
            })
    void repetitions_that_do_not_multiply_far_are_taken(String expression) throws UnusablePatternException {
        assertThat(TextPattern.regexp(expression)).hasToString("regexp " + expression);
    }

    @Test
    void patterns_have_limits() {
        assertThatThrownBy(() -> TextPattern.exact("")).hasMessage("is empty");
        assertThatThrownBy(() -> TextPattern.regexp("a".repeat(1001))).hasMessage("is longer than 1000 characters");
        assertThatThrownBy(() -> TextPattern.regexp("(".repeat(1000))).isInstanceOf(UnusablePatternException.class);
        assertThatThrownBy(() -> TextPattern.glob("*a*b*c*d*")).hasMessage("has more than 4 wildcards");
        assertThatThrownBy(() -> TextPattern.exact("a\nb"))
                .hasMessage("has a control character, which nothing that matches has");
    }

    @Test
    void nested_groups_as_deep_as_a_pattern_is_long_compile() throws UnusablePatternException {
        assertThat(TextPattern.regexp("(".repeat(400) + "a" + ")".repeat(400)).matches("a"))
                .isTrue();
    }

    @Test
    void are_equal_by_what_is_written() throws UnusablePatternException {
        assertThat(TextPattern.regexp("a.c"))
                .isEqualTo(TextPattern.regexp("a.c"))
                .isNotEqualTo(TextPattern.exact("a.c"));
        assertThat(TextPattern.regexp("a.c")).hasSameHashCodeAs(TextPattern.regexp("a.c"));
        assertThat(TextPattern.either(
                        List.of(TextPattern.exact("a"), TextPattern.glob("b*"), TextPattern.regexp("c."))))
                .hasToString("a or glob b* or regexp c.");
    }
}
