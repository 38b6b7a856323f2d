package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Validity;
import java.util.List;

/** Certificates and what they carry, for fuzzing. */
public final class CertificateInputs {
    private CertificateInputs() {}

    /**
     * All that is read of a certificate, and a path from it to itself, which proves nothing whatever it says: authorities do
     * not sign images, and others certify nobody.
     */
    public static void prove(byte[] der) throws MalformedEvidenceException, UnprovenException {
        Certificate certificate = Certificate.parse(der);
        requireLine(certificate.brief());
        Extension constraints = certificate.extensions.get(Extension.NAME_CONSTRAINTS);
        if (constraints != null) {
            NameConstraints.parse(constraints).check(certificate);
        }
        CertificateIdentity.of(certificate).lines().forEach(CertificateInputs::requireLine);
        var itself = new CertificateAuthority("itself", List.of(certificate), Validity.ALWAYS, true);
        CertificatePath.prove(certificate, List.of(certificate), List.of(itself), certificate.notBefore);
        throw new AssertionError("a path was forged");
    }

    private static void requireLine(String text) {
        if (!text.matches("[ -~]*")) {
            throw new AssertionError("not fit for a line of text: " + text);
        }
    }

    /** Timestamps that came beside a certificate. */
    public static void detached(byte[] bytes) throws MalformedEvidenceException {
        SignedCertificateTimestamp.parseDetached(bytes);
    }

    /** Timestamps in a certificate's extension. */
    public static void list(byte[] bytes) throws MalformedEvidenceException {
        SignedCertificateTimestamp.parseList(bytes);
    }
}
