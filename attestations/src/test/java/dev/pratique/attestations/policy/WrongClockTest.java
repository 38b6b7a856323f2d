package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static dev.pratique.attestations.testing.VerdictAssert.assertUndecided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.verify.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** CRT-15: two years ahead and two years behind. */
class WrongClockTest {
    private static final String CI = "acme-ci";
    private static final Duration TWO_YEARS = Duration.ofDays(730);
    private static final Instant AHEAD = Shelf.NOW.plus(TWO_YEARS);
    private static final Instant BEHIND = Shelf.NOW.minus(TWO_YEARS);
    private static final List<Instant> CLOCKS = List.of(Shelf.NOW, AHEAD, BEHIND);

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final Digest image = new Shelf().subject;

    private FakeSigstore.Signing signing() {
        return signing(sigstore.leaf(TestKey.A));
    }

    private FakeSigstore.Signing signing(Certificate leaf) {
        return sigstore.sign(Evidence.signed(image), TestKey.A, leaf);
    }

    private Verdict judge(EvidenceBytes evidence, Root root, Instant clock) {
        TrustRoots trust = new TrustRoots(List.of(FakeSigstore.workflow(CI)), List.of(root));
        return new Judge(Catalog.empty())
                .judge(new Judge.Case(
                        Shelf.signedBy(CI),
                        FakeSigstore.verify(trust, image, List.of(evidence), clock),
                        new ImageShape.NotAsked(),
                        Composition.plain(),
                        clock,
                        clock.plusSeconds(3600)));
    }

    @Test
    void CRT_15_what_logs_and_authorities_vouch_for_is_judged_alike_whatever_the_clock_says() {
        EvidenceBytes promised = signing().logged(1).bundle();
        EvidenceBytes stamped = signing().inTiles().stamped(1).bundle();
        for (EvidenceBytes evidence : List.of(promised, stamped)) {
            Verdict right = judge(evidence, sigstore.root("acme"), Shelf.NOW);
            for (Instant clock : CLOCKS) {
                Verdict verdict = judge(evidence, sigstore.root("acme"), clock);
                assertAdmitted(verdict);
                assertThat(verdict.findings()).isEqualTo(right.findings());
            }
        }
    }

    @Test
    void CRT_15_what_is_refused_is_refused_alike_whatever_the_clock_says() {
        Certificate early = sigstore.fulcio.issue(
                Pki.fulcio(TestKey.A).valid(Pki.SIGNED.minusSeconds(900), Pki.SIGNED.minusSeconds(300)),
                Pki.SIGNED.minusSeconds(900),
                sigstore.certificateLog);
        Map<RefusalReason, EvidenceBytes> refused = Map.of(
                RefusalReason.CERTIFICATE_TIME, signing(early).logged(1).bundle(),
                RefusalReason.NO_SIGNED_TIME, signing().inTiles().bundle(),
                RefusalReason.NOT_LOGGED, signing().stamped(1).bundle());
        for (Instant clock : CLOCKS) {
            refused.forEach((reason, evidence) -> assertRefused(judge(evidence, sigstore.root("acme"), clock), reason));
        }
    }

    @Test
    void CRT_15_a_clock_within_a_certificates_life_does_not_stand_in_for_a_signed_time() {
        for (Instant clock : CLOCKS) {
            Certificate alive = sigstore.fulcio.issue(
                    Pki.fulcio(TestKey.A).valid(clock.minusSeconds(60), clock.plusSeconds(540)),
                    clock,
                    sigstore.certificateLog);
            assertRefused(
                    judge(signing(alive).bundle(), sigstore.root("acme", 0, 0), clock), RefusalReason.NO_SIGNED_TIME);
        }
    }

    @Test
    void CRT_15_a_root_whose_metadata_has_ended_by_the_clock_leaves_it_undecided_and_says_why() {
        EvidenceBytes good = signing().logged(1).bundle();
        Instant end = Shelf.NOW.plus(Duration.ofDays(30));
        Root root = sigstore.staleFrom("acme", end);
        assertAdmitted(judge(good, root, Shelf.NOW));
        Verdict ahead = judge(good, root, AHEAD);
        assertUndecided(ahead);
        assertThat(ahead.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains("its metadata ended at " + end, "pratique trust update"));
        assertAdmitted(judge(good, root, BEHIND));
    }
}
