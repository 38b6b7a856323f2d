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
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** One certificate and several roots: each says what it says, and the answer rests on those that are needed. */
class SeveralRootsTest {
    private static final Instant SOON = Shelf.NOW.plusSeconds(3600);
    private static final Instant LATER = Shelf.NOW.plusSeconds(7200);

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final FakeSigstore elsewhere = new FakeSigstore("elsewhere");
    private final Digest image = new Shelf().subject;

    private EvidenceBytes signed() {
        return sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A))
                .logged(1)
                .bundle();
    }

    private Verdict judge(EvidenceBytes piece, Requirements asked, List<NamedSigner> signers, Root... roots) {
        return Shelf.judge(
                FakeSigstore.verify(new TrustRoots(signers, List.of(roots)), image, List.of(piece), Shelf.NOW), asked);
    }

    private Verdict judge(List<NamedSigner> signers, String wanted, Root... roots) {
        return judge(signed(), Shelf.signedBy(wanted), signers, roots);
    }

    private static Instant end(Verdict verdict) {
        assertAdmitted(verdict);
        return ((Verdict.Admitted) verdict).validUntil();
    }

    @Test
    void a_signer_that_is_bound_to_another_root_of_the_same_authority_is_credited_too() {
        List<NamedSigner> signers = List.of(FakeSigstore.workflow("one", "a"), FakeSigstore.workflow("two", "b"));
        for (String wanted : List.of("one", "two")) {
            assertAdmitted(judge(signers, wanted, sigstore.root("a"), sigstore.root("b")));
            assertAdmitted(judge(signers, wanted, sigstore.root("b"), sigstore.root("a")));
        }
        // One identity is one signer all the same.
        assertRefused(
                judge(
                        signed(),
                        Shelf.signedBy(Optional.of(SignedBy.all(Set.of("one", "two")))),
                        signers,
                        sigstore.root("a"),
                        sigstore.root("b")),
                RefusalReason.TOO_FEW_SIGNERS);
    }

    @Test
    void the_verdict_rests_on_the_roots_that_the_counted_signer_needs() {
        List<NamedSigner> any = List.of(FakeSigstore.workflow("one"));
        assertThat(end(judge(any, "one", sigstore.staleFrom("a", SOON), sigstore.root("b"))))
                .isEqualTo(Shelf.GOOD_UNTIL);
        assertThat(end(judge(any, "one", sigstore.staleFrom("a", SOON), sigstore.staleFrom("b", LATER))))
                .isEqualTo(LATER);
        List<NamedSigner> bound = List.of(FakeSigstore.workflow("one", "a"), FakeSigstore.workflow("two", "b"));
        assertThat(end(judge(bound, "one", sigstore.staleFrom("a", SOON), sigstore.root("b"))))
                .isEqualTo(SOON);
        assertThat(end(judge(bound, "two", sigstore.staleFrom("a", SOON), sigstore.root("b"))))
                .isEqualTo(Shelf.GOOD_UNTIL);
    }

    @Test
    void a_root_that_is_too_old_leaves_open_only_what_it_could_change() {
        List<NamedSigner> any = List.of(FakeSigstore.workflow("one"), FakeSigstore.identity("two", "nobody"));
        Root stale = sigstore.staleFrom("b", Shelf.NOW);
        Root unknown = FakeSigstore.neverFetched("c");
        assertRefused(judge(any, "two", sigstore.root("a"), stale, unknown), RefusalReason.WRONG_SIGNER);
        List<NamedSigner> bound = List.of(FakeSigstore.workflow("one", "a"), FakeSigstore.workflow("two", "b", "c"));
        assertUndecided(judge(bound, "two", sigstore.root("a"), stale));
        assertUndecided(judge(bound, "two", sigstore.root("a"), unknown));
        assertUndecided(judge(bound, "two", unknown));
        assertAdmitted(judge(bound, "one", sigstore.root("a"), stale, unknown));
    }

    @Test
    void where_a_root_that_is_too_old_leaves_it_open_no_other_root_is_said_to_speak_against_it() {
        List<NamedSigner> any = List.of(FakeSigstore.workflow("one"));
        for (Root open : List.of(sigstore.staleFrom("a", Shelf.NOW), FakeSigstore.neverFetched("a"))) {
            for (Root[] order :
                    List.of(new Root[] {elsewhere.root("far"), open}, new Root[] {open, elsewhere.root("far")})) {
                Verdict verdict = judge(any, "one", order);
                assertUndecided(verdict);
                assertThat(verdict.findings()).noneMatch(finding -> finding.outcome() == Outcome.FAILED);
            }
        }
    }

    @Test
    void a_root_that_was_never_fetched_and_that_no_signer_rests_on_leaves_nothing_open() {
        EvidenceBytes unlogged = sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A))
                .stamped(1)
                .bundle();
        assertRefused(
                judge(
                        unlogged,
                        Shelf.signedBy("one"),
                        List.of(FakeSigstore.workflow("one", "a")),
                        sigstore.root("a"),
                        FakeSigstore.neverFetched("c")),
                RefusalReason.NOT_LOGGED);
        // Nor where nobody else knows whose certificate it is.
        EvidenceBytes strange = elsewhere
                .sign(Evidence.signed(image), TestKey.B, elsewhere.strangersLeaf(TestKey.B))
                .logged(1)
                .bundle();
        List<NamedSigner> keyed = List.of(NamedSigner.of("one", TestKey.A.trusted()));
        assertRefused(
                judge(strange, Shelf.signedBy("one"), keyed, FakeSigstore.neverFetched("c")),
                RefusalReason.CERTIFICATE_UNTRUSTED);
        assertUndecided(judge(
                strange,
                Shelf.signedBy("one"),
                List.of(FakeSigstore.workflow("one", "c")),
                FakeSigstore.neverFetched("c")));
    }

    @Test
    void what_was_good_by_one_root_is_not_said_again_by_the_next() {
        Certificate unlogged = sigstore.fulcio.issue(Pki.fulcio(TestKey.A));
        EvidenceBytes piece = sigstore.sign(Evidence.signed(image), TestKey.A, unlogged)
                .logged(1)
                .bundle();
        Root otherLogs = new Root(
                "first",
                new TrustedRoot(
                        List.of(sigstore.fulcio.trusted()),
                        List.of(elsewhere.v1.trusted()),
                        List.of(sigstore.certificateLog.trusted()),
                        List.of()),
                List.of(),
                1,
                0,
                1,
                Optional.empty());
        Verdict verdict = judge(
                piece,
                Shelf.signedBy("one"),
                List.of(FakeSigstore.workflow("one")),
                otherLogs,
                sigstore.root("second"));
        assertRefused(verdict, RefusalReason.CERTIFICATE_NOT_LOGGED);
        assertThat(verdict.findings()).extracting(Finding::saw).containsOnlyOnce("its certificate names one");
    }

    @Test
    void what_many_roots_say_is_cut_to_what_a_line_holds() {
        List<Root> roots = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            roots.add(new FakeSigstore("authority-of-a-rather-long-name-" + i).root("r" + i));
        }
        Verdict verdict = judge(List.of(FakeSigstore.workflow("one")), "one", roots.toArray(Root[]::new));
        assertRefused(verdict, RefusalReason.CERTIFICATE_UNTRUSTED);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw)
                        .startsWith("by root r0: ")
                        .contains("...; by root r11: ")
                        .hasSizeLessThan(900));
    }

    @Test
    void the_reason_is_that_of_the_root_that_came_furthest_and_every_root_says_its_own() {
        EvidenceBytes unlogged = sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A))
                .stamped(1)
                .bundle();
        Root first = sigstore.root("near");
        Root second = elsewhere.root("far");
        List<NamedSigner> signers = List.of(FakeSigstore.workflow("one"));
        for (Root[] order : List.of(new Root[] {first, second}, new Root[] {second, first})) {
            Verdict verdict = judge(unlogged, Shelf.signedBy("one"), signers, order);
            assertRefused(verdict, RefusalReason.NOT_LOGGED);
            assertThat(verdict.findings())
                    .filteredOn(finding -> finding.outcome() == Outcome.FAILED)
                    .extracting(Finding::saw)
                    .anySatisfy(saw -> assertThat(saw)
                            .startsWith("by root near: it is in 0 transparency logs")
                            .contains(
                                    "by root far: its certificate is issued by",
                                    "which does not lead to CN=elsewhere-intermediate"));
        }
        // Where it is bound to the one that did not issue it, the other knows whom it names.
        Verdict bound =
                judge(unlogged, Shelf.signedBy("one"), List.of(FakeSigstore.workflow("one", "far")), first, second);
        assertRefused(bound, RefusalReason.IDENTITY_UNTRUSTED);
    }

    @Test
    void what_is_too_little_for_one_root_is_enough_for_another() {
        Root anotherLog = new Root(
                "other",
                new TrustedRoot(
                        List.of(sigstore.fulcio.trusted()),
                        List.of(elsewhere.v1.trusted()),
                        List.of(sigstore.certificateLog.trusted()),
                        List.of()),
                List.of(),
                1,
                0,
                1,
                Optional.empty());
        assertAdmitted(judge(List.of(FakeSigstore.workflow("one")), "one", anotherLog, sigstore.root("a")));
    }

    private Verdict bothOf(List<EvidenceBytes> pieces, List<NamedSigner> signers) {
        return Shelf.judge(
                FakeSigstore.verify(new TrustRoots(signers, List.of(sigstore.root("a"))), image, pieces, Shelf.NOW),
                Shelf.signedBy(Optional.of(SignedBy.all(Set.of("one", "two")))));
    }

    @Test
    void SIG_20_a_key_is_one_signer_by_itself_and_by_its_certificate_whatever_hash_it_signs_with() {
        NamedSigner byKey = NamedSigner.of("one", TestKey.A.trusted());
        List<NamedSigner> signers = List.of(byKey, FakeSigstore.workflow("two"));
        byte[] payload = Evidence.signed(image);
        EvidenceBytes keyed = sigstore.sign(payload, TestKey.A).bundle();
        for (String way : List.of("SHA256withECDSA", "SHA384withECDSA")) {
            EvidenceBytes certified = sigstore.sign(payload, TestKey.A.signingWith(way), sigstore.leaf(TestKey.A))
                    .logged(1)
                    .bundle();
            assertRefused(bothOf(List.of(keyed, certified), signers), RefusalReason.TOO_FEW_SIGNERS);
            assertRefused(bothOf(List.of(certified, keyed), signers), RefusalReason.TOO_FEW_SIGNERS);
        }
        EvidenceBytes other = sigstore.sign(payload, TestKey.B, sigstore.leaf(TestKey.B))
                .logged(1)
                .bundle();
        assertAdmitted(bothOf(List.of(keyed, other), signers));
    }

    @Test
    void SIG_20_two_identities_with_one_key_are_one_signer() {
        List<NamedSigner> signers =
                List.of(FakeSigstore.workflow("one"), FakeSigstore.identity("two", FakeSigstore.STRANGER));
        byte[] payload = Evidence.signed(image);
        EvidenceBytes first = sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.A))
                .logged(1)
                .bundle();
        EvidenceBytes sameKey = sigstore.sign(payload, TestKey.A, sigstore.strangersLeaf(TestKey.A))
                .logged(1)
                .bundle();
        EvidenceBytes ownKey = sigstore.sign(payload, TestKey.B, sigstore.strangersLeaf(TestKey.B))
                .logged(1)
                .bundle();
        assertRefused(bothOf(List.of(first, sameKey), signers), RefusalReason.TOO_FEW_SIGNERS);
        assertAdmitted(bothOf(List.of(first, ownKey), signers));
        // Through the third they are one again.
        assertRefused(bothOf(List.of(first, ownKey, sameKey), signers), RefusalReason.TOO_FEW_SIGNERS);
    }

    @Test
    void what_was_good_is_said_beside_what_was_not() {
        EvidenceBytes unlogged = sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A))
                .stamped(1)
                .bundle();
        Verdict verdict = judge(
                unlogged,
                Shelf.signedBy("one"),
                List.of(FakeSigstore.workflow("one")),
                sigstore.root("a"),
                elsewhere.root("b"));
        assertRefused(verdict, RefusalReason.NOT_LOGGED);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.PASSED)
                .extracting(Finding::saw)
                .contains("its certificate names one")
                .anySatisfy(saw -> assertThat(saw)
                        .startsWith("its certificate says subject: ")
                        .contains(Pki.WORKFLOW))
                .anySatisfy(saw -> assertThat(saw).startsWith("signed at " + FakeSigstore.AT));
    }
}
