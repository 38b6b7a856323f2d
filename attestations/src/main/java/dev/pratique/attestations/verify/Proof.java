package dev.pratique.attestations.verify;

import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.List;

/**
 * That somebody whom the trust roots name made a signature.
 *
 * @param signedTimes when, as trusted logs and authorities vouch for; empty where none does
 * @param findings what was seen on the way
 */
record Proof(SignedBy signedBy, List<Instant> signedTimes, List<Finding> findings) {
    Proof {
        signedTimes = List.copyOf(signedTimes);
        findings = List.copyOf(findings);
    }
}
