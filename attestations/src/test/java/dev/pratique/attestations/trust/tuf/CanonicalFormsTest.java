package dev.pratique.attestations.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of TUF's metadata has more than one spelling elsewhere. */
class CanonicalFormsTest {

    private static String canonical(String json) throws MalformedEvidenceException {
        return new String(
                OlpcJson.encode(StrictJson.parse(json.getBytes(StandardCharsets.UTF_8), "text", 1 << 20)),
                StandardCharsets.UTF_8);
    }

    @Test
    void sorts_by_utf8_escapes_two_characters_and_keeps_all_others() throws Exception {
        assertThat(canonical("{ \"b\" : [true, null, -3, 0], \"a\": {} }"))
                .isEqualTo("{\"a\":{},\"b\":[true,null,-3,0]}");
        assertThat(canonical("[\"\\\"\\\\\\n\\u00fc\\/\"]")).isEqualTo("[\"\\\"\\\\\n\u00fc/\"]");
        // UTF-16 would have it the other way round: U+10000 begins with D800, below U+FFFD.
        assertThat(canonical("{\"\ud800\udc00\":1,\"\ufffd\":2}")).isEqualTo("{\"\ufffd\":2,\"\ud800\udc00\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1e0", "-0", "0.5", "1E5"})
    void has_no_form_for_numbers_that_are_not_whole(String number) {
        assertThatThrownBy(() -> canonical("[" + number + "]")).isInstanceOf(MalformedEvidenceException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "targets/*.tgz, targets/foo.tgz, true",
        "targets/*.tgz, targets/foo.txt, false",
        "foo-version-?.tgz, foo-version-a.tgz, true",
        "foo-version-?.tgz, foo-version-alpha.tgz, false",
        "*.tgz, foo.tgz, true",
        "*.tgz, targets/foo.tgz, false",
        "foo.tgz, foo.tgz, true",
        "foo.tgz, foo.tgzz, false",
        "*, a/b, false",
        "*/*, a/b, true",
        "a*b*c, axxbxxc, true",
        "a*b*c, axxbxx, false",
        "**, a/b, false",
        "?, '', false",
        "keys.example.org/*, keys.example.org/keys.json, true",
        "keys.example.org/*, keys_example.org/keys.json, false"
    })
    void matches_paths_as_the_specifications_examples_do(String pattern, String path, boolean matches)
            throws Exception {
        assertThat(PathPattern.parse(pattern).matches(path)).isEqualTo(matches);
    }

    @Test
    void matches_a_hostile_pattern_in_bounded_steps() throws Exception {
        String stars = "a*".repeat(200) + "b";
        assertThat(PathPattern.parse(stars).matches("a".repeat(10_000))).isFalse();
    }

    private static JsonObject key(String keytype, String scheme, String written) throws MalformedEvidenceException {
        return StrictJson.parseObject(
                ("{\"keytype\":\"" + keytype + "\",\"scheme\":\"" + scheme + "\",\"keyval\":{\"public\":\""
                                + written.replace("\n", "\\n") + "\"}}")
                        .getBytes(StandardCharsets.UTF_8),
                "key",
                1 << 16);
    }

    private static String pem(TestKey key) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(key.spki())
                + "\n-----END PUBLIC KEY-----\n";
    }

    @Test
    void one_key_is_one_in_every_spelling() throws Exception {
        byte[] spki = TestKey.A.spki();
        String point = HexFormat.of().formatHex(spki, spki.length - 65, spki.length);
        byte[] message = {1, 2, 3};
        TufKey pem =
                TufKey.of(key("ecdsa", "ecdsa-sha2-nistp256", pem(TestKey.A))).orElseThrow();
        TufKey hex = TufKey.of(key("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", point))
                .orElseThrow();
        TufKey capitals = TufKey.of(key("ecdsa", "ecdsa-sha2-nistp256", point.toUpperCase(Locale.ROOT)))
                .orElseThrow();
        assertThat(hex.id()).isEqualTo(pem.id()).isEqualTo(capitals.id());
        assertThat(hex.signed(message, TestKey.A.sign(message))).isTrue();
        assertThat(pem.signed(message, TestKey.B.sign(message))).isFalse();
        assertThat(pem.signed(message, new byte[0])).isFalse();
    }

    @Test
    void reads_every_kind_of_key_of_the_specification() throws Exception {
        byte[] message = {1, 2, 3};
        byte[] spki = TestKey.ED25519.spki();
        String raw = HexFormat.of().formatHex(spki, spki.length - 32, spki.length);
        assertThat(TufKey.of(key("ed25519", "ed25519", raw))
                        .orElseThrow()
                        .signed(message, TestKey.ED25519.sign(message)))
                .isTrue();
        assertThat(TufKey.of(key("rsa", "rsassa-pss-sha256", pem(TestKey.RSA)))
                        .orElseThrow()
                        .signed(message, TestKey.RSA.signPss("SHA-256", 32, message)))
                .isTrue();
        assertThat(TufKey.of(key("ecdsa", "ecdsa-sha2-nistp384", pem(TestKey.P384)))
                        .orElseThrow()
                        .signed(message, TestKey.P384.sign(message)))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ecdsa, ed25519",
        "ed25519, ecdsa-sha2-nistp256",
        "rsa, ecdsa-sha2-nistp256",
        "ecdsa, ecdsa-sha2-nistp384",
        "ecdsa, ecdsa-sha1-nistp256",
        "sphincs, sphincs-shake-128s"
    })
    void a_key_of_another_kind_than_its_scheme_signs_nothing(String keytype, String scheme) throws Exception {
        assertThat(TufKey.of(key(keytype, scheme, pem(TestKey.A)))).isEmpty();
    }
}
