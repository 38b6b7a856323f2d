package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

/** Certificates of a trusted authority that are none to sign with. */
class LeafAttacksTest {
    private static final Authority ROOT = Pki.root("acme");

    private static ProvedCertificate prove(Draft draft) throws UnprovenException {
        return CertificatePath.prove(ROOT.issue(draft), List.of(), List.of(ROOT.trusted()), Pki.SIGNED);
    }

    private static Draft good() {
        return Pki.fulcio(TestKey.A);
    }

    private static void unfit(Draft draft, String saw) {
        unproven(() -> prove(draft), Rejection.CERTIFICATE_UNFIT, saw);
    }

    @Test
    void crt_10_a_leaf_is_for_code_signing() throws Exception {
        String saw = "is not for code signing by its extended key usage";
        unfit(good().without(Pki.EXTENDED_KEY_USAGE), saw);
        unfit(good().purposes(false, KeyPurposeId.id_kp_serverAuth), saw);
        unfit(good().purposes(true, KeyPurposeId.id_kp_timeStamping), saw);
        unfit(good().purposes(false, KeyPurposeId.anyExtendedKeyUsage), saw);
        assertThat(prove(good().purposes(true, KeyPurposeId.id_kp_emailProtection, KeyPurposeId.id_kp_codeSigning)))
                .isNotNull();
    }

    @Test
    void crt_10_a_leaf_is_no_authority() throws Exception {
        String saw = "is a certification authority's";
        unfit(good().with(Pki.BASIC_CONSTRAINTS, true, new BasicConstraints(true)), saw);
        unfit(good().with(Pki.BASIC_CONSTRAINTS, false, new BasicConstraints(0)), saw);
        unfit(good().usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign), saw);
        assertThat(prove(good().with(Pki.BASIC_CONSTRAINTS, true, new BasicConstraints(false))))
                .isNotNull();
    }

    @Test
    void crt_10_a_leaf_makes_digital_signatures() throws Exception {
        String saw = "has no key usage for digital signatures";
        unfit(good().without(Pki.KEY_USAGE), saw);
        unfit(good().usage(KeyUsage.nonRepudiation), saw);
        unfit(good().usage(KeyUsage.keyEncipherment | KeyUsage.decipherOnly), saw);
        assertThat(prove(good().usage(KeyUsage.digitalSignature | KeyUsage.decipherOnly)))
                .isNotNull();
    }

    @Test
    void crt_09_a_precertificate_is_no_certificate() {
        unfit(good().with(Pki.POISON, true, DERNull.INSTANCE), "is a precertificate");
        unfit(good().with(Pki.POISON, false, DERNull.INSTANCE), "is a precertificate");
    }

    @Test
    void a_critical_extension_that_is_not_understood_is_refused() throws Exception {
        unfit(good().withRaw("1.2.3.4", true, utf8("?")), "critical extension that is not understood: 1.2.3.4");
        // Policies and their constraints are not processed here.
        unfit(good().withRaw("2.5.29.32", true, new byte[] {0x30, 0}), "not understood: 2.5.29.32");
        // RFC 5280 section 4.2.1.10: name constraints "MUST be used only in a CA certificate".
        unfit(good().withRaw(Pki.NAME_CONSTRAINTS, true, new byte[] {0x30, 0}), "not understood: 2.5.29.30");
        // Fulcio's arc goes on beyond what is known.
        unfit(good().withRaw("1.3.6.1.4.1.57264.1.99", true, utf8("?")), "57264.1.99");
        assertThat(prove(good().withRaw("1.2.3.4", false, utf8("?")))).isNotNull();
        assertThat(prove(good().withRaw("1.3.6.1.4.1.57264.1.99", false, utf8("?"))))
                .isNotNull();
    }

    @Test
    void keys_that_are_not_verified_with_are_refused() {
        unfit(good().withSpki(TestKey.rsa(1024).spki()), "an RSA key of 1024 bits is not verified");
        unfit(good().withSpki(TestKey.pair("Ed448", 448).getPublic().getEncoded()), "keys of this kind are not");
    }

    @Test
    void a_signature_with_sha1_is_refused() {
        Authority old = Pki.root(Pki.authority("old", TestKey.RSA.signingWith("SHA1withRSA")));
        unproven(
                () -> CertificatePath.prove(old.issue(good()), List.of(), List.of(old.trusted()), Pki.SIGNED),
                Rejection.CERTIFICATE_UNFIT,
                "signed with an algorithm that is not verified");
    }

    @Test
    void a_self_signed_certificate_proves_nothing_even_where_it_is_configured_itself() {
        Authority self = Pki.root(good().named("CN=self"));
        unproven(
                () -> CertificatePath.prove(self.certificate(), List.of(), List.of(self.trusted()), Pki.SIGNED),
                Rejection.CERTIFICATE_UNFIT,
                "above it is not a certification authority's");
        unproven(
                () -> CertificatePath.prove(self.certificate(), List.of(), List.of(ROOT.trusted()), Pki.SIGNED),
                Rejection.CERTIFICATE_UNTRUSTED,
                "issued by 'CN=self'");
    }

    @Test
    void the_authority_itself_signs_no_image() {
        unproven(
                () -> CertificatePath.prove(ROOT.certificate(), List.of(), List.of(ROOT.trusted()), Pki.SIGNED),
                Rejection.CERTIFICATE_UNFIT,
                "is a certification authority's");
    }

    @Test
    void a_timestamp_authority_is_for_that_alone() throws Exception {
        Draft stamping = good().purposes(true, KeyPurposeId.id_kp_timeStamping);
        assertThat(proveStamping(stamping)).isNotNull();
        assertThat(proveStamping(
                        good().purposes(true, KeyPurposeId.id_kp_timeStamping).usage(KeyUsage.nonRepudiation)))
                .isNotNull();
        assertThat(proveStamping(
                        good().purposes(true, KeyPurposeId.id_kp_timeStamping).without(Pki.KEY_USAGE)))
                .isNotNull();
        for (Draft wrong : List.of(
                good(),
                good().without(Pki.EXTENDED_KEY_USAGE),
                good().purposes(false, KeyPurposeId.id_kp_timeStamping),
                good().purposes(true, KeyPurposeId.id_kp_timeStamping, KeyPurposeId.id_kp_codeSigning))) {
            unproven(() -> proveStamping(wrong), Rejection.CERTIFICATE_UNFIT, "is not for time stamping alone");
        }
        unproven(
                () -> proveStamping(
                        good().purposes(true, KeyPurposeId.id_kp_timeStamping).usage(KeyUsage.keyEncipherment)),
                Rejection.CERTIFICATE_UNFIT,
                "has no key usage for signatures over timestamps");
    }

    private static ProvedCertificate proveStamping(Draft draft) throws UnprovenException {
        return CertificatePath.prove(
                Purpose.TIME_STAMPING, ROOT.issue(draft), List.of(), List.of(ROOT.trusted()), List.of(Pki.SIGNED));
    }
}
