package dev.pratique.proxy.verdicts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordCodecTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final StoredVerdict STORED = new StoredVerdict(
            new Verdict.Admitted(
                    List.of(Finding.passed(Check.IDENTITY, "signed by ci", "tag")),
                    List.of(),
                    Optional.empty(),
                    NOW.plusSeconds(60)),
            NOW,
            NOW);

    @Test
    void what_was_written_is_read() throws Exception {
        assertThat(RecordCodec.readVerdict(RecordCodec.write(STORED))).isEqualTo(STORED);
    }

    @ParameterizedTest
    @CsvSource({"PASSED, UNKNOWN", "PASSED, NOT_REQUIRED", "PASSED, ELSE", "IDENTITY, ELSE", "IDENTITY, COMPOSITION"})
    void a_record_of_an_answer_that_no_question_has_is_malformed(String was, String is) {
        String record = new String(RecordCodec.write(STORED), UTF_8);
        assertThat(record).contains('"' + was + '"');
        byte[] other = record.replace('"' + was + '"', '"' + is + '"').getBytes(UTF_8);
        assertThatThrownBy(() -> RecordCodec.readVerdict(other)).isInstanceOf(MalformedEvidenceException.class);
    }

    /** Written before the limits had names: an outage right after an upgrade must not find evidence forgotten. */
    @Test
    void evidence_of_before_that_was_cut_short_is_read() throws Exception {
        FoundEvidence whole = FoundEvidence.none(NOW);
        String record = new String(RecordCodec.write(whole), UTF_8);
        assertThat(record).contains("\"limits\":[]");
        byte[] before = record.replace("\"limits\":[]", "\"limitReached\":true").getBytes(UTF_8);
        assertThat(RecordCodec.readEvidence(before).limits()).containsExactly(EvidenceLimit.MANIFESTS);
        byte[] unlimited =
                record.replace("\"limits\":[]", "\"limitReached\":false").getBytes(UTF_8);
        assertThat(RecordCodec.readEvidence(unlimited)).isEqualTo(whole);
    }
}
