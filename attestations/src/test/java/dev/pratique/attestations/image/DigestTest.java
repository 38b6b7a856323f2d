package dev.pratique.attestations.image;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DigestTest {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    static Stream<String> reg11() {
        return Stream.of(
                "",
                ":",
                "::",
                "sha256",
                "sha256:",
                HEX,
                ":" + HEX,
                "sha256:../../../../etc/passwd",
                "sha256:" + "../".repeat(21) + "a",
                "sha256:" + HEX.substring(1),
                "sha256:" + HEX + "0",
                "SHA256:" + HEX,
                "Sha256:" + HEX,
                "sha256:" + HEX.toUpperCase(java.util.Locale.ROOT),
                "sha256:" + HEX.replace('e', 'g'),
                "sha256:" + HEX.replace("e3", "%00"),
                "sha256:" + HEX + "%00",
                "sha256:" + HEX + "\u0000",
                "sha256:" + HEX + "\n",
                " sha256:" + HEX,
                "sha256: " + HEX.substring(1),
                "sha256%3A" + HEX,
                "sha256-" + HEX,
                "sha256::" + HEX.substring(1),
                "sha256:" + HEX.replace('0', '\u0660'), // an Arabic digit
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "sha384:" + HEX + HEX.substring(32),
                "sha512:" + HEX,
                "blake3:" + HEX,
                "sha256:" + HEX + HEX,
                "sha256+b64:" + HEX,
                "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
                "sha512_256:" + HEX,
                "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8");
    }

    @ParameterizedTest
    @MethodSource("reg11")
    void REG_11_refuses_every_text_but_the_one_grammar(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> Reference.parse(text.contains(":") ? text : ":" + text))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void reads_both_registered_algorithms_and_says_them_again() throws Exception {
        String sha512 = "sha512:" + HEX + HEX;
        assertThat(Digest.parse("sha256:" + HEX)).hasToString("sha256:" + HEX);
        assertThat(Digest.parse(sha512)).hasToString(sha512);
        assertThat(Digest.parse("sha256:" + HEX).matches(new byte[0])).isTrue();
        assertThat(Digest.parse("sha256:" + HEX).matches(new byte[1])).isFalse();
        assertThat(Digest.of(Digest.Algorithm.SHA512, utf8("abc")).hex())
                .startsWith("ddaf35a193617aba")
                .hasSize(128);
    }

    @Test
    void a_digest_of_another_algorithm_is_another_digest() {
        Digest one = Digest.sha256(utf8("x"));
        assertThat(Digest.of(Digest.Algorithm.SHA512, utf8("x"))).isNotEqualTo(one);
        assertThatThrownBy(() -> new Digest(Digest.Algorithm.SHA512, one.hex()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
