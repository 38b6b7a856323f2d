package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static dev.pratique.attestations.testing.VerdictAssert.assertUndecided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeCertificateLog;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A root whose metadata has ended, in the mode in which what rests on it is undecided: of whom it does not know nobody can say
 * whether a fresh one does.
 */
class StaleRootTest {
    private static final String CI = "ci";

    /** What the root still has; and what the same Sigstore has since its rotation. */
    private final FakeSigstore before = new FakeSigstore("before");

    private final FakeSigstore since = new FakeSigstore("since");
    private final Digest image = new Shelf().subject;
    private final byte[] payload = Evidence.signed(image);
    private final NamedSigner workflow = FakeSigstore.workflow(CI);
    private final NamedSigner keyed = new NamedSigner(
            CI,
            List.of(new SigningKey(
                    TestKey.A.trusted(),
                    Set.of(TestKey.A.trusted().defaultAlgorithm()),
                    Validity.ALWAYS,
                    Set.of("acme"))));

    private Root root(Optional<Instant> staleSince, int logs, int timestamps) {
        return new Root("acme", before.material(), List.of(), logs, timestamps, 1, staleSince);
    }

    private Root fresh() {
        return root(Optional.empty(), 1, 0);
    }

    private Root stale() {
        return root(Optional.of(Shelf.NOW), 1, 0);
    }

    private Verdict judge(EvidenceBytes piece, NamedSigner signer, Root... roots) {
        TrustRoots trust = new TrustRoots(List.of(signer), List.of(roots));
        return Shelf.judge(FakeSigstore.verify(trust, image, List.of(piece), Shelf.NOW), Shelf.signedBy(CI));
    }

    /** Refused by a fresh root, and open where the same one is too old, which is said. */
    private void opens(EvidenceBytes piece, NamedSigner signer, int logs, int timestamps, RefusalReason reason) {
        assertRefused(judge(piece, signer, root(Optional.empty(), logs, timestamps)), reason);
        assertRefused(judge(piece, signer, root(Optional.of(Shelf.NOW.plusSeconds(1)), logs, timestamps)), reason);
        Verdict open = judge(piece, signer, root(Optional.of(Shelf.NOW), logs, timestamps));
        assertUndecided(open);
        assertThat(open.findings())
                .filteredOn(finding -> finding.where().equals("trust root acme"))
                .extracting(Finding::saw)
                .containsExactly("its metadata ended at " + Shelf.NOW + ": pratique trust update");
    }

    private void opens(EvidenceBytes piece, NamedSigner signer, RefusalReason reason) {
        opens(piece, signer, 1, 0, reason);
    }

    private void stays(EvidenceBytes piece, NamedSigner signer, RefusalReason reason) {
        assertRefused(judge(piece, signer, fresh()), reason);
        assertRefused(judge(piece, signer, stale()), reason);
    }

    private FakeSigstore.Signing certified(FakeSigstore logs) {
        return logs.sign(payload, TestKey.A, before.leaf(TestKey.A));
    }

    @Test
    void an_authority_that_is_new_since_leaves_it_open() {
        EvidenceBytes piece =
                since.sign(payload, TestKey.A, since.leaf(TestKey.A)).logged(1).bundle();
        opens(piece, workflow, RefusalReason.CERTIFICATE_UNTRUSTED);
        // One that a fresh root knows decides, whatever an old one does not know.
        assertAdmitted(judge(piece, workflow, stale(), since.root("second")));
    }

    @Test
    void a_log_that_is_new_since_leaves_it_open() {
        opens(certified(since).logged(1).bundle(), workflow, RefusalReason.NOT_LOGGED);
        opens(certified(since).inTiles().bundle(), workflow, RefusalReason.NOT_LOGGED);
        EvidenceBytes keyedPiece = since.sign(payload, TestKey.A).logged(1).bundle();
        opens(keyedPiece, keyed, RefusalReason.NOT_LOGGED);
        opens(
                before.sign(payload, TestKey.A)
                        .logged(1)
                        .logged(since.v1.add(
                                LogBodies.dsse(
                                        payload, before.sign(payload, TestKey.A).signature(), TestKey.A.spki()),
                                FakeSigstore.AT))
                        .bundle(),
                keyed,
                2,
                0,
                RefusalReason.NOT_LOGGED);
    }

