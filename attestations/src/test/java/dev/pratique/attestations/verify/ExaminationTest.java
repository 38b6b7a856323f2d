package dev.pratique.attestations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.verify.Finding.Outcome;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is said of an image's evidence as a whole. */
class ExaminationTest {
    private static final UnreadSource SOURCE = new UnreadSource("the referrers API", "it answered 503");

    private static FoundEvidence found(
            int items, List<UnreadSource> unread, List<UnreadSource> broken, EvidenceLimit... limits) {
        byte[] bytes = {'{', '}'};
        EvidenceBytes one = new EvidenceBytes(MediaType.DSSE_ENVELOPE, bytes, Map.of(), Digest.sha256(bytes), "here");
        return new FoundEvidence(Collections.nCopies(items, one), unread, broken, Set.of(limits), Shelf.NOW);
    }

    private static List<String> said(Examination all, FoundEvidence found) {
        all.found(found);
        return all.result().findings().stream()
                .map(finding -> finding.check() + " " + finding.outcome() + " " + finding.saw())
                .toList();
    }

    private static List<String> said(FoundEvidence found) {
        return said(new Examination(), found);
    }

    @Test
    void how_much_was_found_is_said_where_every_place_could_be_read() {
        assertThat(said(found(1, List.of(), List.of())))
                .containsExactly("EVIDENCE PASSED one signature or attestation was found, and every place where some"
                        + " may be could be read");
        assertThat(said(found(2, List.of(), List.of())))
                .containsExactly("EVIDENCE PASSED 2 signatures or attestations were found, and every place where some"
                        + " may be could be read");
        assertThat(said(found(0, List.of(), List.of())))
                .containsExactly("EVIDENCE FAILED no signature or attestation was found");
        // What is there and broken is said by itself.
        assertThat(said(found(0, List.of(), List.of(SOURCE)))).isEmpty();
        assertThat(said(found(1, List.of(SOURCE), List.of()))).isEmpty();
    }

    @Test
    void that_there_is_more_than_is_looked_at_is_said_and_rejected() {
        assertThat(said(found(2, List.of(), List.of(), EvidenceLimit.PIECES)))
                .containsExactly("EVIDENCE FAILED there is more evidence than is looked at (at most 128 pieces)");
        assertThat(said(found(2, List.of(), List.of(), EvidenceLimit.MANIFESTS, EvidenceLimit.PAGES)))
                .containsExactly(
                        "EVIDENCE FAILED there is more evidence than is looked at (at most 128 pages of the list"
                                + " of referrers; 64 manifests)");
        Examination exhausted = new Examination();
        assertThat(exhausted.maySpend(EvidenceLimits.MAX_SIGNATURE_CHECKS + 1)).isFalse();
        assertThat(said(exhausted, found(2, List.of(), List.of())))
                .containsExactly("EVIDENCE FAILED more signatures than are tried (about "
                        + EvidenceLimits.MAX_SIGNATURE_CHECKS + " times a key)");
        assertThat(exhausted.result().rejections()).containsExactly(Rejection.LIMIT);
    }

    @Test
    void findings_are_in_the_order_of_the_questions_and_within_one_as_they_were_seen() {
        Examination all = new Examination();
        all.add(Finding.passed(Check.SUBJECT, "first", ""));
        all.add(Finding.passed(Check.INTEGRITY, "second", ""));
        all.add(Finding.passed(Check.SUBJECT, "third", ""));
        assertThat(all.result().findings()).extracting(Finding::saw).containsExactly("second", "first", "third");
    }

    @Test
    void what_certificates_claim_is_bounded_for_signers_and_for_others_apart() {
        Examination all = new Examination();
        for (int i = 0; i < 40; i++) {
            all.addOthersClaims(claims("other's", 20));
            all.addClaims(claims("signer's", 20));
        }
        assertThat(all.result().findings())
                .filteredOn(finding -> finding.saw().startsWith("signer's"))
                .hasSize(512);
        assertThat(all.result().findings())
                .filteredOn(finding -> finding.saw().startsWith("other's"))
                .hasSize(512);
    }

    private static List<Finding> claims(String whose, int number) {
        return Stream.iterate(0, i -> i < number, i -> i + 1)
                .map(i -> new Finding(Check.IDENTITY, Outcome.PASSED, whose + " " + i, ""))
                .toList();
    }

    @Test
    void a_finding_reads_as_a_sentence_with_the_place_where_there_is_one() {
        assertThat(Finding.passed(Check.SUBJECT, "it is", "tag"))
                .hasToString(Check.SUBJECT.label() + ": passed, it is [tag]");
        assertThat(Finding.failed(Check.SUBJECT, "it is not", ""))
                .hasToString(Check.SUBJECT.label() + ": failed, it is not");
    }
}
