package dev.pratique.attestations.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
    @Test
    void sorts_by_utf_16_code_units_as_the_specification_shows() throws Exception {
        // RFC 8785 section 3.2.3.
        assertThat(canonical(
                        "{\"\\u20ac\":\"Euro Sign\",\"\\r\":\"Carriage Return\",\"\\ufb33\":\"Hebrew\",\"1\":\"One\","
                                + "\"\\ud83d\\ude00\":\"Emoji\",\"\\u0080\":\"Control\",\"\\u00f6\":\"Latin\"}"))
                .isEqualTo("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"Latin\","
                        + "\"\u20ac\":\"Euro Sign\",\"\ud83d\ude00\":\"Emoji\",\"\ufb33\":\"Hebrew\"}");
    }

    @Test
    void writes_strings_and_literals_as_the_specification_shows() throws Exception {
        // RFC 8785 section 3.2.2.
        assertThat(canonical("{ \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
                        + " \"literals\": [null, true, false], \"numbers\": [ -7 , 0, 9007199254740991 ] }"))
                .isEqualTo("{\"literals\":[null,true,false],\"numbers\":[-7,0,9007199254740991],"
                        + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "1e3", "9007199254740992", "-0", "99999999999999999999"})
    void refuses_numbers_that_it_would_have_to_round(String number) {
        assertThatThrownBy(() -> canonical("{\"n\":" + number + "}"))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("no canonical form");
    }

    private static String canonical(String json) throws MalformedEvidenceException {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        return new String(CanonicalJson.bytes(StrictJson.parse(utf8, "text", 1000)), StandardCharsets.UTF_8);
    }
}