    @Test
    void a_timestamp_authority_that_is_new_since_leaves_it_open() {
        opens(certified(before).inTiles().stampedBy(since.tsa).bundle(), workflow, RefusalReason.NO_SIGNED_TIME);
        opens(certified(before).logged(1).stampedBy(since.tsa).bundle(), workflow, 1, 1, RefusalReason.NOT_STAMPED);
        EvidenceBytes keyedPiece =
                before.sign(payload, TestKey.A).logged(1).stampedBy(since.tsa).bundle();
        opens(keyedPiece, keyed, 1, 1, RefusalReason.NOT_STAMPED);
    }

    @Test
    void a_time_by_somebody_who_is_new_since_leaves_open_whether_a_key_that_has_ended_signed_in_time() {
        NamedSigner ended = until(FakeSigstore.AT.plusSeconds(60));
        EvidenceBytes stamped =
                before.sign(payload, TestKey.A).stampedBy(since.tsa).bundle();
        opens(stamped, ended, RefusalReason.KEY_EXPIRED);
        opens(since.sign(payload, TestKey.A).logged(1).bundle(), ended, RefusalReason.KEY_EXPIRED);
        stays(before.sign(payload, TestKey.A).bundle(), ended, RefusalReason.KEY_EXPIRED);
        // One more time does not make good another that is proved.
        stays(
                before.sign(payload, TestKey.A)
                        .stamped(FakeSigstore.AT.plusSeconds(120))
                        .stampedBy(since.tsa)
                        .bundle(),
                ended,
                RefusalReason.KEY_EXPIRED);
        // Nor does any bring a moment that is to come.
        NamedSigner toCome = validity(new Validity(Optional.of(Shelf.NOW.plusSeconds(60)), Optional.empty()));
        stays(stamped, toCome, RefusalReason.KEY_NOT_YET_VALID);
        // And who needs nobody's word has none taken away.
        assertAdmitted(judge(stamped, until(Shelf.NOW.plusSeconds(60)), stale()));
    }

    private static NamedSigner until(Instant end) {
        return validity(new Validity(Optional.empty(), Optional.of(end)));
    }

    private static NamedSigner validity(Validity validity) {
        Set<SignatureAlgorithm> usual = Set.of(TestKey.A.trusted().defaultAlgorithm());
        return new NamedSigner(CI, List.of(new SigningKey(TestKey.A.trusted(), usual, validity)));
    }

    @Test
    void a_certificate_log_that_is_new_since_leaves_it_open() {
        FakeCertificateLog added = FakeCertificateLog.named("ct.since.example");
        Certificate leaf = before.fulcio.issue(Pki.fulcio(TestKey.A), Pki.SIGNED, added);
        opens(before.sign(payload, TestKey.A, leaf).logged(1).bundle(), workflow, RefusalReason.CERTIFICATE_NOT_LOGGED);
    }

    @Test
    void what_no_fresh_root_could_make_good_stays_refused() {
        // Nothing came along, or less than is asked for.
        stays(certified(since).bundle(), workflow, RefusalReason.NOT_LOGGED);
        stays(certified(before).stamped(1).bundle(), workflow, RefusalReason.NOT_LOGGED);
        stays(certified(before).inTiles().bundle(), workflow, RefusalReason.NO_SIGNED_TIME);
        stays(since.sign(payload, TestKey.A).bundle(), keyed, RefusalReason.NOT_LOGGED);
        stays(since.sign(payload, TestKey.A).stamped(1).bundle(), keyed, RefusalReason.NOT_LOGGED);
        stays(
                since.sign(payload, TestKey.A, since.leaf(TestKey.A)).bundle(),
                workflow,
                RefusalReason.CERTIFICATE_UNTRUSTED);
        EvidenceBytes once = certified(since).logged(1).bundle();
        for (Optional<Instant> when : List.of(Optional.<Instant>empty(), Optional.of(Shelf.NOW))) {
            assertRefused(judge(once, workflow, root(when, 2, 0)), RefusalReason.NOT_LOGGED);
        }
        Certificate unlogged = before.fulcio.issue(Pki.fulcio(TestKey.A));
        stays(
                before.sign(payload, TestKey.A, unlogged).logged(1).bundle(),
                workflow,
                RefusalReason.CERTIFICATE_NOT_LOGGED);
        // Somebody else, or somebody else's signature.
        stays(
                since.sign(payload, TestKey.A, before.strangersLeaf(TestKey.A))
                        .logged(1)
                        .bundle(),
                workflow,
                RefusalReason.IDENTITY_UNTRUSTED);
        stays(
                since.sign(payload, TestKey.B, before.leaf(TestKey.A)).logged(1).bundle(),
                workflow,
                RefusalReason.SIGNATURE_INVALID);
        stays(
                certified(before)
                        .logged(LogBodies.dsse(
                                payload,
                                TestKey.A.sign(payload),
                                before.leaf(TestKey.A).der()))
                        .bundle(),
                workflow,
                RefusalReason.LOG_ENTRY_INVALID);
        assertRefused(
                Shelf.judge(
                        FakeSigstore.verify(
                                new TrustRoots(List.of(workflow), List.of(stale())), image, List.of(), Shelf.NOW),
                        Shelf.signedBy(CI)),
                RefusalReason.UNSIGNED);
    }

