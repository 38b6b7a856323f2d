package dev.pratique.attestations.transparency;

import static dev.pratique.attestations.transparency.Entries.ENVELOPE_SIGNATURE;
import static dev.pratique.attestations.transparency.Entries.ENVELOPE_TEXT;
import static dev.pratique.attestations.transparency.Entries.MESSAGE;
import static dev.pratique.attestations.transparency.Entries.MESSAGE_SIGNATURE;
import static dev.pratique.attestations.transparency.Entries.PAE;
import static dev.pratique.attestations.transparency.Entries.PAYLOAD;
import static dev.pratique.attestations.transparency.Entries.SIGNER;
import static dev.pratique.attestations.transparency.Entries.TYPE;
import static dev.pratique.attestations.transparency.Entries.answer;
import static dev.pratique.attestations.transparency.Entries.in;
import static dev.pratique.attestations.transparency.Entries.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of entry must be about. The log itself is right in all of these. */
class EntryBodyTest {
    private static final Instant THEN = Instant.parse("2026-06-01T12:00:00Z");
    private static final byte[] OTHER = utf8("another");
    private static final byte[] STRANGER = TestKey.B.spki();
    private static final String SIGNED_BYTES = "LOG_ENTRY_MISMATCH: a log entry about other signed bytes";
    private static final String SIGNATURE = "LOG_ENTRY_MISMATCH: a log entry about another signature";
    private static final String VERIFIER = "LOG_ENTRY_MISMATCH: a log entry about another key or certificate";
    private static final String ANOTHER_PAYLOAD = "LOG_ENTRY_MISMATCH: a log entry about another payload";

    private final FakeLog v1 = FakeLog.v1("rekor.example", TestKey.C);
    private final FakeLog v2 = FakeLog.v2("log2.example", TestKey.ED25519);

    private String in1(byte[] body, LoggedSignature about) {
        return answer(v1.trusted(), v1.add(body, THEN), about);
    }

    private String in2(byte[] body, LoggedSignature about) {
        return answer(v2.trusted(), v2.add(body, THEN), about);
    }

    @ParameterizedTest
    @EnumSource(Hash.class)
    void hashedrekord_proves_a_message_by_each_digest(Hash hash) {
        byte[] one = LogBodies.hashedRekord(hash, MESSAGE, MESSAGE_SIGNATURE, SIGNER);
        byte[] two = LogBodies.hashedRekordOfTiles(hash, MESSAGE, MESSAGE_SIGNATURE, SIGNER);
        assertThat(in1(one, Entries.message())).isEqualTo("PROVED");
        assertThat(in2(two, Entries.message())).isEqualTo("PROVED");
        LoggedSignature byDigest = LoggedSignature.ofDigest(hash, hash.of(MESSAGE), MESSAGE_SIGNATURE, SIGNER);
        assertThat(in1(one, byDigest)).isEqualTo("PROVED");
        assertThat(in2(two, byDigest)).isEqualTo("PROVED");
    }

    @Test
    void BND_01_hashedrekord_refuses_a_digest_of_another_algorithm_than_the_known_one() {
        byte[] digest = Hash.SHA_256.of(MESSAGE);
        LoggedSignature about = LoggedSignature.ofDigest(Hash.SHA_256, digest, MESSAGE_SIGNATURE, SIGNER);
        assertThat(in1(LogBodies.hashedRekord(Hash.SHA_512, MESSAGE, MESSAGE_SIGNATURE, SIGNER), about))
                .isEqualTo(SIGNED_BYTES);
    }

