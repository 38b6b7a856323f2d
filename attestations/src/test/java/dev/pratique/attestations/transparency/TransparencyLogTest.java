package dev.pratique.attestations.transparency;

import static dev.pratique.attestations.transparency.Entries.answer;
import static dev.pratique.attestations.transparency.Entries.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.FakeLog.Defect;
import dev.pratique.attestations.testing.TestKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promises, proofs and checkpoints; what entries are about is {@link EntryBodyTest}'s. */
class TransparencyLogTest {
    private static final Instant THEN = Instant.parse("2026-06-01T12:00:00Z");
    private static final String NO_PROOF =
            "LOG_ENTRY_UNPROVEN: a log entry with neither a promise nor a proof that the log signed";

    private final FakeLog v1 = FakeLog.v1("rekor.example", TestKey.B);
    private final FakeLog v2 = FakeLog.v2("log2.example", TestKey.ED25519);

    private String answer1(Map<String, Object> entry) {
        return answer(v1.trusted(), entry, Entries.message());
    }

    private String answer2(Map<String, Object> entry) {
        return answer(v2.trusted(), entry, Entries.message());
    }

    @Test
    void proves_an_entry_of_rekor_v1_with_its_time() throws Exception {
        LogEntry entry = Entries.read(v1.add(Entries.messageBody(), THEN));
        LoggedEntry logged = v1.trusted().verify(entry, Entries.message());
        assertThat(logged.integratedTime()).hasValue(THEN);
        assertThat(logged.index()).isEqualTo(FakeLog.FIRST_INDEX + 5);
        assertThat(logged.log()).isEqualTo(v1.trusted());
        assertThat(logged).hasToString("entry 1005 of https://rekor.example");
    }

    @Test
    void proves_an_entry_of_rekor_v2_without_a_time() throws Exception {
        Validity window = new Validity(Optional.of(THEN), Optional.empty());
        LogEntry entry = Entries.read(v2.add(Entries.tileBody(), THEN));
        LoggedEntry logged = v2.trusted(window).verify(entry, Entries.message());
        assertThat(logged.integratedTime()).isEmpty();
        assertThat(logged.index()).isEqualTo(5);
        assertThat(logged.validity()).isEqualTo(window);
    }

    @Test
    void proves_entries_of_logs_with_keys_of_every_kind() {
        for (TestKey key : List.of(TestKey.A, TestKey.P384, TestKey.P521, TestKey.RSA, TestKey.ED25519)) {
            FakeLog old = FakeLog.v1("rekor.example", key);
            assertThat(answer(old.trusted(), old.add(Entries.messageBody(), THEN), Entries.message()))
                    .isEqualTo("PROVED");
        }
        for (TestKey key : List.of(TestKey.A, TestKey.P384, TestKey.ED25519)) {
            FakeLog tiles = FakeLog.v2("log2.example", key);
            assertThat(answer(tiles.trusted(), tiles.add(Entries.tileBody(), THEN), Entries.message()))
                    .isEqualTo("PROVED");
        }
    }

    @Test
    void proves_by_the_promise_alone_and_by_the_proof_alone() throws Exception {
        Map<String, Object> promised = v1.add(Entries.messageBody(), THEN);
        promised.remove("inclusionProof");
        LogEntry entry = Entries.read(promised);
        assertThat(entry.hasPromise() && !entry.hasProof()).isTrue();
        assertThat(v1.trusted().verify(entry, Entries.message()).integratedTime())
                .hasValue(THEN);

        Map<String, Object> proved = v1.add(Entries.messageBody(), THEN);
        proved.remove("inclusionPromise");
        assertThat(Entries.read(proved).hasPromise()).isFalse();
        assertThat(answer1(proved)).isEqualTo("PROVED");

        Map<String, Object> neither = v1.add(Entries.messageBody(), THEN);
        neither.remove("inclusionPromise");
        neither.remove("inclusionProof");
        assertThat(answer1(neither)).isEqualTo(NO_PROOF);
    }

    @Test
    void proves_cosigns_annotation() throws Exception {
        LogEntry entry = LogEntry.fromCosign(v1.annotation(Entries.messageBody(), THEN));
        LoggedEntry logged = v1.trusted().verify(entry, Entries.message());
        assertThat(logged.integratedTime()).hasValue(THEN);
        assertThat(logged.index()).isEqualTo(FakeLog.FIRST_INDEX + 5);
    }

    @Test
    void BND_02_a_time_without_a_promise_is_no_time() throws Exception {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.remove("inclusionPromise");
        entry.put("integratedTime", "1");
        LoggedEntry logged = v1.trusted().verify(Entries.read(entry), Entries.message());
        assertThat(logged.integratedTime()).isEmpty();

        Map<String, Object> ofTiles = v2.add(Entries.tileBody(), THEN);
        ofTiles.put("integratedTime", "1780315200");
        assertThat(v2.trusted().verify(Entries.read(ofTiles), Entries.message()).integratedTime())
                .isEmpty();
    }

