package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.junit.jupiter.api.Test;

/** What an operator reads: each thing that was seen by itself, under the question that it answers. */
class OperatorFindingsTest {
    private static final String SIGNER = "acme-ci";
    private static final String SAYS = "its certificate says ";

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final FakeSigstore strangers = new FakeSigstore("strangers");
    private final Digest image = new Shelf().subject;

    private static Verdict judge(TrustRoots roots, Digest image, List<EvidenceBytes> items) {
        return Shelf.judge(FakeSigstore.verify(roots, image, items, Shelf.NOW), Shelf.signedBy(SIGNER));
    }

    private Verdict keyless(Root root, FakeSigstore.Signing signing) {
        return judge(
                new TrustRoots(List.of(FakeSigstore.workflow(SIGNER)), List.of(root)),
                image,
                List.of(signing.bundle()));
    }

    private FakeSigstore.Signing signing(Certificate leaf) {
        return sigstore.sign(Evidence.signed(image), TestKey.A, leaf);
    }

    private static List<String> claims(Verdict verdict, Outcome outcome) {
        return verdict.findings().stream()
                .filter(finding -> finding.check() == Check.IDENTITY && finding.outcome() == outcome)
                .map(Finding::saw)
                .filter(saw -> saw.startsWith(SAYS))
                .map(saw -> saw.substring(SAYS.length()))
                .toList();
    }

    private Certificate talkative(String subject) {
        Pki.Draft draft = Pki.fulcio(TestKey.A, Pki.ISSUER, Pki.uri(subject));
        for (FulcioExtension one : FulcioExtension.values()) {
            if (one != FulcioExtension.ISSUER) {
                draft = draft.claiming(one, one.fieldName() + " " + "x".repeat(290));
            }
        }
        return sigstore.fulcio.issue(draft, Pki.SIGNED, sigstore.certificateLog);
    }

    private static void assertEveryClaim(List<String> claims, String subject) {
        assertThat(claims).hasSize(1 + FulcioExtension.values().length);
        assertThat(claims.get(0)).isEqualTo("subject: " + subject + " (URI)");
        assertThat(claims.get(1)).isEqualTo("issuer: " + Pki.ISSUER);
        for (FulcioExtension one : FulcioExtension.values()) {
            assertThat(claims).anyMatch(claim -> claim.startsWith(one.fieldName() + ": "));
        }
        // What is deprecated says nothing that another claim does not say, so it comes last.
        assertThat(claims.subList(claims.size() - 5, claims.size()))
                .allMatch(claim -> claim.startsWith("githubWorkflow"));
    }

    @Test
    void each_claim_of_a_certificate_is_a_finding_of_its_own_however_long_the_others_are() {
        Verdict proved = keyless(
                sigstore.root("sigstore"), signing(talkative(Pki.WORKFLOW)).logged(1));
        assertAdmitted(proved);
        assertEveryClaim(claims(proved, Outcome.PASSED), Pki.WORKFLOW);
        Verdict unlogged = keyless(
                sigstore.root("sigstore"), signing(talkative(Pki.WORKFLOW)).stamped(1));
        assertRefused(unlogged, RefusalReason.NOT_LOGGED);
        assertEveryClaim(claims(unlogged, Outcome.PASSED), Pki.WORKFLOW);
        Verdict stranger = keyless(
                sigstore.root("sigstore"),
                signing(talkative(FakeSigstore.STRANGER)).logged(1));
        assertRefused(stranger, RefusalReason.IDENTITY_UNTRUSTED);
        assertEveryClaim(claims(stranger, Outcome.FAILED), FakeSigstore.STRANGER);
        assertThat(claims(stranger, Outcome.PASSED)).isEmpty();
    }

    @Test
    void nothing_is_said_of_whom_a_certificate_names_that_no_authority_vouches_for() {
        Verdict verdict = keyless(
                strangers.root("strangers"), signing(sigstore.leaf(TestKey.A)).logged(1));
        assertRefused(verdict, RefusalReason.CERTIFICATE_UNTRUSTED);
        assertThat(verdict.findings()).noneMatch(finding -> finding.saw().startsWith(SAYS));
    }

