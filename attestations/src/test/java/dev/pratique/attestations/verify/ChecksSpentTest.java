package dev.pratique.attestations.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.CertificatePath;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.evidence.VerificationMaterial;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** That everything that takes time is paid for: with a check fewer than it takes, the limit is what is said. */
class ChecksSpentTest {
    /** More than any of these takes. */
    private static final int ENOUGH = 300;

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final Digest image = new Shelf().subject;
    private final TrustRoots certified =
            new TrustRoots(List.of(FakeSigstore.workflow("ci")), List.of(sigstore.root("sigstore")));

    /** What is looked at. */
    private interface Look {
        void with(Examination all) throws MalformedEvidenceException, UnprovenException;
    }

    /** The fewest checks with which it is looked at to its end. */
    private static int taken(Look look) throws MalformedEvidenceException {
        for (int checks = 0; checks < ENOUGH; checks++) {
            Examination all = new Examination();
            all.budget().beginManifest(Integer.MAX_VALUE);
            all.budget().beginPiece(1, checks);
            try {
                look.with(all);
                return checks;
            } catch (UnprovenException e) {
                assertThat(e.rejection()).isEqualTo(Rejection.LIMIT);
                assertThat(all.budget().exhausted()).isTrue();
            }
        }
        throw new AssertionError("never enough");
    }

