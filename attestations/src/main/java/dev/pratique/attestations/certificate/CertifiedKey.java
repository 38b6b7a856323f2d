package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey;
import java.util.Optional;

/**
 * The key of a certificate.
 *
 * @param key empty where it is none to verify with
 * @param problem why it is none; empty where it is one
 */
record CertifiedKey(Optional<VerificationKey> key, String problem) {

    static CertifiedKey read(byte[] spki) {
        try {
            return new CertifiedKey(Optional.of(VerificationKey.parseSpki(spki)), "");
        } catch (MalformedEvidenceException e) {
            return new CertifiedKey(Optional.empty(), e.getMessage());
        }
    }

    boolean hasSigned(SignatureIdentifier how, byte[] message, byte[] signature) {
        return key.isPresent() && how.isBy(key.get(), message, signature);
    }

    /**
     * As it counts where the certificate comes with evidence: what an operator configured may be longer.
     *
     * @return empty where it is none to verify with, or is too long
     */
    CertifiedKey ofEvidence() {
        boolean tooLong = key.isPresent()
                && key.get().type() == VerificationKey.Type.RSA
                && key.get().bits() > CertificateLimits.MAX_RSA_BITS;
        return tooLong
                ? new CertifiedKey(
                        Optional.empty(),
                        "an RSA key of " + key.get().bits() + " bits; in certificates that come with signatures up to "
                                + CertificateLimits.MAX_RSA_BITS + " are verified")
                : this;
    }
}