    @Test
    void BND_02_refuses_a_time_that_the_promise_is_not_about() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put("integratedTime", Long.toString(THEN.getEpochSecond() + 1));
        assertThat(answer1(entry)).isEqualTo("LOG_ENTRY_UNPROVEN: a promise that https://rekor.example did not sign");
        assertThat(answer1(v1.add(Entries.messageBody(), THEN, Defect.PROMISE_OF_OTHER_TIME)))
                .isEqualTo("LOG_ENTRY_UNPROVEN: a promise that https://rekor.example did not sign");
        entry.remove("integratedTime");
        assertThat(answer1(entry)).isEqualTo("MALFORMED: the log entry has a promise without a time");
    }

    @Test
    void BND_02_refuses_a_promise_of_random_bytes_or_by_another_key() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "inclusionPromise").put("signedEntryTimestamp", "AAECAwQFBgcICQ==");
        assertThat(answer1(entry)).isEqualTo("LOG_ENTRY_UNPROVEN: a promise that https://rekor.example did not sign");
        assertThat(answer1(v1.add(Entries.messageBody(), THEN, Defect.PROMISE_BY_OTHER_KEY)))
                .isEqualTo("LOG_ENTRY_UNPROVEN: a promise that https://rekor.example did not sign");
    }

    @Test
    void refuses_a_promise_of_a_time_when_the_key_did_not_count() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        Validity before = new Validity(Optional.empty(), Optional.of(THEN));
        Validity after = new Validity(Optional.of(THEN.plusSeconds(1)), Optional.empty());
        for (Validity window : List.of(before, after)) {
            assertThat(answer(v1.trusted(window), entry, Entries.message()))
                    .isEqualTo("LOG_ENTRY_UNPROVEN: a promise of 2026-06-01T12:00:00Z, when the key of"
                            + " https://rekor.example was not valid");
        }
        Validity then = new Validity(Optional.of(THEN), Optional.of(THEN.plusSeconds(1)));
        assertThat(answer(v1.trusted(then), entry, Entries.message())).isEqualTo("PROVED");
    }

    @ParameterizedTest
    @EnumSource(
            value = Defect.class,
            names = {"PROMISE_BY_OTHER_KEY", "PROMISE_OF_OTHER_TIME"},
            mode = EnumSource.Mode.EXCLUDE)
    void BND_09_refuses_a_checkpoint_that_is_not_this_logs_of_this_tree(Defect defect) {
        String name1 = "https://rekor.example";
        Map<Defect, String> reasons = Map.of(
                Defect.CHECKPOINT_BY_OTHER_KEY, "a checkpoint that %s did not sign",
                Defect.CHECKPOINT_OF_OTHER_SIZE, "a checkpoint of another tree than the inclusion proof's",
                Defect.CHECKPOINT_OF_OTHER_ROOT, "a checkpoint of another tree than the inclusion proof's",
                Defect.CHECKPOINT_SIGNED_TWICE, "a checkpoint with 2 signatures by one key of %s");
        // The key of a Rekor v1 signs for trees of any name; of a tile log the name is part of the log.
        String ofOrigin = "a checkpoint of 'other.log2.example' without a signature of %s";
        assertThat(answer2(v2.add(Entries.tileBody(), THEN, defect)))
                .isEqualTo("LOG_ENTRY_UNPROVEN: "
                        + reasons.getOrDefault(defect, ofOrigin).formatted("https://log2.example"));
        if (defect != Defect.CHECKPOINT_OF_OTHER_ORIGIN) {
            assertThat(answer1(v1.add(Entries.messageBody(), THEN, defect)))
                    .isEqualTo("LOG_ENTRY_UNPROVEN: " + reasons.get(defect).formatted(name1));
        }
    }

    @Test
    void BND_09_refuses_the_checkpoint_of_another_log_that_is_trusted_too() {
        FakeLog other = FakeLog.v2("log2.example", TestKey.ED25519.another());
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        Map<String, Object> elsewhere = other.add(Entries.tileBody(), THEN);
        in(entry, "inclusionProof")
                .put("checkpoint", in(elsewhere, "inclusionProof").get("checkpoint"));
        assertThat(answer2(entry))
                .isEqualTo("LOG_ENTRY_UNPROVEN: a checkpoint of 'log2.example' without a signature of"
                        + " https://log2.example");
        assertThat(answer(other.trusted(), entry, Entries.message()))
                .isEqualTo("LOG_ENTRY_UNPROVEN: an entry of another log than https://log2.example");
    }

    @Test
    void refuses_a_tile_logs_checkpoint_where_its_origin_is_not_known() {
        TransparencyLog nameless = new TransparencyLog(
                "given",
                v2.id(),
                TestKey.ED25519.trusted(),
                Set.of(TestKey.ED25519.trusted().defaultAlgorithm()),
                Optional.empty(),
                Validity.ALWAYS);
        assertThat(answer(nameless, v2.add(Entries.tileBody(), THEN), Entries.message()))
                .isEqualTo("LOG_ENTRY_UNPROVEN: a checkpoint of 'log2.example' without a signature of given");
    }

    @Test
    void takes_checkpoints_that_witnesses_cosigned_in_any_order() {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        Map<String, Object> checkpoint = in(entry, "inclusionProof", "checkpoint");
        String note = (String) checkpoint.get("envelope");
        String stranger = FakeLog.noteLine("log2.example", new byte[] {9, 9, 9, 9}, new byte[64]);
        checkpoint.put("envelope", note.replace("\n\n", "\n\n" + stranger));
        assertThat(answer2(entry)).isEqualTo("PROVED");
        checkpoint.put("envelope", note + stranger);
        assertThat(answer2(entry)).isEqualTo("PROVED");
    }

    @Test
    void a_witness_alone_proves_nothing() {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        Map<String, Object> checkpoint = in(entry, "inclusionProof", "checkpoint");
        String note = (String) checkpoint.get("envelope");
        checkpoint.put("envelope", note.replaceFirst("\u2014 log2.example .*\n", ""));
        assertThat(answer2(entry)).startsWith("LOG_ENTRY_UNPROVEN: a checkpoint of 'log2.example' without");
    }

    @Test
    void a_proof_without_a_checkpoint_proves_nothing_and_must_be_right_all_the_same() throws Exception {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        in(entry, "inclusionProof").remove("checkpoint");
        assertThat(Entries.read(entry).hasProof()).isFalse();
        assertThat(answer1(entry)).isEqualTo("PROVED");
        in(entry, "inclusionProof").put("rootHash", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assertThat(answer1(entry))
                .isEqualTo("LOG_ENTRY_UNPROVEN: an inclusion proof that does not lead to its root hash");

        Map<String, Object> ofTiles = v2.add(Entries.tileBody(), THEN);
        in(ofTiles, "inclusionProof").remove("checkpoint");
        assertThat(answer2(ofTiles)).isEqualTo(NO_PROOF);
    }

    @Test
    void BND_01_refuses_the_proof_of_another_entry() {
        Map<String, Object> other = v2.add(Entries.utf8("{\"apiVersion\":\"0\",\"kind\":\"x\",\"spec\":{}}"), THEN);
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        entry.put("inclusionProof", other.get("inclusionProof"));
        entry.put("logIndex", other.get("logIndex"));
        assertThat(answer2(entry))
                .isEqualTo("LOG_ENTRY_UNPROVEN: an inclusion proof that does not lead to its root hash");
    }

    @Test
    void refuses_a_tile_entry_that_claims_another_place_than_the_proved_one() {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        entry.put("logIndex", "6");
        assertThat(answer2(entry)).isEqualTo("LOG_ENTRY_UNPROVEN: entry 6 with the inclusion proof of entry 5");
    }

    @Test
    void refuses_a_promise_of_a_kind_whose_logs_make_none() {
        Map<String, Object> entry = v1.add(Entries.tileBody(), THEN);
        assertThat(answer1(entry))
                .isEqualTo("MALFORMED: the log entry is of a kind whose logs make no promises, and has one");
    }

    @Test
    void BND_06_refuses_65_hashes_before_it_reads_them() {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        List<Object> hashes = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            hashes.add("no base64 at all");
        }
        in(entry, "inclusionProof").put("hashes", hashes);
        assertThat(answer2(entry)).isEqualTo("MALFORMED: 'hashes' has 65 entries, more than 64");
    }

    @Test
    void BND_06_answers_for_a_proof_of_2_to_the_40_leaves() {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        Map<String, Object> proof = in(entry, "inclusionProof");
        proof.put("treeSize", Long.toString(1L << 40));
        List<Object> hashes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            hashes.add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        }
        proof.put("hashes", hashes);
        assertThat(answer2(entry))
                .isEqualTo("LOG_ENTRY_UNPROVEN: an inclusion proof that does not lead to its root hash");
        hashes.remove(0);
        assertThat(answer2(entry))
                .isEqualTo(
                        "LOG_ENTRY_UNPROVEN: an inclusion proof of 39 hashes, which is no path to leaf 5 of a tree of"
                                + " 1099511627776");
    }

    @Test
    void BND_06_refuses_a_body_of_a_megabyte_before_it_decodes_it() {
        Map<String, Object> entry = v1.add(Entries.messageBody(), THEN);
        entry.put("canonicalizedBody", "[".repeat(1 << 20));
        assertThat(answer1(entry))
                .isEqualTo("MALFORMED: 'canonicalizedBody' of the log entry is larger than 262144 bytes");
        assertThatThrownBy(() -> LogEntry.fromCosign("[".repeat(1 << 20)))
                .hasMessage("the log entry in the annotation is too large");
    }

    @Test
    void finds_the_log_by_its_id_and_among_windows_of_one_key_the_one_of_the_time() throws Exception {
        LogEntry entry = Entries.read(v1.add(Entries.messageBody(), THEN));
        TransparencyLog before = v1.trusted(new Validity(Optional.empty(), Optional.of(THEN)));
        TransparencyLog now = v1.trusted(new Validity(Optional.of(THEN), Optional.empty()));
        assertThat(TransparencyLog.of(entry, List.of(v2.trusted()))).isEmpty();
        assertThat(TransparencyLog.of(entry, List.of(v2.trusted(), before, now)).orElseThrow())
                .isSameAs(now);
        // Where the log's clock is not known, whoever stamped the signature says when; a time without a promise does
        // not.
        LogEntry timeless = Entries.read(v2.add(Entries.messageBody(), THEN));
        TransparencyLog ended = v2.trusted(new Validity(Optional.empty(), Optional.of(THEN)));
        TransparencyLog begun = v2.trusted(new Validity(Optional.of(THEN), Optional.empty()));
        for (List<TransparencyLog> order : List.of(List.of(ended, begun), List.of(begun, ended))) {
            assertThat(TransparencyLog.of(timeless, order, List.of(THEN))).contains(begun);
            assertThat(TransparencyLog.of(timeless, order, List.of(THEN.minusSeconds(1))))
                    .contains(ended);
            assertThat(TransparencyLog.of(timeless, order, List.of(THEN.minusSeconds(1), THEN)))
                    .contains(order.get(0));
        }
        Map<String, Object> unpromised = v1.add(Entries.messageBody(), THEN.minusSeconds(60));
        unpromised.remove("inclusionPromise");
        assertThat(TransparencyLog.of(Entries.read(unpromised), List.of(before, now), List.of(THEN)))
                .contains(now);
        // Where none may have signed, the first one says why not.
        assertThat(TransparencyLog.of(entry, List.of(before)).orElseThrow()).isSameAs(before);
    }

    @Test
    void one_key_under_two_names_is_one_log() {
        assertThat(FakeLog.v1("a.example", TestKey.A).trusted())
                .isEqualTo(FakeLog.v2("b.example", TestKey.A).trusted())
                .hasSameHashCodeAs(FakeLog.v2("b.example", TestKey.A).trusted())
                .isNotEqualTo(FakeLog.v1("a.example", TestKey.B).trusted());
    }

    @Test
    void takes_no_algorithm_that_its_key_does_not_have() {
        assertThatThrownBy(() -> new TransparencyLog(
                        "x",
                        new byte[32],
                        TestKey.A.trusted(),
                        Set.of(TestKey.ED25519.trusted().defaultAlgorithm()),
                        Optional.empty(),
                        Validity.ALWAYS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(v1.trusted().hasSigned(new byte[1], new byte[64])).isFalse();
    }

    // sigstore_trustroot.proto, checkpoint_key_id: "SHOULD be 4 bytes long, as a truncated hash".
    @Test
    void a_log_may_be_known_by_the_first_four_bytes_of_its_id() throws Exception {
        Map<String, Object> entry = v2.add(Entries.tileBody(), THEN);
        TransparencyLog whole = v2.trusted();
        TransparencyLog brief = named(whole, Arrays.copyOf(whole.id(), 4));
        assertThat(answer(brief, entry, Entries.message())).isEqualTo("PROVED");
        assertThat(TransparencyLog.of(Entries.read(entry), List.of(v1.trusted(), brief)))
                .contains(whole);
        for (byte[] other : List.of(new byte[] {1, 2, 3, 4}, new byte[0], Arrays.copyOf(whole.id(), 5))) {
            assertThat(TransparencyLog.of(Entries.read(entry), List.of(named(whole, other))))
                    .isEmpty();
        }
        // The name leads to the key; whose checkpoint it is the key tells.
        FakeLog another = FakeLog.v2("log2.example", TestKey.A);
        TransparencyLog wrong = named(another.trusted(), Arrays.copyOf(whole.id(), 4));
        assertThat(answer(wrong, entry, Entries.message()))
                .isEqualTo("LOG_ENTRY_UNPROVEN: a checkpoint of 'log2.example' without a signature of"
                        + " https://log2.example");
    }

    private static TransparencyLog named(TransparencyLog log, byte[] id) {
        return new TransparencyLog(
                log.name(),
                id,
                log.key(),
                Set.of(log.key().defaultAlgorithm()),
                Optional.of("log2.example"),
                Validity.ALWAYS);
    }
}
