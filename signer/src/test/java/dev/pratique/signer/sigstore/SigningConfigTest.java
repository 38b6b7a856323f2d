package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.signer.sigstore.SigningConfig.Offer;
import dev.pratique.signer.sigstore.SigningConfig.Selection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningConfigTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ENDED = "{\"start\":\"2021-01-01T00:00:00Z\",\"end\":\"2026-11-21T11:59:59Z\"}";
    private static final String ENDS_NOW = "{\"start\":\"2021-01-01T00:00:00Z\",\"end\":\"2026-11-21T12:00:00Z\"}";
    private static final String BEGINS_NOW = "{\"start\":\"2026-11-21T12:00:00Z\"}";
    private static final String TO_COME = "{\"start\":\"2026-11-21T12:00:01Z\"}";
    private static final String OLD = "{\"start\":\"2021-01-01T00:00:00Z\"}";

    private static String log(String name, int version, String validFor, String operator) {
        return "{\"url\":\"https://" + name + "\",\"majorApiVersion\":" + version + ",\"validFor\":" + validFor
                + ",\"operator\":\"" + operator + "\"}";
    }

    private static SigningConfig config(String rule, String... logs) throws Exception {
        return parse("{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"rekorTlogUrls\":["
                + String.join(",", logs) + "],\"rekorTlogConfig\":" + rule + ",\"new\":{}}");
    }

    private static SigningConfig parse(String json) throws Exception {
        return SigningConfig.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Selection select(SigningConfig config) throws Exception {
        return SigningConfig.select("transparency log", config.logs(), config.logRule(), Set.of(1L, 2L), NOW);
    }

    private static List<String> names(Selection selection) {
        return selection.offers().stream().map(Offer::url).toList();
    }

    @Test
    void the_built_in_one_is_that_of_the_public_sigstore() throws Exception {
        SigningConfig config = SigningConfig.parse(BuiltInRoot.signingConfig());
        assertThat(config.authorities()).extracting(Offer::url).containsExactly("https://fulcio.sigstore.dev");
        assertThat(names(select(config))).containsExactly("https://rekor.sigstore.dev");
        assertThat(config.timestampAuthorities())
                .extracting(Offer::url)
                .containsExactly("https://timestamp.sigstore.dev/api/v1/timestamp");
    }

    @Test
    void the_highest_version_that_is_known_is_asked_and_no_other() throws Exception {
        SigningConfig config = config(
                "{\"selector\":\"ANY\"}",
                log("one", 1, OLD, "a"),
                log("two", 2, OLD, "b"),
                log("three", 3, OLD, "c"),
                log("none", 0, OLD, "d"));
        assertThat(names(select(config))).containsExactly("https://two");
        assertThat(names(SigningConfig.select("log", config.logs(), config.logRule(), Set.of(1L), NOW)))
                .containsExactly("https://one");
    }

    @Test
    void both_ends_of_a_validity_belong_to_it() throws Exception {
        SigningConfig config = config(
                "{\"selector\":\"ALL\"}",
                log("ended", 1, ENDED, "a"),
                log("ends", 1, ENDS_NOW, "b"),
                log("begins", 1, BEGINS_NOW, "c"),
                log("comes", 1, TO_COME, "d"));
        assertThat(names(select(config))).containsExactly("https://begins", "https://ends");
        assertThat(select(config).needed()).isEqualTo(2);
    }

    @Test
    void of_one_operator_the_newest_is_asked() throws Exception {
        SigningConfig config = config(
                "{\"selector\":\"ALL\"}",
                log("old", 1, OLD, "a"),
                log("new", 1, BEGINS_NOW, "a"),
                log("other", 1, OLD, "b"));
        assertThat(names(select(config))).containsExactly("https://new", "https://other");
    }

    @Test
    void one_of_several_is_asked_and_the_others_stand_in() throws Exception {
        SigningConfig any = config("{\"selector\":\"ANY\"}", log("x", 1, BEGINS_NOW, "a"), log("y", 1, OLD, "b"));
        assertThat(select(any).needed()).isEqualTo(1);
        assertThat(names(select(any))).containsExactly("https://x", "https://y");
        SigningConfig exact = config(
                "{\"selector\":\"EXACT\",\"count\":2}",
                log("x", 1, OLD, "a"),
                log("y", 1, OLD, "b"),
                log("z", 1, OLD, "c"));
        assertThat(select(exact).needed()).isEqualTo(2);
        assertThat(select(exact).offers()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"selector\":\"EXACT\",\"count\":3} | asks for 3 of its transparency logs, and 2",
                "{\"selector\":\"EXACT\",\"count\":0} | asks for 0",
                "{\"selector\":\"EXACT\"}             | asks for 0",
                "{}                                   | does not say how many"
            })
    void refuses_a_rule_that_cannot_be_kept(String rule, String why) throws Exception {
        SigningConfig config = config(rule, log("x", 1, OLD, "a"), log("y", 1, OLD, "b"), log("z", 1, OLD, "b"));
        assertThatThrownBy(() -> select(config))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(why);
    }

    @Test
    void refuses_where_nothing_that_is_offered_can_be_used() throws Exception {
        SigningConfig config = config("{\"selector\":\"ANY\"}", log("x", 1, ENDED, "a"), log("y", 3, OLD, "b"));
        assertThatThrownBy(() -> select(config))
                .hasMessageContaining("no transparency log of a version that can be used here (1, 2) and valid now");
    }

    @Test
    void where_nothing_is_offered_nothing_is_asked() throws Exception {
        assertThat(select(config("{}")).needed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.1+json\"}",
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"caUrls\":{}}",
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"caUrls\":[{}]}",
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"tsaConfig\":{\"selector\":\"SOME\"}}",
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"tsaUrls\":"
                        + "[{\"url\":\"https://a\",\"validFor\":{\"start\":\"yesterday\"}}]}",
                "{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2+json\",\"tsaUrls\":[{\"url\":\"https://a\","
                        + "\"validFor\":{\"start\":\"2026-01-01T00:00:00Z\",\"end\":\"2025-01-01T00:00:00Z\"}}]}",
                "{}",
                "[]",
                ""
            })
    void refuses_what_is_no_signing_config_of_this_version(String json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedEvidenceException.class);
    }
}
