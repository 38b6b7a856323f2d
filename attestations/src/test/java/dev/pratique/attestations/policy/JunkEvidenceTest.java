package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.FakeTimestampAuthority;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.testing.VerdictAssert;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.api.Test;

/**
 * Evidence that takes as much to look at as evidence can, and is genuine in all of its parts: whatever lies before a good
 * signature, the good one is looked at.
 */
class JunkEvidenceTest {
    private static final String SIGNER = "acme-ci";
    /** As many as a bundle may have of each. */
    private static final int MANY = 32;
    /** Enough of each to go beyond the share of one piece among as many as there may be. */
    private static final int SOME = 8;

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
    private EvidenceBytes strangers(int witnesses) {
        return sigstore.sign(Evidence.signed(image), TestKey.B, sigstore.strangersLeaf(TestKey.B))
                .logged(witnesses)
                .stamped(witnesses)
                .bundle();
    }

    /** The signer's own signature of another image, which everybody can have. */
    private EvidenceBytes replayed(int witnesses) {
        return sigstore.sign(Evidence.signed(other), TestKey.A, sigstore.leaf(TestKey.A))
                .logged(witnesses)
                .stamped(witnesses)
                .bundle();
    }

    /** Pieces that are as heavy as can be, and as many as there can be. */
    private static List<List<EvidenceBytes>> floods(IntFunction<EvidenceBytes> junk, EvidenceBytes good) {
        return List.of(
                junkBefore(20, junk.apply(MANY), good),
                junkBefore(EvidenceLimits.MAX_ITEMS - 1, junk.apply(SOME), good));
    }