    /** A verdict is kept with its findings: as many as a record may have are never made. */
    @Test
    void what_strangers_claim_is_bounded_and_takes_no_room_from_what_a_signer_does() {
        List<EvidenceBytes> items = new ArrayList<>();
        for (int i = 1; i < EvidenceLimits.MAX_ITEMS; i++) {
            items.add(signing(talkative(FakeSigstore.STRANGER)).bundle());
        }
        items.add(signing(talkative(Pki.WORKFLOW)).logged(1).bundle());
        TrustRoots roots = new TrustRoots(List.of(FakeSigstore.workflow(SIGNER)), List.of(sigstore.root("sigstore")));
        Verdict verdict = judge(roots, image, items);
        assertAdmitted(verdict);
        assertEveryClaim(claims(verdict, Outcome.PASSED), Pki.WORKFLOW);
        assertThat(claims(verdict, Outcome.FAILED)).hasSize(512);
        assertThat(verdict.findings()).hasSizeLessThan(1000);
    }

    private static void assertSummary(Verdict verdict, RefusalReason reason, Check check) {
        assertRefused(verdict, reason);
        String detail = ((Verdict.Refused) verdict).detail();
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.saw().equals(detail))
                .singleElement()
                .satisfies(summary -> {
                    assertThat(summary.check()).isEqualTo(check);
                    assertThat(summary.outcome()).isEqualTo(Outcome.FAILED);
                });
        if (check != Check.IDENTITY) {
            assertThat(verdict.findings())
                    .filteredOn(finding -> finding.check() == Check.IDENTITY)
                    .noneMatch(finding -> finding.outcome() == Outcome.FAILED);
        }
    }

    @Test
    void a_refusal_is_summed_up_under_the_question_that_failed() {
        Root usual = sigstore.root("sigstore");
        Certificate leaf = sigstore.leaf(TestKey.A);
        Certificate unlogged = sigstore.fulcio.issue(Pki.fulcio(TestKey.A));
        assertSummary(keyless(usual, signing(leaf).stamped(1)), RefusalReason.NOT_LOGGED, Check.LOG_INCLUSION);
        assertSummary(keyless(usual, signing(leaf).inTiles()), RefusalReason.NO_SIGNED_TIME, Check.SIGNED_TIME);
        assertSummary(
                keyless(sigstore.root("sigstore", 1, 1), signing(leaf).logged(1)),
                RefusalReason.NOT_STAMPED,
                Check.SIGNED_TIME);
        assertSummary(
                keyless(usual, signing(unlogged).logged(1)), RefusalReason.CERTIFICATE_NOT_LOGGED, Check.VALIDITY);
        assertSummary(
                keyless(usual, signing(sigstore.leaf(TestKey.C)).logged(1)),
                RefusalReason.SIGNATURE_INVALID,
                Check.INTEGRITY);
        assertSummary(
                keyless(usual, signing(sigstore.strangersLeaf(TestKey.A)).logged(1)),
                RefusalReason.IDENTITY_UNTRUSTED,
                Check.IDENTITY);
        assertSummary(new Shelf().judge(), RefusalReason.UNSIGNED, Check.EVIDENCE);
        Digest other = new Shelf("another").subject;
        assertSummary(
                new Shelf().sig(Evidence.simple(other, TestKey.A)).judge(), RefusalReason.OTHER_SUBJECT, Check.SUBJECT);
        byte[] payload = Evidence.utf8("not json");
        assertSummary(
                new Shelf()
                        .sig(Evidence.simple(payload, TestKey.A.sign(payload)))
                        .judge(),
                RefusalReason.MALFORMED_EVIDENCE,
                Check.INTEGRITY);
    }

    @Test
    void fewer_timestamps_than_are_asked_for_are_said_to_be_too_few_and_logs_are_not_spoken_of() {
        Verdict verdict = keyless(
                sigstore.root("sigstore", 1, 2),
                signing(sigstore.leaf(TestKey.A)).logged(1).stamped(2).stampedBy(strangers.tsa));
        assertRefused(verdict, RefusalReason.NOT_STAMPED);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.check() == Check.SIGNED_TIME && finding.outcome() == Outcome.FAILED)
                .extracting(Finding::saw)
                .contains("it was stamped by 1 timestamp authority of root sigstore; 2 are asked for (1 timestamp of"
                        + " others does not count)")
                .noneMatch(saw -> saw.contains("log"));
    }

    @Test
    void fewer_log_entries_than_are_asked_for_are_said_to_be_too_few_and_why_some_do_not_count() {
        Certificate leaf = sigstore.leaf(TestKey.A);
        FakeSigstore.Signing signing = signing(leaf).logged(2);
        byte[] body = LogBodies.dsse(Evidence.signed(image), signing.signature(), leaf.der());
        Verdict verdict =
                keyless(sigstore.root("sigstore", 3, 0), signing.logged(strangers.v1.add(body, FakeSigstore.AT)));
        assertRefused(verdict, RefusalReason.NOT_LOGGED);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.FAILED)
                .extracting(Finding::saw)
                .contains(
                        "it is in 1 transparency log of root sigstore; 3 are asked for (1 log entry of others does not"
                                + " count)");
    }

    @Test
    void a_timestamp_says_how_accurate_its_authority_is_where_that_says_so() {
        FakeSigstore.Signing signing = signing(sigstore.leaf(TestKey.A)).logged(1);
        byte[] accurate = sigstore.tsa
                .token(signing.signature(), FakeSigstore.AT)
                .followedBy(new DERSequence(new ASN1Encodable[] {new ASN1Integer(1)}))
                .response();
        Verdict verdict = keyless(sigstore.root("sigstore", 1, 1), signing.stamped(accurate));
        assertAdmitted(verdict);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw)
                        .startsWith("signed at " + FakeSigstore.AT + " (within 1000 ms), says timestamp authority "));
    }

    @Test
    void what_the_evidence_is_about_is_said_in_the_words_of_its_form() {
        assertThat(keyless(
                                sigstore.root("sigstore"),
                                signing(sigstore.leaf(TestKey.A)).logged(1))
                        .findings())
                .filteredOn(finding -> finding.check() == Check.SUBJECT)
                .extracting(Finding::saw)
                .containsExactly("it signs this digest");
        byte[] scan = Evidence.statement("https://example.com/scan", image, map());
        FakeSigstore.Signing attested =
                sigstore.sign(scan, TestKey.A, sigstore.leaf(TestKey.A)).logged(1);
        assertThat(keyless(sigstore.root("sigstore"), attested).findings())
                .filteredOn(finding -> finding.check() == Check.SUBJECT && finding.outcome() == Outcome.PASSED)
                .extracting(Finding::saw)
                .containsExactly("a statement about this digest: https://example.com/scan");
    }

    @Test
    void what_is_of_strangers_is_said_of_entries_and_of_timestamps_apart() {
        TrustRoots keyed = new TrustRoots(
                List.of(NamedSigner.of(SIGNER, TestKey.A.trusted())), List.of(strangers.root("strangers")));
        Verdict verdict = judge(
                keyed,
                image,
                List.of(sigstore.sign(Evidence.signed(image), TestKey.A)
                        .logged(2)
                        .stamped(1)
                        .bundle()));
        assertAdmitted(verdict);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.UNKNOWN)
                .extracting(finding -> finding.check() + ": " + finding.saw())
                .containsExactly(
                        "SIGNED_TIME: 1 timestamp of no trusted authority",
                        "LOG_INCLUSION: 2 log entries of no trusted log");
    }

    @Test
    void what_holds_is_said_of_the_evidence_and_of_its_bytes_too() {
        Verdict verdict = new Shelf().sig(Evidence.simple(image, TestKey.A)).judge();
        assertAdmitted(verdict);
        assertThat(verdict.findings())
                .extracting(finding -> finding.check() + " " + finding.outcome())
                .containsExactly(
                        "EVIDENCE PASSED", "INTEGRITY PASSED", "IDENTITY PASSED", "IDENTITY PASSED", "SUBJECT PASSED");
    }
}