    @Test
    void BND_01_hashedrekord_refuses_other_bytes_signatures_and_signers() {
        LoggedSignature about = Entries.message();
        assertThat(in1(LogBodies.hashedRekord(Hash.SHA_256, OTHER, MESSAGE_SIGNATURE, SIGNER), about))
                .isEqualTo(SIGNED_BYTES);
        assertThat(in1(LogBodies.hashedRekord(Hash.SHA_256, MESSAGE, OTHER, SIGNER), about))
                .isEqualTo(SIGNATURE);
        assertThat(in1(LogBodies.hashedRekord(Hash.SHA_256, MESSAGE, MESSAGE_SIGNATURE, STRANGER), about))
                .isEqualTo(VERIFIER);
        assertThat(in2(LogBodies.hashedRekordOfTiles(Hash.SHA_256, OTHER, MESSAGE_SIGNATURE, SIGNER), about))
                .isEqualTo(SIGNED_BYTES);
        assertThat(in2(LogBodies.hashedRekordOfTiles(Hash.SHA_256, MESSAGE, OTHER, SIGNER), about))
                .isEqualTo(SIGNATURE);
        assertThat(in2(LogBodies.hashedRekordOfTiles(Hash.SHA_256, MESSAGE, MESSAGE_SIGNATURE, STRANGER), about))
                .isEqualTo(VERIFIER);
    }

