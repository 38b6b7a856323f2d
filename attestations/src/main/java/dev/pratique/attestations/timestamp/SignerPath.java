package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificatePath;
import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.certificate.Purpose;
import dev.pratique.attestations.key.Validity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** That a signer's certificate is of an authority, is for timestamps and was valid at the time that the token says. */
final class SignerPath {
    private SignerPath() {}

    /**
     * @param offered certificates that the token brings; they may lie between, and are never trusted themselves
     * @return empty if no path leads from the signer to the authority
     * @throws UnprovenException where one does and does not hold
     */
    static Optional<ProvedCertificate> prove(
            TimestampAuthority authority, Certificate signer, List<Certificate> offered, Instant at)
            throws UnprovenException {
        ProvedCertificate proved;
        try {
            proved = CertificatePath.prove(
                    Purpose.TIME_STAMPING, signer, offered, List.of(authority.issuers()), List.of(at));
        } catch (UnprovenException e) {
            boolean stranger = e.rejection() == Rejection.CERTIFICATE_UNTRUSTED
                    || e.rejection() == Rejection.CERTIFICATE_UNFIT
                            && !CertificatePath.leads(signer, offered, authority.issuers());
            if (stranger) {
                return Optional.empty();
            }
            throw new UnprovenException(Rejection.TIMESTAMP_INVALID, "of the timestamp's signer: " + e.saw());
        }
        // sigstore_trustroot.proto, CertificateAuthority.valid_for: "The time the *entire* chain was valid. This is at
        // max the longest interval when *all* certificates in the chain were valid, but it MAY be shorter."
        if (authority.validity().at(at) != Validity.State.VALID) {
            throw new UnprovenException(
                    Rejection.TIMESTAMP_INVALID,
                    "the timestamp's time " + at + " lies outside the time for which " + authority.name()
                            + " is trusted");
        }
        return Optional.of(proved);
    }
}
