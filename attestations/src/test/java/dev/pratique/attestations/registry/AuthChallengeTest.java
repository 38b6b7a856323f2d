package dev.pratique.attestations.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UPS-08 of the list of attacks. */
class AuthChallengeTest {
    private static final String BEARER =
            "Bearer realm=\"https://auth.example/token\",service=\"registry\",scope=\"repository:a/b:pull\"";

    @Test
    @DisplayName("UPS-08: a challenge with a token in the place of parameters hides none after it")
    void reads_on_after_a_token68() {
        for (String before :
                new String[] {"Negotiate YIIabc+/==", "Negotiate abc", "Negotiate", "NTLM TlRMTVNTUAAB=  "}) {
            assertThat(AuthChallenge.parse(before + ", Bearer realm=\"https://a\", Basic realm=\"b\""))
                    .extracting(AuthChallenge::scheme)
                    .as(before)
                    .endsWith("bearer", "basic")
                    .hasSize(3);
        }
        assertThat(AuthChallenge.parse("Bearer realm=https, service=x"))
                .singleElement()
                .satisfies(bearer -> assertThat(bearer.parameter("realm")).contains("https"));
    }

    @Test
    void reads_a_bearer_challenge() {
        assertThat(AuthChallenge.parse(BEARER))
                .containsExactly(new AuthChallenge(
                        "bearer",
                        Map.of(
                                "realm",
                                "https://auth.example/token",
                                "service",
                                "registry",
                                "scope",
                                "repository:a/b:pull")));
    }

    @Test
    void reads_two_challenges_of_one_header_apart_in_either_order() {
        List<AuthChallenge> one = AuthChallenge.parse("Basic realm=\"x\", " + BEARER);
        assertThat(one).extracting(AuthChallenge::scheme).containsExactly("basic", "bearer");
        List<AuthChallenge> other = AuthChallenge.parse(BEARER + ", bAsIc realm=\"x\"");
        assertThat(other).extracting(AuthChallenge::scheme).containsExactly("bearer", "basic");
        assertThat(other.get(0).parameter("scope")).contains("repository:a/b:pull");
        assertThat(other.get(1).parameters()).containsExactly(Map.entry("realm", "x"));
    }

    @Test
    void a_comma_or_scheme_inside_quotes_starts_no_challenge() {
        List<AuthChallenge> challenges = AuthChallenge.parse(
                "Bearer realm=\"https://a/, Basic realm=\\\"b\\\"\",scope=\"repository:a:pull,push\"");
        assertThat(challenges).hasSize(1);
        assertThat(challenges.get(0).parameter("realm")).contains("https://a/, Basic realm=\"b\"");
        assertThat(challenges.get(0).parameter("scope")).contains("repository:a:pull,push");
    }

    @Test
    void the_first_realm_counts_where_there_are_two() {
        List<AuthChallenge> challenges = AuthChallenge.parse("Bearer realm=\"https://good\",realm=\"https://evil\"");
        assertThat(challenges.get(0).parameter("realm")).contains("https://good");
    }

    @Test
    void a_bearer_without_realm_has_none() {
        assertThat(AuthChallenge.parse("Bearer")).containsExactly(new AuthChallenge("bearer", Map.of()));
        assertThat(AuthChallenge.parse("Bearer service=\"x\"").get(0).parameter("realm"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",,,",
                "=",
                "\"",
                "Bearer realm=\"unterminated",
                "Bearer realm=\"ends in a backslash\\",
                "Bearer a=\"1\",realm=\"x",
                "\u0000",
                "é"
            })
    void a_header_that_cannot_be_read_is_no_challenge(String header) {
        assertThat(AuthChallenge.parse(header)).isEmpty();
    }

    @Test
    void ends_soon_whatever_comes() {
        assertThat(AuthChallenge.parse("Bearer " + "a=b,".repeat(10_000))).isEmpty();
        assertThat(AuthChallenge.parse("Bearer " + "a" + "b=c,a".repeat(100))).hasSizeLessThanOrEqualTo(2);
        StringBuilder many = new StringBuilder("Bearer ");
        for (int i = 0; i < 33; i++) {
            many.append("p").append(i).append("=\"1\",");
        }
        assertThat(AuthChallenge.parse(many.toString())).isEmpty();
        assertThat(AuthChallenge.parse("x".repeat(1 << 20))).isEmpty();
        assertThat(AuthChallenge.parse("x ".repeat(4000))).hasSizeLessThanOrEqualTo(4000);
    }
}
