package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class CertificatePathTest {
    private static final Authority ROOT = Pki.root("acme");
    private static final Authority INTERMEDIATE = ROOT.intermediate("acme-int");
    private static final Instant AT = Pki.SIGNED.plusSeconds(5);

    private static ProvedCertificate prove(Certificate leaf, CertificateAuthority... authorities)
            throws UnprovenException {
        return CertificatePath.prove(leaf, List.of(), List.of(authorities), AT);
    }

    private static Draft codeSigningAuthority(String name) {
        return Pki.authority(name, TestKey.p256())
                .with(Pki.EXTENDED_KEY_USAGE, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning));
    }

    @Test
    void proves_what_an_authority_certified() throws Exception {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        ProvedCertificate proved = prove(leaf, INTERMEDIATE.trusted());
        assertThat(proved.certificate()).isEqualTo(leaf);
        assertThat(proved.key().id()).isEqualTo(TestKey.A.trusted().id());
        assertThat(proved.issuer()).isEqualTo(INTERMEDIATE.certificate());
        assertThat(proved.authority()).isEqualTo(INTERMEDIATE.trusted());
        assertThat(proved.identity().issuer()).contains(Pki.ISSUER);
    }

    @Test
    void proves_leaves_and_authorities_of_each_kind_of_key() throws Exception {
        List<TestKey> keys = List.of(TestKey.A, TestKey.P384, TestKey.P521, TestKey.ED25519, TestKey.RSA);
        for (TestKey key : keys) {
            Authority authority = Pki.root(Pki.authority("acme", key));
            for (TestKey subject : keys) {
                ProvedCertificate proved = prove(authority.issue(Pki.fulcio(subject)), authority.trusted());
                assertThat(proved.key().id()).isEqualTo(subject.trusted().id());
            }
        }
    }

    @Test
    void an_authority_may_be_known_by_its_root_alone_or_by_an_intermediate_alone() throws Exception {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        var alone = new CertificateAuthority("int", List.of(INTERMEDIATE.certificate()), Validity.ALWAYS, false);
        assertThat(prove(leaf, alone).authority().name()).isEqualTo("int");
        Certificate direct = ROOT.issue(Pki.fulcio(TestKey.A));
        assertThat(prove(direct, ROOT.trusted()).issuer()).isEqualTo(ROOT.certificate());
        assertThat(prove(direct, INTERMEDIATE.trusted()).issuer()).isEqualTo(ROOT.certificate());
    }

    @Test
    void says_what_authority_is_missing() {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        unproven(() -> prove(leaf), Rejection.CERTIFICATE_UNTRUSTED, "no authority for certificates is trusted");
        unproven(
                () -> prove(leaf, Pki.root("other").trusted()),
                Rejection.CERTIFICATE_UNTRUSTED,
                "issued by 'O=acme-int.test,CN=acme-int', which does not lead to CN=other,O=other.test");
    }

    @Test
    void an_authority_of_the_same_name_with_another_key_is_another_one() {
        Authority evil = Pki.root("acme").intermediate("acme-int");
        Certificate leaf = evil.issue(Pki.fulcio(TestKey.A));
        unproven(
                () -> CertificatePath.prove(leaf, evil.chain(), List.of(INTERMEDIATE.trusted()), AT),
                Rejection.CERTIFICATE_UNTRUSTED,
                "did not sign it");
        unproven(
                () -> CertificatePath.prove(leaf, evil.chain(), List.of(INTERMEDIATE.trustedPrivately()), AT),
                Rejection.CERTIFICATE_UNTRUSTED,
                "did not sign it");
    }

    @Test
    void only_private_authorities_take_certificates_of_the_evidence() throws Exception {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        List<Certificate> offered = List.of(INTERMEDIATE.certificate());
        assertThat(CertificatePath.prove(leaf, offered, List.of(ROOT.trustedPrivately()), AT)
                        .issuer())
                .isEqualTo(INTERMEDIATE.certificate());
        unproven(
                () -> CertificatePath.prove(leaf, offered, List.of(ROOT.trusted()), AT),
                Rejection.CERTIFICATE_UNTRUSTED,
                "does not lead to");
    }

    @Test
    void certificates_are_taken_in_any_order_with_the_root_and_the_leaf_among_them() throws Exception {
        Authority second = ROOT.intermediate("second");
        Authority third = second.intermediate("third");
        Certificate leaf = third.issue(Pki.fulcio(TestKey.A));
        List<Certificate> offered = new ArrayList<>(third.chain());
        offered.add(leaf);
        Collections.reverse(offered);
        assertThat(CertificatePath.prove(leaf, offered, List.of(ROOT.trustedPrivately()), AT)
                        .authority())
                .isEqualTo(ROOT.trustedPrivately());
    }

    @Test
    void more_certificates_than_anybody_needs_are_not_looked_at() {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        List<Certificate> offered = new ArrayList<>();
        for (int i = 0; i <= CertificateLimits.MAX_OFFERED; i++) {
            offered.add(Pki.root("junk").certificate());
        }
        unproven(
                () -> CertificatePath.prove(leaf, offered, List.of(ROOT.trustedPrivately()), AT),
                Rejection.LIMIT,
                "11 certificates come with it");
    }

    @Test
    void certificates_that_sign_each_other_across_end_in_a_bounded_answer() throws Exception {
        // All of one name and key, so that each has signed each.
        TestKey key = TestKey.p256();
        Authority ring = Pki.root(Pki.authority("ring", key));
        List<Certificate> offered = new ArrayList<>();
        for (int i = 1; i < CertificateLimits.MAX_OFFERED; i++) {
            offered.add(ring.intermediate(Pki.authority("ring", key)).certificate());
        }
        Certificate leaf = ring.issue(Pki.fulcio(TestKey.A));
        unproven(
                () -> CertificatePath.prove(leaf, offered, List.of(ROOT.trustedPrivately()), AT),
                Rejection.CERTIFICATE_UNTRUSTED,
                "does not lead to");
        // An authority's own customer may do so too, and gains nothing: no path of any length holds.
        Authority small = Pki.root(
                Pki.authority("small", TestKey.p256()).with(Pki.BASIC_CONSTRAINTS, true, new BasicConstraints(0)));
        offered.add(small.intermediate(Pki.authority("ring", key)).certificate());
        unproven(
                () -> CertificatePath.prove(leaf, offered, List.of(small.trustedPrivately()), AT),
                Rejection.CERTIFICATE_UNFIT,
                "allows a shorter path than this");
    }

    @Test
    void a_path_longer_than_any_is_not_walked() {
        Authority last = ROOT;
        List<Certificate> offered = new ArrayList<>();
        for (int i = 0; i <= CertificateLimits.MAX_PATH; i++) {
            last = last.intermediate("step" + i);
            offered.add(last.certificate());
        }
        Certificate leaf = last.issue(Pki.fulcio(TestKey.A));
        unproven(
                () -> CertificatePath.prove(leaf, offered, List.of(ROOT.trustedPrivately()), AT),
                Rejection.LIMIT,
                "path is longer than is looked at");
    }

    @Test
    void crt_01_an_authority_that_had_ended_at_the_signed_time_proves_nothing() {
        Instant noon = Instant.parse("2026-03-01T12:00:00Z");
        Authority root = Pki.root(Pki.authority("root", TestKey.p256()).valid(noon, noon.plusSeconds(7200)));
        Authority below =
                root.intermediate(codeSigningAuthority("int").valid(noon.plusSeconds(1800), noon.plusSeconds(5400)));
        Certificate leaf = below.issue(Pki.fulcio(TestKey.A).valid(noon.plusSeconds(3600), noon.plusSeconds(10800)));
        Instant signed = noon.plusSeconds(9000);
        unproven(
                () -> CertificatePath.prove(leaf, List.of(), List.of(below.trusted()), signed),
                Rejection.CERTIFICATE_TIME,
                "the certificate of 'O=int.test,CN=int' above it is valid from");
        Authority direct = Pki.root(Pki.authority("root", TestKey.p256()).valid(noon, noon.plusSeconds(7200)));
        Certificate other = direct.issue(Pki.fulcio(TestKey.A).valid(noon.plusSeconds(3600), noon.plusSeconds(10800)));
        unproven(
                () -> CertificatePath.prove(other, List.of(), List.of(direct.trusted()), signed),
                Rejection.CERTIFICATE_TIME,
                "the certificate of 'O=root.test,CN=root' above it is valid from");
    }

    @Test
    void crt_02_a_leaf_counts_from_its_first_second_through_its_last() throws Exception {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        List<CertificateAuthority> trusted = List.of(INTERMEDIATE.trusted());
        CertificatePath.prove(leaf, List.of(), trusted, Pki.SIGNED);
        CertificatePath.prove(leaf, List.of(), trusted, Pki.SIGNED.plusSeconds(600));
        for (Instant outside : List.of(
                Pki.SIGNED.minusSeconds(1),
                Pki.SIGNED.plusSeconds(601),
                Pki.SIGNED.plusSeconds(600).plusNanos(1))) {
            unproven(
                    () -> CertificatePath.prove(leaf, List.of(), trusted, outside),
                    Rejection.CERTIFICATE_TIME,
                    "its certificate is valid from 2026-03-01T12:00:00Z to 2026-03-01T12:10:00Z, not at " + outside);
        }
    }

    @Test
    void every_signed_time_must_lie_within() throws Exception {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        List<CertificateAuthority> trusted = List.of(INTERMEDIATE.trusted());
        List<Instant> good = List.of(AT, AT.plusSeconds(60));
        CertificatePath.prove(Purpose.CODE_SIGNING, leaf, List.of(), trusted, good);
        List<Instant> bad = List.of(AT, AT.plusSeconds(6000));
        unproven(
                () -> CertificatePath.prove(Purpose.CODE_SIGNING, leaf, List.of(), trusted, bad),
                Rejection.CERTIFICATE_TIME,
                "not at");
        assertThatThrownBy(() -> CertificatePath.prove(Purpose.CODE_SIGNING, leaf, List.of(), trusted, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_authority_counts_in_its_own_window_only_and_the_window_is_what_all_have_in_common() throws Exception {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        Validity ended = new Validity(Optional.empty(), Optional.of(AT));
        unproven(
                () -> prove(leaf, INTERMEDIATE.trusted(ended)),
                Rejection.CERTIFICATE_TIME,
                "is not trusted for certificates of " + AT);
        Validity later = new Validity(Optional.of(AT.minusSeconds(1)), Optional.of(AT.plusSeconds(1)));
        assertThat(prove(leaf, INTERMEDIATE.trusted(later)).window()).isEqualTo(later);
        assertThat(prove(leaf, INTERMEDIATE.trusted()).window())
                .isEqualTo(new Validity(
                        Optional.of(Pki.SIGNED),
                        Optional.of(Pki.SIGNED.plusSeconds(600).plusNanos(1))));
        // Of two windows of one authority the fitting one decides, wherever it stands.
        assertThat(prove(leaf, INTERMEDIATE.trusted(ended), INTERMEDIATE.trusted(later))
                        .authority()
                        .validity())
                .isEqualTo(later);
    }

    @Test
    void what_is_above_a_leaf_must_be_an_authority() {
        Authority noAuthority = ROOT.intermediate(codeSigningAuthority("int").without(Pki.BASIC_CONSTRAINTS));
        Authority saysNot = ROOT.intermediate(
                codeSigningAuthority("int").with(Pki.BASIC_CONSTRAINTS, true, new BasicConstraints(false)));
        for (Authority wrong : List.of(noAuthority, saysNot)) {
            unproven(
                    () -> prove(wrong.issue(Pki.fulcio(TestKey.A)), wrong.trusted()),
                    Rejection.CERTIFICATE_UNFIT,
                    "is not a certification authority's");
        }
        Authority usage = ROOT.intermediate(codeSigningAuthority("int").usage(KeyUsage.digitalSignature));
        unproven(
                () -> prove(usage.issue(Pki.fulcio(TestKey.A)), usage.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "has no key usage for certificates");
    }

    @Test
    void a_leaf_certifies_nobody() {
        TestKey key = TestKey.p256();
        Authority leafAsAuthority = INTERMEDIATE.intermediate(Pki.fulcio(key).named("CN=leaf"));
        Certificate below = leafAsAuthority.issue(Pki.fulcio(TestKey.A));
        unproven(
                () -> CertificatePath.prove(below, leafAsAuthority.chain(), List.of(ROOT.trustedPrivately()), AT),
                Rejection.CERTIFICATE_UNFIT,
                "is not a certification authority's");
    }

    @Test
    void a_path_is_no_longer_than_its_authorities_allow() throws Exception {
        Authority root = Pki.root(
                Pki.authority("root", TestKey.p256()).with(Pki.BASIC_CONSTRAINTS, true, new BasicConstraints(0)));
        assertThat(prove(root.issue(Pki.fulcio(TestKey.A)), root.trusted())).isNotNull();
        Authority below = root.intermediate("below");
        unproven(
                () -> prove(below.issue(Pki.fulcio(TestKey.A)), below.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "'O=root.test,CN=root' above it allows a shorter path");
        // RFC 5280 section 4.2.1.9 counts "non-self-issued" certificates.
        Authority renewed = root.intermediate(codeSigningAuthority("root"));
        assertThat(prove(renewed.issue(Pki.fulcio(TestKey.A)), renewed.trusted()))
                .isNotNull();
    }

    @Test
    void purposes_nest() throws Exception {
        Authority servers =
                ROOT.intermediate(codeSigningAuthority("int").purposes(false, KeyPurposeId.id_kp_serverAuth));
        unproven(
                () -> prove(servers.issue(Pki.fulcio(TestKey.A)), servers.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "is not for code signing by its extended key usage");
        Authority any =
                ROOT.intermediate(codeSigningAuthority("int").purposes(false, KeyPurposeId.anyExtendedKeyUsage));
        assertThat(prove(any.issue(Pki.fulcio(TestKey.A)), any.trusted())).isNotNull();
    }

    @Test
    void a_critical_extension_of_an_authority_that_is_not_understood_ends_the_path() {
        Authority strange = ROOT.intermediate(codeSigningAuthority("int").withRaw("1.2.3.4", true, new byte[] {5, 0}));
        unproven(
                () -> prove(strange.issue(Pki.fulcio(TestKey.A)), strange.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "has a critical extension that is not understood: 1.2.3.4");
    }

    @Test
    void a_chain_that_is_not_signed_from_its_end_proves_nothing() {
        Authority stranger = Pki.root("acme").intermediate("acme-int");
        var broken = new CertificateAuthority(
                "acme", List.of(stranger.certificate(), ROOT.certificate()), Validity.ALWAYS, false);
        unproven(
                () -> prove(stranger.issue(Pki.fulcio(TestKey.A)), broken),
                Rejection.CERTIFICATE_UNFIT,
                "the chain that is configured for acme is not signed from its end");
    }

    @Test
    void weak_keys_and_hashes_of_authorities_prove_nothing() {
        Authority small = Pki.root(Pki.authority("small", TestKey.rsa(1024)));
        unproven(
                () -> prove(small.issue(Pki.fulcio(TestKey.A)), small.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "an RSA key of 1024 bits is not verified");
        Authority sha1 = Pki.root(Pki.authority("old", TestKey.RSA.signingWith("SHA1withRSA")));
        unproven(
                () -> prove(sha1.issue(Pki.fulcio(TestKey.A)), sha1.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "signed with an algorithm that is not verified");
        Authority below = sha1.intermediate("below");
        unproven(
                () -> prove(below.issue(Pki.fulcio(TestKey.A)), below.trusted()),
                Rejection.CERTIFICATE_UNFIT,
                "is not signed from its end");
        unproven(
                () -> CertificatePath.prove(
                        below.issue(Pki.fulcio(TestKey.A)), below.chain(), List.of(sha1.trustedPrivately()), AT),
                Rejection.CERTIFICATE_UNTRUSTED,
                "does not lead to");
    }

    @Test
    void the_furthest_failure_is_told() {
        Certificate leaf = INTERMEDIATE.issue(Pki.fulcio(TestKey.A));
        Validity ended = new Validity(Optional.empty(), Optional.of(AT));
        CertificateAuthority other = Pki.root("other").trusted();
        unproven(
                () -> prove(leaf, INTERMEDIATE.trusted(ended), other),
                Rejection.CERTIFICATE_TIME,
                "is not trusted for");
        unproven(
                () -> prove(leaf, other, INTERMEDIATE.trusted(ended)),
                Rejection.CERTIFICATE_TIME,
                "is not trusted for");
    }

    @Test
    void an_authority_has_a_certificate() {
        assertThatThrownBy(() -> new CertificateAuthority("none", List.of(), Validity.ALWAYS, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void crt_01_who_is_never_valid_while_all_above_are_is_nobody_at_any_time() {
        Certificate leaf = ROOT.issue(Pki.fulcio(TestKey.A));
        Validity before = new Validity(Optional.empty(), Optional.of(Pki.SIGNED));
        Validity after = new Validity(Optional.of(Pki.SIGNED.plusSeconds(601)), Optional.empty());
        for (Validity window : List.of(before, after)) {
            unproven(
                    () -> CertificatePath.identify(leaf, List.of(), List.of(ROOT.trusted(window))),
                    Rejection.CERTIFICATE_TIME,
                    "and never while all that is above it is");
        }
    }
}
