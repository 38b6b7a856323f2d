package dev.pratique.attestations.certificate;

import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;

/** A certificate that a trusted authority certified. Only {@link CertificatePath} makes one. Immutable. */
public final class ProvedCertificate {
    private final Certificate certificate;
    private final CertificateIdentity identity;
    private final VerificationKey key;
    private final Certificate issuer;
    private final CertificateAuthority authority;
    private final Validity window;

    ProvedCertificate(
            Certificate certificate,
            CertificateIdentity identity,
            VerificationKey key,
            Certificate issuer,
            CertificateAuthority authority,
            Validity window) {
        this.certificate = certificate;
        this.identity = identity;
        this.key = key;
        this.issuer = issuer;
        this.authority = authority;
        this.window = window;
    }

    public Certificate certificate() {
        return certificate;
    }

    /** Whom it names. */
    public CertificateIdentity identity() {
        return identity;
    }

    /** The certified key. */
    public VerificationKey key() {
        return key;
    }

    /** Whose key signed the certificate. */
    public Certificate issuer() {
        return issuer;
    }

    /** Who is trusted for it. */
    public CertificateAuthority authority() {
        return authority;
    }

    /** When all of its path and its authority count, the last moment of a certificate included. */
    public Validity window() {
        return window;
    }
}
