package dev.pratique.attestations.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String ROOT = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String TEXT = "log.example\n7\n" + ROOT + "\n";
    private static final String LINE = FakeLog.noteLine("log.example", new byte[] {1, 2, 3, 4}, new byte[64]);

    @Test
    void reads_what_rekor_wrote() throws Exception {
        Checkpoint valid = Checkpoint.parse(recorded("valid.txt"));
        assertThat(valid.origin()).isEqualTo("rekor.sigstore.dev - 2605736670972794746");
        assertThat(valid.size()).isEqualTo(37795272);
        assertThat(Base64.getEncoder().encodeToString(valid.root()))
                .isEqualTo("60ll7idWI1jYRZzxc+jKflYoW+4jWxgZaGR15ASsWt4=");
        assertThat(new String(valid.text(), StandardCharsets.UTF_8)).endsWith("Timestamp: 1697034484441201852\n");
        assertThat(valid.signatures()).hasSize(1);
        assertThat(valid.signatures().get(0).name()).isEqualTo("rekor.sigstore.dev");
        assertThat(valid.signatures().get(0).keyId()).isEqualTo(HexFormat.of().parseHex("c0d23d6a"));
    }

    @ParameterizedTest
    @CsvSource({
        "error_header_count.txt, the checkpoint has 2 lines",
        "error_no_signatures.txt, the checkpoint has no signatures",
        "error_not_a_number.txt, the checkpoint does not say its tree's size in its second line",
        "error_signature_format_invalid.txt, the checkpoint has a signature line that is none"
    })
    void refuses_what_sigstore_java_refuses(String file, String reason) {
        assertRefused(recorded(file), reason);
    }

    @Test
    void takes_extension_lines_and_signatures_of_strangers() throws Exception {
        Checkpoint read = Checkpoint.parse(TEXT + "one\ntwo\n\n" + LINE.repeat(16));
        assertThat(read.signatures()).hasSize(16);
        assertThat(new String(read.text(), StandardCharsets.UTF_8)).isEqualTo(TEXT + "one\ntwo\n");
    }

    @Test
    void refuses_a_note_that_can_be_read_in_two_ways() {
        assertRefused(TEXT + "\nmore\n\n" + LINE, "has an empty line");
        assertRefused(TEXT + "\n" + LINE.strip(), "does not end with a newline");
        assertRefused(TEXT + "\n" + LINE + "\n", "has no signatures");
        assertRefused(TEXT.replace("\n", "\r\n") + "\r\n" + LINE, "has control characters");
        assertRefused(TEXT + LINE, "has no blank line before its signatures");
    }

    @ParameterizedTest
    @ValueSource(strings = {"07", "-7", "+7", "7.0", " 7", "0x7", "9223372036854775808", "\u0667"})
    void refuses_a_size_that_is_not_a_plain_number(String size) {
        assertRefused(TEXT.replace("\n7\n", "\n" + size + "\n") + "\n" + LINE, "does not say its tree's size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a+b", "a\u00a0b", "a\u2003b", "a\u3000b", "a\u0085b"})
    void refuses_key_names_with_spaces_of_any_kind_or_plus(String name) {
        assertRefused(TEXT + "\n" + LINE.replace("log.example", name), "");
    }

    @Test
    void refuses_roots_and_signatures_of_impossible_lengths() {
        assertRefused(TEXT.replace(ROOT, "AAAA") + "\n" + LINE, "has a root hash that is not 32 bytes long");
        assertRefused(TEXT + "\n\u2014 log.example AQIDBA==\n", "has a signature that is too short");
        assertRefused(TEXT + "\n\u2014 log.example AQIDBAU\n", "not canonical base64");
    }

    @Test
    void bounds_signatures_lines_and_bytes() {
        assertRefused(TEXT + "\n" + LINE.repeat(33), "has more than 32 signatures");
        assertRefused(TEXT + "x\n".repeat(17) + "\n" + LINE, "has 20 lines");
        assertRefused(TEXT + "\n" + LINE.repeat(10_000), "is larger than");
    }

    @Test
    void names_an_ed25519_key_as_the_specification_shows() throws Exception {
        // C2SP signed-note, "Example": example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k.
        byte[] typed = Base64.getDecoder().decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
        byte[] spki = HexFormat.of()
                .parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(typed, 1, 33));
        assertSigner(VerificationKey.parseSpki(spki), "example.com/foo", "530d903a");
    }

    @Test
    void names_an_ecdsa_key_by_its_spki() throws Exception {
        byte[] hash = Hash.SHA_256.of(TestKey.P384.spki());
        assertSigner(TestKey.P384.trusted(), "log.example", HexFormat.of().formatHex(hash, 0, 4));
    }

    @Test
    void names_an_rsa_key_by_name_and_format() throws Exception {
        byte[] named = "log.example\n\u0000PKIX-RSA-PKCS#1v1.5".getBytes(StandardCharsets.ISO_8859_1);
        named["log.example\n".length()] = (byte) 0xFF;
        byte[] spki = TestKey.RSA.spki();
        byte[] all = java.util.Arrays.copyOf(named, named.length + spki.length);
        System.arraycopy(spki, 0, all, named.length, spki.length);
        assertSigner(TestKey.RSA.trusted(), "log.example", HexFormat.of().formatHex(Hash.SHA_256.of(all), 0, 4));
    }

    private static void assertSigner(VerificationKey key, String name, String id) throws MalformedEvidenceException {
        byte[] keyId = HexFormat.of().parseHex(id);
        CheckpointSigner signer = new CheckpointSigner(key, Optional.of(name));
        assertThat(signer.isNamedBy(note(name, name, keyId))).isTrue();
        assertThat(signer.isNamedBy(note(name, "other.example", keyId))).isFalse();
        assertThat(signer.isNamedBy(note("other.example", name, keyId))).isFalse();
        keyId[3] ^= 1;
        assertThat(signer.isNamedBy(note(name, name, keyId))).isFalse();
    }

    private static Checkpoint note(String origin, String name, byte[] keyId) throws MalformedEvidenceException {
        return Checkpoint.parse(origin + "\n7\n" + ROOT + "\n\n" + FakeLog.noteLine(name, keyId, new byte[64]));
    }

    private static String recorded(String file) {
        return new String(
                Shared.bytes(Shared.path("corpus/sigstore-java/checkpoints").resolve(file)), StandardCharsets.UTF_8);
    }

    private static void assertRefused(String note, String reason) {
        assertThatThrownBy(() -> Checkpoint.parse(note))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(reason);
    }
}
