package dev.pratique.attestations.statement;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimpleSigningTest {
    private static final Digest IMAGE = Digest.sha256(utf8("image"));

    private static SimpleSigning parse(String type, Object optional) throws MalformedEvidenceException {
        return SimpleSigning.parse(JsonWriter.bytes(map(
                "critical",
                map(
                        "identity",
                        map("docker-reference", ""),
                        "image",
                        map("docker-manifest-digest", IMAGE.toString()),
                        "type",
                        type),
                "optional",
                optional)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cosign container image signature", "atomic container signature"})
    void reads_both_kinds_of_payload(String type) throws Exception {
        assertThat(parse(type, null).manifestDigest()).isEqualTo(IMAGE);
    }

    @Test
    void annotations_are_what_is_text() throws Exception {
        String type = "cosign container image signature";
        assertThat(parse(type, map("env", "prod", "timestamp", 1_700_000_000)).annotations())
                .isEqualTo(Map.of("env", "prod"));
        assertThat(parse(type, "x").annotations()).isEmpty();
        assertThat(parse(type, null).annotations()).isEmpty();
    }

    @Test
    void refuses_another_kind_of_statement() {
        assertThatThrownBy(() -> parse("something else", null)).isInstanceOf(MalformedEvidenceException.class);
    }
}