    @Test
    void what_a_fresh_root_says_of_the_signature_or_the_signer_an_old_one_does_not_leave_open() {
        for (Root[] order :
                List.of(new Root[] {stale(), since.root("second")}, new Root[] {since.root("second"), stale()})) {
            assertRefused(
                    judge(
                            since.sign(payload, TestKey.B, since.leaf(TestKey.A))
                                    .logged(1)
                                    .bundle(),
                            workflow,
                            order),
                    RefusalReason.SIGNATURE_INVALID);
            assertRefused(
                    judge(
                            since.sign(payload, TestKey.A, since.strangersLeaf(TestKey.A))
                                    .logged(1)
                                    .bundle(),
                            workflow,
                            order),
                    RefusalReason.IDENTITY_UNTRUSTED);
        }
    }

    @Test
    void a_root_on_which_no_signer_rests_leaves_nothing_open() {
        EvidenceBytes piece =
                since.sign(payload, TestKey.A, since.leaf(TestKey.A)).logged(1).bundle();
        assertRefused(judge(piece, FakeSigstore.workflow(CI, "another"), stale()), RefusalReason.CERTIFICATE_UNTRUSTED);
        NamedSigner other = new NamedSigner(
                CI,
                List.of(new SigningKey(
                        TestKey.A.trusted(),
                        Set.of(TestKey.A.trusted().defaultAlgorithm()),
                        Validity.ALWAYS,
                        Set.of("another"))));
        assertRefused(
                judge(since.sign(payload, TestKey.A).logged(1).bundle(), other, stale(), before.root("another")),
                RefusalReason.NOT_LOGGED);
    }

    /** {@code certificates} beside {@code tuf}: an update brings other logs, and no other authority. */
    @Test
    void authorities_of_the_operators_own_are_not_of_the_metadata_that_ended() {
        TrustedRoot own = new TrustedRoot(
                List.of(before.fulcio.trustedPrivately()),
                List.of(before.v1.trusted()),
                List.of(),
                List.of(before.tsa.authority()));
        Root old = new Root("acme", own, List.of(), 1, 0, 0, Optional.of(Shelf.NOW));
        EvidenceBytes elsewhere =
                since.sign(payload, TestKey.A, since.leaf(TestKey.A)).logged(1).bundle();
        assertRefused(judge(elsewhere, workflow, old), RefusalReason.CERTIFICATE_UNTRUSTED);
        assertUndecided(judge(certified(since).logged(1).bundle(), workflow, old));
    }

    @Test
    void a_root_that_has_become_too_old_or_was_taken_away_never_admits() {
        List<FakeSigstore> all = List.of(before, since);
        TrustedRoot mixed = new TrustedRoot(
                List.of(since.fulcio.trusted()),
                List.of(before.v1.trusted(), since.v2.trusted()),
                List.of(since.certificateLog.trusted()),
                List.of(before.tsa.authority()));
        Root beside = new Root("beside", mixed, List.of(), 1, 0, 1, Optional.empty());
        int changed = 0;
        for (FakeSigstore authority : all) {
            for (FakeSigstore log : all) {
                for (int entries = 0; entries < 2; entries++) {
                    FakeSigstore.Signing signing = log.sign(payload, TestKey.A, authority.leaf(TestKey.A));
                    EvidenceBytes piece = (entries == 0
                                    ? signing
                                    : signing.logged(entries).inTiles())
                            .stampedBy(log.tsa)
                            .bundle();
                    boolean fresh = admits(judge(piece, workflow, fresh(), beside));
                    boolean without = admits(judge(piece, workflow, beside));
                    boolean old = admits(judge(piece, workflow, stale(), beside));
                    assertThat(old).isEqualTo(without);
                    assertThat(!fresh && (old || without)).isFalse();
                    changed += fresh == old ? 0 : 1;
                }
            }
        }
        assertThat(changed).isPositive();
    }

    private static boolean admits(Verdict verdict) {
        return verdict instanceof Verdict.Admitted;
    }
}
