package dev.pratique.attestations.transparency;

import static dev.pratique.attestations.transparency.Entries.answer;
import static dev.pratique.attestations.transparency.Entries.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the two forms of entries are read. */
class LogEntryTest {
    private static final Instant THEN = Instant.parse("2026-06-01T12:00:00Z");

    private final FakeLog v1 = FakeLog.v1("rekor.example", TestKey.B);
    private final FakeLog v2 = FakeLog.v2("log2.example", TestKey.ED25519);

    private String answer1(Map<String, Object> entry) {
        return answer(v1.trusted(), entry, Entries.message());
    }

    @Test
    void takes_numbers_as_protobuf_writes_them_and_as_others_do() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put("logIndex", FakeLog.FIRST_INDEX + 5L);
        entry.put("integratedTime", THEN.getEpochSecond());
        in(entry, "inclusionProof").put("logIndex", 5);
        assertThat(answer1(entry)).isEqualTo("PROVED");
    }

    @Test
    void takes_a_number_that_is_left_out_for_zero() throws Exception {
        FakeLog empty = FakeLog.v2("log2.example", TestKey.ED25519);
        Map<String, Object> entry = empty.add(Entries.tileBody(), THEN);
        entry.remove("logIndex");
        in(entry, "inclusionProof").remove("logIndex");
        assertThat(Entries.read(entry).logIndex).isZero();
        assertThat(answer(empty.trusted(), entry, Entries.message()))
                .isEqualTo("LOG_ENTRY_UNPROVEN: an inclusion proof that does not lead to its root hash");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "01", "1.0", "1e3", " 1", "0x1", "9223372036854775808", "\u0661", ""})
    void refuses_numbers_that_are_not_plain(String number) {
        for (String name : List.of("logIndex", "integratedTime")) {
            Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
            entry.put(name, number);
            assertThat(answer1(entry))
                    .isEqualTo("MALFORMED: '" + name + "' of the log entry is not a whole number from 0 to 2^63 - 1");
        }
    }

    @Test
    void refuses_an_index_beyond_the_tree_and_a_time_beyond_the_calendar() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "inclusionProof").put("logIndex", "7");
        assertThat(answer1(entry)).isEqualTo("MALFORMED: the inclusion proof is of a place beyond its tree");
        entry.put("integratedTime", "253402300800");
        assertThat(answer1(entry)).isEqualTo("MALFORMED: the log entry's integratedTime is after the year 9999");
    }

    @Test
    void refuses_a_promise_of_an_index_that_has_no_canonical_text() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put("logIndex", Long.toString(1L << 53));
        assertThat(answer1(entry)).isEqualTo("LOG_ENTRY_UNPROVEN: a promise of an index that no signed text can have");
    }

    @Test
    void an_empty_promise_is_none() throws Exception {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        entry.put("inclusionPromise", Map.of("signedEntryTimestamp", ""));
        assertThat(Entries.read(entry).hasPromise()).isFalse();
        entry.put("inclusionPromise", Map.of());
        assertThat(Entries.read(entry).hasPromise()).isFalse();
        assertThat(answer(v2.trusted(), entry, Entries.message())).isEqualTo("PROVED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"logId", "kindVersion", "canonicalizedBody"})
    void refuses_an_entry_without_what_every_entry_has(String name) {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.remove(name);
        assertThat(answer1(entry)).isEqualTo("MALFORMED: '" + name + "' is missing");
    }

    @Test
    void refuses_ids_and_hashes_of_other_lengths() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "logId").put("keyId", "AAAA");
        assertThat(answer1(entry)).isEqualTo("MALFORMED: the log entry's log id is not 32 bytes long");
        entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "inclusionProof").put("rootHash", "AAAA");
        assertThat(answer1(entry)).isEqualTo("MALFORMED: the inclusion proof has a hash that is not 32 bytes long");
        in(entry, "inclusionProof").put("rootHash", "A".repeat(100_000));
        assertThat(answer1(entry)).isEqualTo("MALFORMED: the inclusion proof has a hash that is not 32 bytes long");
        entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "inclusionPromise").put("signedEntryTimestamp", "A".repeat(8000));
        assertThat(answer1(entry))
                .isEqualTo("MALFORMED: 'signedEntryTimestamp' of the log entry is larger than 4096 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"canonicalizedBody", "logIndex", "inclusionProof", "kindVersion"})
    void refuses_members_that_differ_only_in_case(String name) {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put(name.toUpperCase(java.util.Locale.ROOT), entry.get(name));
        assertThat(answer1(entry)).startsWith("MALFORMED: the log entry has the unknown member");
    }

    @ParameterizedTest
    @CsvSource({
        "'', the log entry",
        "logId, `logId` of the log entry",
        "kindVersion, `kindVersion` of the log entry",
        "inclusionPromise, `inclusionPromise` of the log entry",
        "inclusionProof, `inclusionProof` of the log entry",
        "inclusionProof.checkpoint, `checkpoint` of the log entry"
    })
    void refuses_members_that_the_proto_does_not_define(String place, String where) {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        Map<String, Object> within = place.isEmpty() ? entry : in(entry, place.split("\\."));
        within.put("integrated_time", "1");
        assertThat(answer1(entry))
                .isEqualTo("MALFORMED: " + where.replace("`", "'") + " has the unknown member 'integrated_time'");
    }

    @Test
    void refuses_a_negative_index_before_all_else() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put("logIndex", "-1");
        entry.remove("kindVersion");
        assertThat(answer1(entry))
                .isEqualTo("MALFORMED: 'logIndex' of the log entry is not a whole number from 0 to 2^63 - 1");
        Map<String, Object> inTree = v1.add(Entries.messageBody(), THEN);
        in(inTree, "inclusionProof").put("logIndex", -1);
        assertThat(answer1(inTree))
                .isEqualTo("MALFORMED: 'logIndex' of the log entry is not a whole number from 0 to 2^63 - 1");
    }

    @Test
    void refuses_an_annotation_that_is_not_cosigns() {
        String annotation = v1.annotation(Entries.messageBody(), THEN);
        assertRefused(annotation + " {}", "more than one JSON value");
        assertRefused(annotation.replace("\"Payload\"", "\"payload\""), "only in case");
        assertRefused(annotation.replaceFirst("\"logID\":\"..", "\"logID\":\"ZZ"), "not 64 lower-case hex digits");
        assertRefused(annotation.replace("SignedEntryTimestamp", "other"), "'SignedEntryTimestamp' is missing");
        assertRefused("[]", "is not a JSON object");
    }

    private static void assertRefused(String annotation, String reason) {
        assertThatThrownBy(() -> LogEntry.fromCosign(annotation))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void no_flipped_bit_of_an_entry_of_rekor_v1_proves() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        for (Generator random : Generator.runs("flipped v1", 400)) {
            Map<String, Object> damaged = copy(entry);
            flipOne(damaged, random, "SET", "body", "root", "hash", "note", "id");
            assertThat(answer1(damaged)).as("%s", random).isNotEqualTo("PROVED");
        }
    }

    @Test
    void no_flipped_bit_of_an_entry_of_rekor_v2_proves() {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        for (Generator random : Generator.runs("flipped v2", 400)) {
            Map<String, Object> damaged = copy(entry);
            flipOne(damaged, random, "body", "root", "hash", "note", "id");
            assertThat(answer(v2.trusted(), damaged, Entries.message()))
                    .as("%s", random)
                    .isNotEqualTo("PROVED");
        }
    }

    private static void flipOne(Map<String, Object> entry, Generator random, String... parts) {
        switch (random.oneOf(parts)) {
            case "SET" -> flip(in(entry, "inclusionPromise"), "signedEntryTimestamp", random);
            case "body" -> flip(entry, "canonicalizedBody", random);
            case "root" -> flip(in(entry, "inclusionProof"), "rootHash", random);
            case "id" -> flip(in(entry, "logId"), "keyId", random);
            case "hash" -> flipHash(in(entry, "inclusionProof"), random);
            default -> flipNote(in(entry, "inclusionProof", "checkpoint"), random);
        }
    }

    private static void flip(Map<String, Object> owner, String name, Generator random) {
        owner.put(name, flipped((String) owner.get(name), random));
    }

    private static String flipped(String base64, Generator random) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        bytes[random.below(bytes.length)] ^= (byte) (1 << random.below(8));
        return Base64.getEncoder().encodeToString(bytes);
    }

    @SuppressWarnings("unchecked")
    private static void flipHash(Map<String, Object> proof, Generator random) {
        List<Object> hashes = (List<Object>) proof.get("hashes");
        int at = random.below(hashes.size());
        hashes.set(at, flipped((String) hashes.get(at), random));
    }

    // The text and the log's own line, which comes first; the witness's line behind it is nobody's here.
    private static void flipNote(Map<String, Object> checkpoint, Generator random) {
        StringBuilder note = new StringBuilder((String) checkpoint.get("envelope"));
        int end = note.indexOf("\n\u2014 witness");
        int at = random.below(end);
        note.setCharAt(at, (char) (note.charAt(at) ^ 1 << random.below(7)));
        checkpoint.put("envelope", note.toString());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> copy(Map<String, Object> map) {
        Map<String, Object> copy = new java.util.LinkedHashMap<>(map);
        copy.replaceAll((name, value) -> value instanceof Map<?, ?> inner
                ? copy((Map<String, Object>) inner)
                : value instanceof List<?> list ? new java.util.ArrayList<>(list) : value);
        return copy;
    }

    @Test
    void no_bytes_but_malformed_evidence_come_out_of_anything() {
        String good = JsonWriter.text(v1.add(Entries.messageBody(), THEN));
        String cosign = v1.annotation(Entries.messageBody(), THEN);
        for (Generator random : Generator.runs("damaged text", 1500)) {
            String damaged = damage(random.oneOf(good, cosign), random);
            try {
                JsonObject json = StrictJson.parseObject(damaged.getBytes(StandardCharsets.UTF_8), "entry", 1 << 20);
                LogEntry entry =
                        json.find("Payload").isPresent() ? LogEntry.fromCosign(damaged) : LogEntry.fromBundle(json);
                v1.trusted().verify(entry, Entries.message());
            } catch (MalformedEvidenceException | UnprovenException expected) {
                assertThat(expected.getMessage()).as("%s", random).matches("[ -~]+");
            }
        }
    }

    private static String damage(String text, Generator random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int i = 1 + random.below(3); i > 0; i--) {
            int at = random.below(damaged.length());
            switch (random.below(3)) {
                case 0 -> damaged.setCharAt(at, (char) random.below(256));
                case 1 -> damaged.delete(at, Math.min(damaged.length(), at + 1 + random.below(40)));
                default -> damaged.insert(at, random.text("{}[]\",:0123456789-.eE\\u=", 6));
            }
            damaged.append(damaged.length() == 0 ? "{" : "");
        }
        return damaged.toString();
    }
}
