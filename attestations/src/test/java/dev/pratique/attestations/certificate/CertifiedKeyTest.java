package dev.pratique.attestations.certificate;

import static dev.pratique.attestations.certificate.Unproven.unproven;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Pki.Authority;
import dev.pratique.attestations.testing.Pki.Draft;
import dev.pratique.attestations.testing.TestKey;
import java.math.BigInteger;
import java.util.List;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.api.Test;

/** Keys of certificates: whose are looked at, and how long they may be. */
class CertifiedKeyTest {
    private static final Authority ROOT = Pki.root("acme");
    // Primes, which a test for primes would refuse.
    private static final BigInteger OF_4096_BITS = DHStandardGroups.rfc3526_4096.getP();
    private static final BigInteger OF_6144_BITS = DHStandardGroups.rfc3526_6144.getP();

    private static ProvedCertificate prove(Certificate leaf, Authority authority, Certificate... offered)
            throws UnprovenException {
        return CertificatePath.prove(leaf, List.of(offered), List.of(authority.trustedPrivately()), Pki.SIGNED);
    }

    private static Draft leaf(byte[] spki) {
        return Pki.fulcio(TestKey.A).withSpki(spki);
    }

    @Test
    void a_strangers_key_is_not_looked_at() {
        byte[] unusable = TestKey.rsa(1024).spki();
        unproven(
                () -> prove(Pki.root("stranger").issue(leaf(unusable)), ROOT),
                Rejection.CERTIFICATE_UNTRUSTED,
                "does not lead to");
        unproven(
                () -> prove(ROOT.issue(leaf(unusable)), ROOT),
                Rejection.CERTIFICATE_UNFIT,
                "an RSA key of 1024 bits is not verified");
    }

    @Test
    void an_rsa_key_of_a_leaf_has_up_to_4096_bits() throws Exception {
        ProvedCertificate longest = prove(ROOT.issue(leaf(Pki.rsa(OF_4096_BITS))), ROOT);
        assertThat(longest.key().bits()).isEqualTo(4096);
        unproven(
                () -> prove(ROOT.issue(leaf(Pki.rsa(OF_6144_BITS))), ROOT),
                Rejection.CERTIFICATE_UNFIT,
                "an RSA key of 6144 bits; in certificates that come with signatures up to 4096 are verified");
    }

    @Test
    void an_authority_that_comes_along_has_no_longer_key_either() {
        Authority between = ROOT.intermediate(Pki.authority("large", TestKey.B).withSpki(Pki.rsa(OF_6144_BITS)));
        Certificate leaf = between.issue(Pki.fulcio(TestKey.A));
        unproven(
                () -> prove(leaf, ROOT, between.certificate()),
                Rejection.CERTIFICATE_UNFIT,
                "which issued its certificate, is none to verify with: an RSA key of 6144 bits");
    }

    @Test
    void an_authority_that_is_configured_may_have_a_longer_one() {
        Authority large = Pki.root(Pki.authority("large", TestKey.B).withSpki(Pki.rsa(OF_6144_BITS)));
        // It was compared with the signature, which another key made.
        unproven(
                () -> prove(large.issue(Pki.fulcio(TestKey.A)), large),
                Rejection.CERTIFICATE_UNTRUSTED,
                "whose key of CN=large,O=large.test did not sign it");
    }
}
