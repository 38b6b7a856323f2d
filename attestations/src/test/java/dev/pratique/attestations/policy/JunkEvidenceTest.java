package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.FakeTimestampAuthority;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Verification;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Evidence that takes as much to look at as evidence can, and is genuine in all of its parts: whatever lies before a good
 * signature, the good one is looked at.
 */
class JunkEvidenceTest {
    private static final String SIGNER = "acme-ci";
    /** As many as a bundle may have of each. */
    private static final int MANY = 32;

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final Digest image = new Shelf().subject;
    private final Digest other = new Shelf("another").subject;
    private final TrustRoots trust =
            new TrustRoots(List.of(FakeSigstore.workflow(SIGNER)), List.of(sigstore.root("sigstore")));
    private final EvidenceBytes good = sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A))
            .logged(1)
            .stamped(1)
            .bundle();

    private static List<EvidenceBytes> junkBefore(int times, EvidenceBytes junk, EvidenceBytes good) {
        List<EvidenceBytes> items = new ArrayList<>(Collections.nCopies(times, junk));
        items.add(good);
        return items;
    }

    private Verification verify(TrustRoots roots, List<EvidenceBytes> items) {
        return FakeSigstore.verify(roots, image, items, Shelf.NOW);
    }

    private static Verdict judge(Verification verification) {
        return Shelf.judge(verification, Shelf.signedBy(SIGNER));
    }

    /** A stranger's signature of this very image, by a genuine certificate, in the log and stamped as often as can be. */
    private EvidenceBytes strangers() {
        return sigstore.sign(Evidence.signed(image), TestKey.B, sigstore.strangersLeaf(TestKey.B))
                .logged(MANY)
                .stamped(MANY)
                .bundle();
    }

    @Test
    void SIG_06_genuine_signatures_of_strangers_take_nothing_from_a_good_one_behind_them() {
        EvidenceBytes junk = strangers();
        for (int many : new int[] {20, EvidenceLimits.MAX_ITEMS - 1}) {
            Verification verification = verify(trust, junkBefore(many, junk, good));
            assertAdmitted(judge(verification));
            // They are rejected for what they are, each at the price of a look at its path.
            assertThat(verification.rejections()).containsExactly(Rejection.IDENTITY_UNKNOWN);
        }
    }

    /** Decision 45: those of strangers neither count nor spoil, whatever form they are in. */
    @Test
    void TSA_02_a_timestamp_of_a_stranger_in_another_form_neither_counts_nor_spoils() {
        byte[] payload = Evidence.signed(image);
        byte[] signature = TestKey.A.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload));
        byte[] odd = FakeTimestampAuthority.named("free.example")
                .token(signature, FakeSigstore.AT)
                .version(2)
                .response();
        for (byte[] token : List.of(odd, new byte[] {0x30, 0})) {
            FakeSigstore.Signing tiled = sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.A))
                    .inTiles()
                    .stamped(token);
            assertRefused(judge(verify(trust, List.of(tiled.bundle()))), RefusalReason.NO_SIGNED_TIME);
            assertAdmitted(judge(verify(trust, List.of(tiled.logged(1).bundle()))));
        }
        EvidenceBytes damaged = sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.A))
                .logged(1)
                .stamped(sigstore.tsa
                        .token(signature, FakeSigstore.AT)
                        .version(2)
                        .response())
                .bundle();
        assertRefused(judge(verify(trust, List.of(damaged))), RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void a_strangers_genuine_certificate_is_refused_for_whom_it_names_however_much_came_along() {
        Verdict verdict = judge(verify(trust, List.of(strangers())));
        assertRefused(verdict, RefusalReason.IDENTITY_UNTRUSTED);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.FAILED)
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains(FakeSigstore.STRANGER));
    }

    @Test
    void SIG_06_a_signers_own_signatures_of_other_images_with_all_that_a_bundle_holds_take_no_more_than_their_share() {
        EvidenceBytes junk = sigstore.sign(Evidence.signed(other), TestKey.A, sigstore.leaf(TestKey.A))
                .logged(MANY)
                .stamped(MANY)
                .bundle();
        for (int many : new int[] {20, EvidenceLimits.MAX_ITEMS - 1}) {
            Verification verification = verify(trust, junkBefore(many, junk, good));
            assertAdmitted(judge(verification));
            assertThat(verification.rejections()).contains(Rejection.LIMIT);
        }
        assertRefused(judge(verify(trust, List.of(junk))), RefusalReason.OTHER_SUBJECT);
    }

    @Test
    void SIG_06_a_trusted_keys_signatures_of_other_images_take_no_more_than_their_share() {
        TrustRoots keyed = new TrustRoots(
                List.of(NamedSigner.of(SIGNER, TestKey.A.trusted())), List.of(sigstore.root("sigstore")));
        EvidenceBytes junk = sigstore.sign(Evidence.signed(other), TestKey.A)
                .logged(MANY)
                .stamped(MANY)
                .bundle();
        EvidenceBytes byKey = sigstore.sign(Evidence.signed(image), TestKey.A).bundle();
        Verification verification = verify(keyed, junkBefore(EvidenceLimits.MAX_ITEMS - 1, junk, byKey));
        assertAdmitted(judge(verification));
        assertThat(verification.rejections()).contains(Rejection.LIMIT);
    }

    @Test
    void SIG_06_envelopes_full_of_signatures_leave_each_key_its_try_at_the_good_one_behind_them() {
        List<TestKey> keys = new ArrayList<>(Collections.nCopies(31, TestKey.B));
        keys.replaceAll(any -> TestKey.p256());
        keys.add(TestKey.A);
        TrustRoots keyed = Shelf.roots(SIGNER, keys.toArray(new TestKey[0]));
        List<byte[]> signatures = new ArrayList<>();
        for (int i = 0; i < EvidenceLimits.MAX_ENVELOPE_SIGNATURES - 1; i++) {
            signatures.add(TestKey.B.sign(Evidence.utf8("junk " + i)));
        }
        EvidenceBytes junk = sigstore.sign(Evidence.signed(image), TestKey.B)
                .behind(signatures)
                .bundle();
        EvidenceBytes byKey = sigstore.sign(Evidence.signed(image), TestKey.A).bundle();
        assertAdmitted(judge(verify(keyed, junkBefore(EvidenceLimits.MAX_ITEMS - 1, junk, byKey))));
    }

    @Test
    void a_root_that_did_not_issue_a_certificate_costs_nothing_however_many_there_are() {
        List<TrustRoots.Root> roots = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            roots.add(new FakeSigstore("other" + i).root("other" + i));
        }
        roots.add(sigstore.root("sigstore"));
        TrustRoots many = new TrustRoots(List.of(FakeSigstore.workflow(SIGNER)), roots);
        assertAdmitted(judge(verify(many, junkBefore(EvidenceLimits.MAX_ITEMS - 1, strangers(), good))));
    }
}