    @Test
    void SIG_06_genuine_signatures_of_strangers_take_nothing_from_a_good_one_behind_them() {
        for (List<EvidenceBytes> items : floods(this::strangers, good)) {
            Verification verification = verify(trust, items);
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
        Verdict verdict = judge(verify(trust, List.of(strangers(MANY))));
        assertRefused(verdict, RefusalReason.IDENTITY_UNTRUSTED);
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.outcome() == Outcome.FAILED)
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains(FakeSigstore.STRANGER));
    }

    @Test
    void SIG_06_a_signers_own_signatures_of_other_images_with_all_that_a_bundle_holds_take_no_more_than_their_share() {
        for (List<EvidenceBytes> items : floods(this::replayed, good)) {
            Verification verification = verify(trust, items);
            assertAdmitted(judge(verification));
            assertThat(verification.rejections()).contains(Rejection.LIMIT);
        }
        assertRefused(judge(verify(trust, List.of(replayed(MANY)))), RefusalReason.OTHER_SUBJECT);
    }

    @Test
    void SIG_06_a_trusted_keys_signatures_of_other_images_take_no_more_than_their_share() {
        TrustRoots keyed = new TrustRoots(
                List.of(NamedSigner.of(SIGNER, TestKey.A.trusted())), List.of(sigstore.root("sigstore")));
        IntFunction<EvidenceBytes> junk = witnesses -> sigstore.sign(Evidence.signed(other), TestKey.A)
                .logged(witnesses)
                .stamped(witnesses)
                .bundle();
        EvidenceBytes byKey = sigstore.sign(Evidence.signed(image), TestKey.A).bundle();
        for (List<EvidenceBytes> items : floods(junk, byKey)) {
            Verification verification = verify(keyed, items);
            assertAdmitted(judge(verification));
            assertThat(verification.rejections()).contains(Rejection.LIMIT);
        }
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
                .attestation();
        EvidenceBytes byKey = sigstore.sign(Evidence.signed(image), TestKey.A).bundle();
        Verification verification = verify(keyed, junkBefore(EvidenceLimits.MAX_ITEMS - 1, junk, byKey));
        assertAdmitted(judge(verification));
        assertThat(verification.rejections()).containsExactly(Rejection.LIMIT);
    }

    @Test
    void a_root_that_did_not_issue_a_certificate_costs_nothing_however_many_there_are() {
        List<TrustRoots.Root> roots = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            roots.add(new FakeSigstore("other" + i).root("other" + i));
        }
        roots.add(sigstore.root("sigstore"));
        TrustRoots many = new TrustRoots(List.of(FakeSigstore.workflow(SIGNER)), roots);
        assertAdmitted(judge(verify(many, junkBefore(EvidenceLimits.MAX_ITEMS - 1, strangers(1), good))));
    }

    private static EvidenceBytes signaturesOf(Certificate leaf, int bytes) {
        List<byte[]> signatures = new ArrayList<>();
        for (int i = 0; i < EvidenceLimits.MAX_ENVELOPE_SIGNATURES; i++) {
            byte[] one = new byte[bytes];
            Arrays.fill(one, (byte) (i + 1));
            signatures.add(one);
        }
        byte[] envelope =
                JsonWriter.bytes(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, Evidence.utf8("{}"), signatures));
        String pem = "-----BEGIN CERTIFICATE-----\n" + Evidence.base64Lines(leaf.der()) + "-----END CERTIFICATE-----\n";
        return new EvidenceBytes(
                MediaType.DSSE_ENVELOPE,
                envelope,
                Map.of("dev.sigstore.cosign/certificate", pem),
                Digest.sha256(envelope),
                "tag");
    }

    @Test
    void SIG_06_what_a_certificate_of_nobody_says_costs_nothing() {
        byte[] key = Pki.rsa(DHStandardGroups.rfc3526_4096.getP());
        for (int length : new int[] {0, 512}) {
            EvidenceBytes junk =
                    signaturesOf(Pki.root("evil").issue(Pki.fulcio(TestKey.A).withSpki(key)), length);
            Verification verification = verify(trust, junkBefore(EvidenceLimits.MAX_ITEMS - 1, junk, good));
            assertAdmitted(judge(verification));
            assertThat(verification.rejections()).containsExactly(Rejection.CERTIFICATE_UNTRUSTED);
        }
    }

    @Test
    void SIG_06_what_was_not_looked_at_is_the_reason_whatever_else_is_wrong() {
        Verdict verdict = judge(verify(trust, junkBefore(20, replayed(MANY), strangers(1))));
        assertRefused(verdict, RefusalReason.EVIDENCE_LIMIT);
    }

    // ---- whatever it is

    private static EvidenceBytes in(EvidenceBytes piece, Digest manifest) {
        return new EvidenceBytes(piece.mediaType(), piece.bytes(), piece.annotations(), manifest, piece.source());
    }

    /** As a signer makes them. */
    private List<EvidenceBytes> goodOnes() {
        byte[] payload = Evidence.signed(image);
        List<byte[]> others = List.of(TestKey.B.sign(payload), TestKey.C.sign(payload), TestKey.P384.sign(payload));
        byte[] simple = Evidence.payload(image);
        return List.of(
                good,
                sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.A))
                        .inTiles()
                        .stamped(2)
                        .bundle(),
                sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.A))
                        .logged(1)
                        .inTiles()
                        .stamped(1)
                        .bundle(),
                sigstore.sign(payload, TestKey.A).bundle(),
                sigstore.sign(payload, TestKey.A).behind(others).attestation(),
                new EvidenceBytes(
                        MediaType.SIMPLE_SIGNING,
                        simple,
                        Map.of(Evidence.SIGNATURE, Evidence.base64(TestKey.A.sign(simple))),
                        image,
                        "tag"));
    }

    private List<EvidenceBytes> junk() {
        List<byte[]> many = new ArrayList<>();
        for (int i = 1; i < EvidenceLimits.MAX_ENVELOPE_SIGNATURES; i++) {
            many.add(TestKey.B.sign(Evidence.utf8("junk " + i)));
        }
        byte[] large = Evidence.statement("https://scan.example", other, "x".repeat(512 << 10));
        return List.of(
                strangers(MANY),
                replayed(MANY),
                replayed(SOME),
                sigstore.sign(Evidence.signed(other), TestKey.A)
                        .logged(MANY)
                        .stamped(MANY)
                        .bundle(),
                sigstore.sign(Evidence.signed(image), TestKey.B).behind(many).attestation(),
                sigstore.sign(Evidence.signed(image), TestKey.B, sigstore.leaf(TestKey.A))
                        .behind(many)
                        .bundle(),
                sigstore.sign(large, TestKey.B).behind(many).attestation(),
                signaturesOf(sigstore.leaf(TestKey.A), 64),
                signaturesOf(sigstore.strangersLeaf(TestKey.B), 256),
                new EvidenceBytes(MediaType.BUNDLE_V03, Evidence.utf8("{"), Map.of(), other, "referrer"));
    }

    /** With so many keys that to try them on each piece takes more than there is for all pieces. */
    private TrustRoots withKeys(int others) {
        List<TestKey> keys = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            keys.add(OTHER_KEYS.get(i));
        }
        keys.add(TestKey.A);
        NamedSigner workflow = FakeSigstore.workflow(SIGNER);
        return new TrustRoots(
                List.of(
                        NamedSigner.of(
                                "keys", keys.stream().map(TestKey::trusted).toArray(VerificationKey[]::new)),
                        workflow),
                List.of(sigstore.root("sigstore")));
    }

    private static final List<TestKey> OTHER_KEYS =
            Stream.generate(TestKey::p256).limit(24).toList();

    @Test
    void SIG_06_no_junk_refuses_what_is_admitted_without_it() {
        List<EvidenceBytes> goodOnes = goodOnes();
        List<EvidenceBytes> junk = junk();
        int cut = 0;
        for (Generator random : Generator.runs("junk", 12)) {
            TrustRoots roots = withKeys(random.oneOf(List.of(0, 3, 24)));
            EvidenceBytes signed = random.oneOf(goodOnes);
            Requirements either = Shelf.signedBy(SIGNER, "keys");
            assertAdmitted(Shelf.judge(verify(roots, List.of(signed)), either));
            int most = EvidenceLimits.MAX_ITEMS - 1;
            int count = random.chance(70) ? most : random.below(most);
            int manifests = random.oneOf(List.of(1, 2, EvidenceLimits.MAX_MANIFESTS));
            List<EvidenceBytes> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                // Of their own manifests, and of the one in which the good one is.
                int manifest = random.below(manifests + 1);
                Digest where = manifest == 0 ? signed.manifest() : Digest.sha256(Evidence.utf8("manifest " + manifest));
                items.add(in(random.oneOf(junk), where));
            }
            items.add(random.chance(60) ? items.size() : random.below(items.size() + 1), signed);
            Verification verification = verify(roots, items);
            assertThat(VerdictAssert.answer(Shelf.judge(verification, either)))
                    .as("%s", random)
                    .isEqualTo("ADMITTED");
            cut += verification.exhausted() ? 1 : 0;
        }
        assertThat(cut).as("cases in which the junk took all that it may").isGreaterThan(3);
    }

    @Test
    void SIG_06_signatures_of_a_length_that_no_key_makes_cost_nothing() {
        List<byte[]> signatures = new ArrayList<>();
        for (int length : new int[] {0, 1, 64, 65, 256, 512, 4096}) {
            signatures.add(new byte[length]);
            signatures.add(new byte[length + 1]);
        }
        byte[] envelope =
                JsonWriter.bytes(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, Evidence.signed(image), signatures));
        EvidenceBytes junk =
                new EvidenceBytes(MediaType.DSSE_ENVELOPE, envelope, Map.of(), Digest.sha256(envelope), "tag");
        Verification verification = verify(withKeys(24), Collections.nCopies(EvidenceLimits.MAX_ITEMS, junk));
        assertThat(verification.exhausted()).isFalse();
        assertThat(verification.rejections()).containsExactly(Rejection.NO_TRUSTED_KEY);
    }

    /** Each image of an index is judged by itself, with all that there is for one. */
    @Test
    void SIG_06_junk_beside_one_image_of_an_index_takes_nothing_from_another() {
        Verifier verifier = new Verifier(trust);
        FoundEvidence flood = new FoundEvidence(
                Collections.nCopies(EvidenceLimits.MAX_ITEMS, replayed(MANY)),
                List.of(),
                List.of(),
                Set.of(),
                Shelf.NOW);
        assertThat(verifier.verify(Shelf.REPOSITORY, Subject.of(image), flood, Shelf.NOW)
                        .exhausted())
                .isTrue();
        FoundEvidence found = new FoundEvidence(List.of(good), List.of(), List.of(), Set.of(), Shelf.NOW);
        Verification verification = verifier.verify(Shelf.REPOSITORY, Subject.of(image), found, Shelf.NOW);
        assertThat(verification.exhausted()).isFalse();
        assertAdmitted(judge(verification));
    }

    /** Keys that are trusted, so that an envelope full of signatures takes more than a usual piece. */
    private static final int KEYS = 130;

    private static EvidenceBytes envelope(byte[] payload, List<byte[]> signatures, Digest manifest) {
        byte[] bytes = JsonWriter.bytes(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, signatures));
        return new EvidenceBytes(MediaType.DSSE_ENVELOPE, bytes, Map.of(), manifest, "tag");
    }

    private static Digest manifest(int number) {
        return Digest.sha256(Evidence.utf8("manifest " + number));
    }

    /** A last signature that a trusted key made, behind so many that none did. */
    private EvidenceBytes behind(int strangers, TestKey key, Digest manifest) {
        byte[] payload = Evidence.signed(image);
        byte[] signed = DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload);
        List<byte[]> signatures = new ArrayList<>(Collections.nCopies(strangers, TestKey.C.sign(signed)));
        signatures.add(key.sign(signed));
        return envelope(payload, signatures, manifest);
    }

    private static List<TestKey> keys() {
        return Stream.generate(TestKey::p256).limit(KEYS).toList();
    }

    private Verification verify(List<TestKey> keys, List<EvidenceBytes> items) {
        List<NamedSigner> signers =
                keys.stream().map(key -> NamedSigner.of(SIGNER, key.trusted())).toList();
        return verify(new TrustRoots(signers, List.of()), items);
    }

    @Test
    void SIG_06_what_light_evidence_leaves_is_there_for_what_is_behind_it_in_the_manifest_and_in_others() {
        List<TestKey> keys = keys();
        TestKey last = keys.get(KEYS - 1);
        byte[] payload = Evidence.signed(image);
        byte[] strangers = TestKey.C.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload));
        for (boolean apart : new boolean[] {true, false}) {
            List<EvidenceBytes> items = new ArrayList<>();
            for (int i = 0; i < 15; i++) {
                items.add(envelope(payload, List.of(strangers), manifest(apart ? i : 0)));
            }
            items.add(behind(14, last, manifest(apart ? 15 : 0)));
            // 15 of them take 130 each of 4096, which leaves enough for 15 more; the sixteenth part would not do.
            assertAdmitted(judge(verify(keys, items)));
        }
    }

    @Test
    void SIG_06_a_manifest_that_takes_all_it_can_leaves_the_next_its_share() {
        List<TestKey> keys = keys();
        EvidenceBytes heavy = behind(15, TestKey.C, manifest(0));
        List<EvidenceBytes> items = List.of(heavy, heavy, heavy, behind(13, keys.get(KEYS - 1), manifest(1)));
        Verification verification = verify(keys, items);
        assertAdmitted(judge(verification));
        assertThat(verification.rejections()).contains(Rejection.LIMIT);
    }
}
