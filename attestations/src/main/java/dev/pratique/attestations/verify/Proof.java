package dev.pratique.attestations.verify;

import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * That somebody whom the trust roots name made a signature.
 *
 * @param certificate that says whose key made it; empty for a key that is trusted by itself
 * @param heard what trusted logs and authorities say of it
 * @param restsUntil from when on what it rests on is too old to be relied on; empty: never
 * @param findings what was seen on the way
 */
record Proof(
        SignedBy signedBy,
        Optional<ProvedCertificate> certificate,
        Witnesses heard,
        Optional<Instant> restsUntil,
        List<Finding> findings) {
    Proof {
        findings = List.copyOf(findings);
    }

    /** The same, where more was seen. */
    Proof with(List<Finding> more) {
        List<Finding> all = new ArrayList<>(findings);
        all.addAll(more);
        return new Proof(signedBy, certificate, heard, restsUntil, all);
    }
}
