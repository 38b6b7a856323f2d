package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bundles that sign the manifest's own bytes, as they would any file: whatever the kind of key hashes them with, or does not. */
class ManifestSignatureTest {
    private static final String CI = "acme-ci";
    private static final Set<Counts> SIGNS = Set.of(Counts.SIGN);
    private static final Set<Counts> MESSAGES = EnumSet.of(Counts.SIGN, Counts.MESSAGE);

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final Shelf image = new Shelf();

    static Stream<TestKey> keys() {
        return Stream.of(TestKey.A, TestKey.RSA, TestKey.P384, TestKey.P521, TestKey.ED25519);
    }

    private static TrustRoots trusting(TestKey key, Set<Counts> counts) {
        return new TrustRoots(List.of(new NamedSigner(CI, List.of(SigningKey.of(key.trusted())), List.of(), counts)));
    }

    private TrustRoots trustingCertificates(int logs) {
        Root root = new Root("sigstore", sigstore.material(), List.of(), logs, 1, 1, Optional.empty());
        NamedSigner workflow = FakeSigstore.workflow(CI);
        return new TrustRoots(List.of(new NamedSigner(CI, List.of(), workflow.identities(), MESSAGES)), List.of(root));
    }

    private static Hash hash(TestKey key) {
        return key.trusted().defaultAlgorithm().hash();
    }

    private void attach(Map<String, Object> material, Hash hash, byte[] identified, byte[] signature) {
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", MediaType.BUNDLE_V03);
        bundle.put("verificationMaterial", material);
        bundle.put(
                "messageSignature",
                map(
                        "messageDigest",
                        map("algorithm", "SHA2_" + 8 * hash.bytes(), "digest", Evidence.base64(hash.of(identified))),
                        "signature",
                        Evidence.base64(signature)));
        image.referrer(Evidence.bundle(bundle));
    }

    private void attachByKey(TestKey key, byte[] signed) {
        attach(map("publicKey", map("hint", "any")), hash(key), image.manifest, key.sign(signed));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void the_signature_of_a_key_over_the_manifest_counts_where_the_signer_says_so(TestKey key) {
        attachByKey(key, image.manifest);
        assertAdmitted(image.judge(trusting(key, MESSAGES), Shelf.signedBy(CI)));
        assertRefused(image.judge(trusting(key, SIGNS), Shelf.signedBy(CI)), RefusalReason.NOT_A_SIGNATURE);
        assertRefused(
                image.judge(trusting(key.another(), MESSAGES), Shelf.signedBy(CI)), RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void that_of_a_certificate_does_too(TestKey key) {
        Certificate leaf = sigstore.leaf(key);
        byte[] signature = key.sign(image.manifest);
        Map<String, Object> material = new LinkedHashMap<>();
        material.put("certificate", map("rawBytes", Evidence.base64(leaf.der())));
        material.put(
                "timestampVerificationData",
                map(
                        "rfc3161Timestamps",
                        List.of(map(
                                "signedTimestamp", Evidence.base64(sigstore.tsa.stamp(signature, FakeSigstore.AT))))));
        // Rekor takes pure Ed25519 in no hashedrekord.
        boolean logged = key != TestKey.ED25519;
        if (logged) {
            byte[] body = LogBodies.hashedRekord(hash(key), image.manifest, signature, leaf.der());
            material.put("tlogEntries", List.of(sigstore.v1.add(body, FakeSigstore.AT)));
        }
        attach(material, hash(key), image.manifest, signature);
        assertAdmitted(image.judge(trustingCertificates(logged ? 1 : 0), Shelf.signedBy(CI)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void one_over_other_bytes_that_is_said_to_be_over_the_manifest_is_nobodys(TestKey key) {
        attachByKey(key, Evidence.utf8("another manifest"));
        assertRefused(image.judge(trusting(key, MESSAGES), Shelf.signedBy(CI)), RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void a_digest_of_whatever_kind_that_is_not_the_manifests_is_of_something_else() {
        for (Hash hash : Hash.values()) {
            byte[] other = Evidence.utf8("another manifest");
            attach(map("publicKey", map("hint", "any")), hash, other, TestKey.A.sign(image.manifest));
        }
        Verification verification = image.verify(trusting(TestKey.A, MESSAGES));
        assertThat(verification.statements()).isEmpty();
        assertThat(verification.rejections()).containsExactly(Rejection.OTHER_SUBJECT);
        assertThat(verification.findings())
                .filteredOn(finding -> finding.saw().startsWith("it signs a message of another digest"))
                .hasSize(3);
    }

    /** Nobody judges an image so; if somebody did, what cannot be looked at would not be called another's. */
    @ParameterizedTest
    @MethodSource("keys")
    void where_only_the_digest_is_known_what_needs_another_is_not_judged(TestKey key) {
        attachByKey(key, image.manifest);
        Verification verification = new Verifier(trusting(key, MESSAGES))
                .verify(Shelf.REPOSITORY, Subject.of(image.subject), image.find(), Shelf.NOW);
        if (key == TestKey.A || key == TestKey.RSA) {
            assertThat(verification.statements()).hasSize(1);
            return;
        }
        assertThat(verification.statements()).isEmpty();
        assertThat(verification.rejections()).containsExactly(Rejection.NOT_JUDGED);
        String needed = key == TestKey.P384
                ? "SHA-384 of the file"
                : key == TestKey.P521 ? "SHA-512 of the file" : "the file itself";
        assertThat(verification.findings())
                .extracting(Finding::saw)
                .contains("it signs " + needed + ", of which only SHA-256 is known: name the file");
    }

    @Test
    void bytes_of_another_digest_are_no_subject() {
        assertThatThrownBy(() -> Subject.of(image.subject, Evidence.utf8("another manifest")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(image.subject.toString());
        byte[] manifest = image.manifest;
        assertThat(Subject.of(Digest.of(Digest.Algorithm.SHA512, manifest), manifest))
                .isNotNull();
    }
}