    private FakeSigstore.Signing certified() {
        return sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A));
    }

    private static Piece piece(FakeSigstore.Signing signing) throws MalformedEvidenceException {
        SigstoreBundle bundle = SigstoreBundle.read(signing.bundle());
        DsseEnvelope envelope = bundle.envelope().orElseThrow();
        return new Piece(
                SignedMessage.of(envelope.signedBytes()),
                envelope.signatures(),
                Optional.of(envelope),
                Optional.empty(),
                bundle.material(),
                ChecksSpentTest::unread,
                "here");
    }

    private static Piece.Claimed unread(Subject subject) {
        throw new AssertionError("read before it is proved: " + subject);
    }

    private int byCertificate(FakeSigstore.Signing signing, int certificateLogs) throws Exception {
        Piece piece = piece(signing);
        Root root = new Root("sigstore", sigstore.material(), List.of(), 1, 0, certificateLogs, Optional.empty());
        return taken(all -> assertThat(new CertificateProof(certified, piece, Shelf.NOW, all).prove(List.of(root)))
                .hasSize(1));
    }

    @Test
    void SIG_06_what_a_certificate_brings_along_is_paid_for_piece_by_piece() throws Exception {
        int one = byCertificate(certified().logged(1), 0);
        int path = CertificatePath.cost(
                sigstore.leaf(TestKey.A), List.of(), sigstore.material().authorities());
        assertThat(path).isGreaterThanOrEqualTo(EvidenceLimits.CHECKS_PER_PATH);
        assertThat(one).isEqualTo(path + TestKey.A.trusted().cost() + EvidenceLimits.CHECKS_PER_LOG_ENTRY);
        assertThat(byCertificate(certified().logged(2), 0)).isEqualTo(one + EvidenceLimits.CHECKS_PER_LOG_ENTRY);
        assertThat(byCertificate(certified().logged(1).stamped(2), 0))
                .isEqualTo(one + 2 * EvidenceLimits.CHECKS_PER_TIMESTAMP);
        assertThat(byCertificate(certified().logged(1), 1)).isEqualTo(one + EvidenceLimits.CHECKS_PER_SCTS);
    }

    private int byKey(FakeSigstore.Signing signing, List<TestKey> keys, Root... roots) throws Exception {
        return byKey(piece(signing), keys, roots);
    }

    private static int byKey(Piece piece, List<TestKey> keys, Root... roots) throws Exception {
        List<NamedSigner> signers =
                keys.stream().map(key -> NamedSigner.of("ci", key.trusted())).toList();
        TrustRoots trust = new TrustRoots(signers, List.of(roots));
        return taken(all -> assertThat(new KeyProof(trust).prove(piece, List.of(roots), Shelf.NOW, all))
                .isNotEmpty());
    }

    private FakeSigstore.Signing keyed() {
        return sigstore.sign(Evidence.signed(image), TestKey.A);
    }

    @Test
    void SIG_06_every_key_is_paid_for_and_one_that_signed_is_tried_no_more() throws Exception {
        int each = TestKey.A.trusted().cost();
        assertThat(byKey(keyed(), List.of(TestKey.A))).isEqualTo(each);
        assertThat(byKey(keyed(), List.of(TestKey.B, TestKey.A))).isEqualTo(2 * each);
        byte[] signed = DsseEnvelope.pae(Statement.PAYLOAD_TYPE, Evidence.signed(image));
        Piece twice = new Piece(
                SignedMessage.of(signed),
                List.of(TestKey.A.sign(signed), TestKey.A.sign(signed)),
                Optional.empty(),
                Optional.empty(),
                VerificationMaterial.NONE,
                ChecksSpentTest::unread,
                "here");
        assertThat(byKey(twice, List.of(TestKey.A))).isEqualTo(each);
    }

    @Test
    void SIG_06_what_came_along_with_a_keys_signature_is_paid_for_by_each_root() throws Exception {
        int key = TestKey.A.trusted().cost();
        int heard = EvidenceLimits.CHECKS_PER_LOG_ENTRY + EvidenceLimits.CHECKS_PER_TIMESTAMP;
        FakeSigstore.Signing witnessed = keyed().logged(1).stamped(1);
        assertThat(byKey(witnessed, List.of(TestKey.A), sigstore.root("a"))).isEqualTo(key + heard);
        // All of them together, which finds contradictions, and each by itself, which finds what it vouches for.
        assertThat(byKey(witnessed, List.of(TestKey.A), sigstore.root("a"), sigstore.root("b")))
                .isEqualTo(key + 3 * heard);
    }

    @Test
    void SIG_06_what_a_piece_may_always_take_is_what_usual_ones_do() {
        byte[] large = new byte[4 * EvidenceLimits.BYTES_PER_CHECK];
        int hashing = 4;
        TestKey[] keys = {TestKey.A, TestKey.ED25519, TestKey.RSA};
        // RFC 8032 section 5.1: Ed25519 reads the message for each key; of the others' hashes each is made once.
        int all = TestKey.A.trusted().cost()
                + TestKey.ED25519.trusted().cost()
                + hashing
                + TestKey.RSA.trusted().cost();
        List<NamedSigner> signers = Arrays.stream(keys)
                .map(key -> NamedSigner.of("k", key.trusted()))
                .toList();
        KeyProof proof = new KeyProof(new TrustRoots(signers, List.of()));
        for (int signatures : new int[] {1, 3, 4, 5, 16}) {
            Piece piece = new Piece(
                    SignedMessage.of(large),
                    Collections.nCopies(signatures, new byte[70]),
                    Optional.empty(),
                    Optional.empty(),
                    VerificationMaterial.NONE,
                    ChecksSpentTest::unread,
                    "here");
            assertThat(proof.usualCost(piece, 2, 128))
                    .isEqualTo(Math.min(signatures, 4) * all
                            + Hash.values().length * hashing
                            + EvidenceLimits.USUAL_CERTIFIED_CHECKS
                            + 2 * EvidenceLimits.USUAL_CHECKS_PER_ROOT);
        }
    }

    /** Many pieces may lie beside one large manifest: hashing it for each and every key is in no piece's share. */
    @Test
    void SIG_06_of_many_pieces_about_one_large_manifest_none_may_always_hash_it_for_every_key() {
        SignedMessage manifest = SignedMessage.of(Subject.of(new byte[16 * EvidenceLimits.BYTES_PER_CHECK]));
        Piece piece = new Piece(
                manifest,
                List.of(new byte[64]),
                Optional.empty(),
                Optional.empty(),
                VerificationMaterial.NONE,
                ChecksSpentTest::unread,
                "here");
        KeyProof proof =
                new KeyProof(new TrustRoots(List.of(NamedSigner.of("k", TestKey.ED25519.trusted())), List.of()));
        int many = proof.usualCost(piece, 1, 128);
        assertThat(proof.usualCost(piece, 1, 4)).isEqualTo(many + (1 + Hash.values().length) * 15);
    }
}