    @Test
    void hashedrekord_proves_an_envelope_by_its_pre_authentication_encoding() {
        LoggedSignature about = Entries.envelope();
        assertThat(in2(LogBodies.hashedRekordOfTiles(Hash.SHA_256, PAE, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo("PROVED");
        assertThat(in2(LogBodies.hashedRekordOfTiles(Hash.SHA_256, PAYLOAD, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo(SIGNED_BYTES);
    }

    @Test
    void proves_an_envelope_by_every_kind_of_envelope() {
        LoggedSignature about = Entries.envelope();
        assertThat(in1(LogBodies.dsse(PAYLOAD, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo("PROVED");
        assertThat(in1(LogBodies.inToto(TYPE, PAYLOAD, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo("PROVED");
        assertThat(in2(LogBodies.dsseOfTiles(PAYLOAD, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo("PROVED");
    }

    @Test
    void BND_01_kinds_of_envelopes_refuse_other_payloads_signatures_and_signers() {
        LoggedSignature about = Entries.envelope();
        assertThat(in1(LogBodies.dsse(OTHER, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo(ANOTHER_PAYLOAD);
        assertThat(in1(LogBodies.dsse(PAYLOAD, OTHER, SIGNER), about)).isEqualTo(SIGNATURE);
        assertThat(in1(LogBodies.dsse(PAYLOAD, ENVELOPE_SIGNATURE, STRANGER), about))
                .isEqualTo(VERIFIER);
        assertThat(in1(LogBodies.inToto(TYPE, OTHER, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo(ANOTHER_PAYLOAD);
        assertThat(in1(LogBodies.inToto(TYPE, PAYLOAD, OTHER, SIGNER), about)).isEqualTo(SIGNATURE);
        assertThat(in1(LogBodies.inToto(TYPE, PAYLOAD, ENVELOPE_SIGNATURE, STRANGER), about))
                .isEqualTo(VERIFIER);
        assertThat(in1(LogBodies.inToto("text/plain", PAYLOAD, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo("LOG_ENTRY_MISMATCH: a log entry about a payload of another type");
        assertThat(in2(LogBodies.dsseOfTiles(OTHER, ENVELOPE_SIGNATURE, SIGNER), about))
                .isEqualTo(ANOTHER_PAYLOAD);
        assertThat(in2(LogBodies.dsseOfTiles(PAYLOAD, OTHER, SIGNER), about)).isEqualTo(SIGNATURE);
        assertThat(in2(LogBodies.dsseOfTiles(PAYLOAD, ENVELOPE_SIGNATURE, STRANGER), about))
                .isEqualTo(VERIFIER);
    }

    @Test
    void BND_01_a_message_is_not_an_envelope() {
        assertThat(in1(LogBodies.dsse(MESSAGE, MESSAGE_SIGNATURE, SIGNER), Entries.message()))
                .isEqualTo("LOG_ENTRY_MISMATCH: a log entry about an envelope");
    }

    @Test
    void BND_01_signature_and_signer_must_stand_in_one_line_of_the_entry() {
        Map<String, Object> mine = signature(OTHER, SIGNER);
        Map<String, Object> theirs = signature(ENVELOPE_SIGNATURE, STRANGER);
        assertThat(in2(tilesWith(List.of(mine, theirs)), Entries.envelope())).isEqualTo(VERIFIER);
        Map<String, Object> right = signature(ENVELOPE_SIGNATURE, SIGNER);
        assertThat(in2(tilesWith(List.of(mine, theirs, right)), Entries.envelope()))
                .isEqualTo("PROVED");
    }

    @Test
    void BND_06_bounds_the_signatures_of_an_entry() {
        List<Map<String, Object>> many = Collections.nCopies(17, signature(ENVELOPE_SIGNATURE, SIGNER));
        assertThat(in2(tilesWith(many), Entries.envelope()))
                .isEqualTo("MALFORMED: 'signatures' has 17 entries, more than 16");
    }

    private static Map<String, Object> signature(byte[] signature, byte[] verifier) {
        return Map.of(
                "content",
                LogBodies.base64(signature),
                "verifier",
                Map.of("publicKey", Map.of("rawBytes", LogBodies.base64(verifier))));
    }

    private static byte[] tilesWith(List<Map<String, Object>> signatures) {
        Map<String, Object> payload =
                Map.of("algorithm", "SHA2_256", "digest", LogBodies.base64(Hash.SHA_256.of(PAYLOAD)));
        return LogBodies.body(
                "dsse", "0.0.2", Map.of("dsseV002", Map.of("payloadHash", payload, "signatures", signatures)));
    }

    @Test
    void the_oldest_kind_proves_an_envelope_only_where_its_text_is_known() {
        byte[] body = LogBodies.oldInToto(ENVELOPE_TEXT, PAYLOAD, SIGNER);
        assertThat(in1(body, Entries.envelopeWithText())).isEqualTo("PROVED");
        assertThat(in1(body, Entries.envelope()))
                .isEqualTo("LOG_ENTRY_MISMATCH: a log entry about an envelope whose text is not at hand");
    }

    @Test
    void BND_01_the_oldest_kind_refuses_another_text_payload_or_signer() {
        LoggedSignature about = Entries.envelopeWithText();
        assertThat(in1(LogBodies.oldInToto(OTHER, PAYLOAD, SIGNER), about))
                .isEqualTo("LOG_ENTRY_MISMATCH: a log entry about another envelope");
        assertThat(in1(LogBodies.oldInToto(ENVELOPE_TEXT, OTHER, SIGNER), about))
                .isEqualTo(ANOTHER_PAYLOAD);
        assertThat(in1(LogBodies.oldInToto(ENVELOPE_TEXT, PAYLOAD, STRANGER), about))
                .isEqualTo(VERIFIER);
    }

    @Test
    void a_kind_that_is_not_known_is_not_judged() {
        byte[] body = LogBodies.body("rpm\u202e", "0.0.1", Map.of());
        assertThat(in1(body, Entries.message()))
                .isEqualTo("NOT_JUDGED: a log entry of the kind rpm? 0.0.1, which is not judged");
        // A later version of a known kind is another kind.
        assertThat(in1(LogBodies.body("hashedrekord", "0.0.3", Map.of()), Entries.message()))
                .startsWith("NOT_JUDGED");
    }

    @Test
    void BND_18_refuses_an_entry_that_is_said_to_be_of_another_kind() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "kindVersion").put("kind", "dsse");
        String reason = "MALFORMED: the log entry is said to be of another kind or version than it is";
        assertThat(answer(v1.trusted(), entry, Entries.message())).isEqualTo(reason);
        in(entry, "kindVersion").putAll(Map.of("kind", "hashedrekord", "version", "0.0.2"));
        assertThat(answer(v1.trusted(), entry, Entries.message())).isEqualTo(reason);
    }

    @Test
    void BND_11_refuses_two_verifiers_and_two_contents() {
        String body = new String(Entries.tileBody(), StandardCharsets.UTF_8);
        String both = body.replace("\"publicKey\":", "\"x509Certificate\":{\"rawBytes\":\"AAAA\"},\"publicKey\":");
        assertThat(in2(utf8(both), Entries.message()))
                .isEqualTo("MALFORMED: the log entry has 'publicKey' where 'x509Certificate' belongs");
        String two = body.replace("\"hashedRekordV002\":", "\"dsseV002\":{},\"hashedRekordV002\":");
        assertThat(in2(utf8(two), Entries.message()))
                .isEqualTo("MALFORMED: the log entry has 'dsseV002' where 'hashedRekordV002' belongs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind", "spec", "data", "hash", "algorithm", "value", "signature", "content", "publicKey"})
    void refuses_members_that_differ_only_in_case(String name) {
        String body = new String(Entries.messageBody(), StandardCharsets.UTF_8);
        String twice = body.replaceFirst(
                "\"" + name + "\":", "\"" + name.toUpperCase(java.util.Locale.ROOT) + "\":\"x\",\"" + name + "\":");
        assertThat(twice).isNotEqualTo(body);
        // The log has it like that, so nothing but the reading refuses it.
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put("canonicalizedBody", LogBodies.base64(utf8(twice)));
        assertThat(answer(v1.trusted(), entry, Entries.message()))
                .startsWith("MALFORMED:")
                .contains("only in case");
    }

    @Test
    void refuses_digests_of_weak_algorithms_and_impossible_lengths() {
        String body = new String(Entries.messageBody(), StandardCharsets.UTF_8);
        assertThat(in1(utf8(body.replace("sha256", "sha1")), Entries.message()))
                .isEqualTo("MALFORMED: the log entry has a digest of another algorithm than SHA-256, -384 or -512");
        assertThat(in1(utf8(body.replace("sha256", "sha512")), Entries.message()))
                .isEqualTo("MALFORMED: the log entry has a digest that is not lower-case hex of its length");
        String tiles = new String(Entries.tileBody(), StandardCharsets.UTF_8);
        assertThat(in2(utf8(tiles.replace("SHA2_256", "SHA2_384")), Entries.message()))
                .isEqualTo("MALFORMED: the log entry has a digest that is not of its algorithm's length");
    }

    @Test
    void refuses_a_key_in_another_block_or_with_something_behind_it() {
        String pem = new String(Base64.getDecoder().decode(pemOf(Entries.messageBody())), StandardCharsets.US_ASCII);
        for (String other : List.of(
                pem.replace("PUBLIC KEY", "PRIVATE KEY"),
                pem + pem,
                " " + pem,
                pem.replace("-----END PUBLIC KEY-----", ""),
                pem + "x")) {
            assertThat(in1(withPem(other), Entries.message()))
                    .startsWith("MALFORMED: the log entry's key or certificate");
        }
        assertThat(in1(withPem(pem.strip()), Entries.message())).isEqualTo("PROVED");
    }

    @Test
    void takes_the_first_certificate_of_a_chain() {
        byte[] leaf = {0x30, 1, 0};
        LoggedSignature about = LoggedSignature.ofMessage(MESSAGE, MESSAGE_SIGNATURE, leaf);
        String first = "-----BEGIN CERTIFICATE-----\n" + LogBodies.base64(leaf) + "\n-----END CERTIFICATE-----\n";
        String second = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assertThat(in1(withPem(first + second), about)).isEqualTo("PROVED");
        assertThat(in1(withPem(second + first), about)).isEqualTo(VERIFIER);
    }

    private static String pemOf(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        int start = text.indexOf("\"LS0t") + 1;
        return text.substring(start, text.indexOf('"', start));
    }

    private static byte[] withPem(String pem) {
        byte[] body = Entries.messageBody();
        return utf8(new String(body, StandardCharsets.UTF_8).replace(pemOf(body), LogBodies.base64(utf8(pem))));
    }

    @Test
    void hashes_a_message_once_for_however_many_entries() {
        LoggedSignature about = Entries.message();
        Optional<byte[]> first = about.digest(Hash.SHA_256);
        assertThat(about.digest(Hash.SHA_256).orElseThrow()).isSameAs(first.orElseThrow());
    }
}
