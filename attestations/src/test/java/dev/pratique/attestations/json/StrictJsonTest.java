package dev.pratique.attestations.json;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REG-07 and REG-08 of the list of attacks, at the one place where untrusted JSON is read. */
class StrictJsonTest {
    private static final int MAX = 32 << 20;

    private static JsonObject parse(String text) throws MalformedEvidenceException {
        return StrictJson.parseObject(utf8(text), "document", MAX);
    }

    private static void refuses(byte[] bytes) {
        assertThatThrownBy(() -> StrictJson.parseObject(bytes, "document", MAX))
                .isInstanceOf(MalformedEvidenceException.class)
                .satisfies(e -> assertThat(e.getMessage()).matches("[ -~]{1,300}"));
    }

    @Test
    void reads_every_kind_of_value() throws Exception {
        JsonObject json =
                parse("{\"s\":\"\\u00e9\\uD83D\\uDE00\",\"n\":12,\"t\":true,\"f\":false,\"z\":null,\"a\":[1,{}]}");
        assertThat(json.getString("s")).isEqualTo("é😀");
        assertThat(json.get("n").asSize("n")).isEqualTo(12);
        assertThat(json.find("z")).isEmpty();
        assertThat(json.arrayOrEmpty("a", 2)).hasSize(2);
        assertThat(JsonWriter.text(json))
                .isEqualTo("{\"s\":\"é😀\",\"n\":12,\"t\":true,\"f\":false,\"z\":null,\"a\":[1,{}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "1",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "{/* c */\"a\":1}",
                "{\"a\":1} // c",
                "{\"a\":1}{\"a\":1}",
                "{\"a\":1}]",
                "{\"a\":1} x",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":0x10}",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"tab\there\"}",
                "{\"a\":\"nul\u0000here\"}",
                "{\"a\":1\u0000}",
                "{\"a\":\"unterminated",
                "{\"a\":tru}",
                "{\"a\"}",
                "{\"a\":1 \"b\":2}",
                "nul",
            })
    void refuses_what_is_not_exactly_one_json_object(String text) {
        refuses(utf8(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"x\":{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"a\":5}}",
                "{\"x\":[{\"a\":1,\"a\":1}]}",
            })
    void refuses_duplicate_members_at_any_depth_and_however_they_are_escaped(String text) {
        refuses(utf8(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\\ud800\"}", "{\"\\ud83d\":1}", "{\"a\":\"\\ud800x\"}"})
    void refuses_unpaired_surrogates_in_names_and_values(String text) {
        refuses(utf8(text));
    }

    @Test
    void refuses_byte_order_marks_and_other_encodings() {
        refuses(utf8("\uFEFF{}"));
        refuses("{}".getBytes(StandardCharsets.UTF_16));
        refuses("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE));
        refuses("{\"a\":1}".getBytes(StandardCharsets.UTF_16BE));
        refuses(new byte[] {'{', '"', (byte) 0xC0, (byte) 0xAF, '"', ':', '1', '}'}); // overlong '/'
        refuses(new byte[] {'{', '"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"', ':', '1', '}'}); // CESU surrogate
        refuses(new byte[] {'{', '"', (byte) 0xE9, '"', ':', '1', '}'}); // Latin-1
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 1000, 100_000, 1_000_000})
    void refuses_deep_documents_without_running_out_of_stack(int depth) {
        refuses(utf8("{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}"));
        refuses(utf8("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)));
        refuses(utf8("{\"a\":" + "[".repeat(depth)));
    }

    @Test
    void reads_the_deepest_allowed_document() throws Exception {
        int arrays = StrictJson.MAX_DEPTH - 1;
        assertThat(parse("{\"a\":" + "[".repeat(arrays) + "]".repeat(arrays) + "}")
                        .members())
                .hasSize(1);
    }

    @Test
    void refuses_a_number_of_ten_megabytes_and_expands_no_exponent() throws Exception {
        byte[] digits = new byte[10 << 20];
        Arrays.fill(digits, (byte) '9');
        byte[] bytes = new byte[digits.length + 6];
        System.arraycopy(utf8("{\"a\":"), 0, bytes, 0, 5);
        System.arraycopy(digits, 0, bytes, 5, digits.length);
        bytes[bytes.length - 1] = '}';
        refuses(bytes);
        JsonObject json = parse("{\"size\":1e1000000000}");
        assertThatThrownBy(() -> json.get("size").asSize("size")).isInstanceOf(MalformedEvidenceException.class);
        assertThat(JsonWriter.text(json)).isEqualTo("{\"size\":1e1000000000}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "99999999999999999999999",
                "-1",
                "-0",
                "1.0",
                "1e3",
                "1E1000000000",
                "\"1\"",
                "true",
                "null",
                "[1]"
            })
    void refuses_sizes_that_are_not_whole_numbers_from_0_to_2_63_minus_1(String number) throws Exception {
        JsonObject json = parse("{\"size\":" + number + "}");
        assertThatThrownBy(() -> json.get("size").asSize("size")).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void reads_the_largest_size() throws Exception {
        assertThat(parse("{\"size\":9223372036854775807}").get("size").asSize("size"))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(parse("{\"size\":0}").get("size").asSize("size")).isZero();
    }

    @Test
    void refuses_what_is_longer_than_its_limit() {
        assertThatThrownBy(() -> StrictJson.parseObject(utf8("{\"a\":1}"), "document", 6))
                .hasMessage("document is larger than 6 bytes");
    }

    @Test
    void refuses_documents_whose_values_would_fill_the_memory() throws Exception {
        int many = StrictJson.MAX_VALUES;
        refuses(utf8("{\"a\":[" + "{},".repeat(many) + "{}]}"));
        refuses(utf8("{\"a\":[" + "[],".repeat(many) + "[]]}"));
        byte[] signed = utf8("{\"a\":[" + "1,".repeat(many) + "1]}");
        assertThat(StrictJson.parseSignedObject(signed, "statement", MAX).members())
                .hasSize(1);
    }

    @Test
    void survives_thousands_of_names_with_one_hash() throws Exception {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < 1 << 14; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 14; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            text.append(i == 0 ? "" : ",").append('"').append(name).append("\":1");
        }
        JsonObject json = parse(text + "}");
        assertThat(json.members()).hasSize(1 << 14);
        assertThat(json.find("nothing")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Layers", "LAYERS", "layerS", "layer\u017F", "l\\u0041YERS"})
    void refuses_a_member_whose_name_differs_only_in_case_whether_or_not_the_right_one_is_there(String name)
            throws Exception {
        for (String text : new String[] {
            "{\"" + name + "\":[]}", "{\"layers\":[],\"" + name + "\":[1]}", "{\"" + name + "\":[1],\"layers\":[]}"
        }) {
            JsonObject json = parse(text);
            assertThatThrownBy(() -> json.find("layers"))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("only in case");
        }
    }

    @Test
    void folds_the_kelvin_sign_as_go_does() throws Exception {
        JsonObject json = parse("{\"\u212Aey\":1}");
        assertThatThrownBy(() -> json.find("key")).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void messages_carry_no_characters_of_the_document_that_could_deceive() throws Exception {
        JsonObject json = parse("{\"KEY\":1,\"a\u202E\\r\\n\":{\"\u202E\\n\":1}}");
        assertThatThrownBy(() -> json.find("key")).hasMessageMatching("[ -~]+");
        JsonObject inner = parse("{\"labels\":{\"\u202E\\r\\nX\":1}}");
        assertThatThrownBy(() -> inner.stringsOrEmpty("labels", 10)).hasMessageMatching("[ -~]+");
    }

    @Test
    void bounds_maps_and_arrays() throws Exception {
        JsonObject json = parse("{\"m\":{\"a\":\"1\",\"b\":\"2\"},\"a\":[1,2,3]}");
        assertThat(json.stringsOrEmpty("m", 2)).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThatThrownBy(() -> json.stringsOrEmpty("m", 1)).isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> json.arrayOrEmpty("a", 2)).isInstanceOf(MalformedEvidenceException.class);
        assertThat(json.arrayOrEmpty("none", 0)).isEmpty();
        assertThatThrownBy(() -> json.getString("m")).isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> json.getObject("a")).isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> json.get("none")).hasMessage("'none' is missing");
    }
}
