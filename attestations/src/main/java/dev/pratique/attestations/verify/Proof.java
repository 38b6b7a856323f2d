package dev.pratique.attestations.verify;

import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * That somebody whom the trust roots name made a signature.
 *
 * @param signedTimes when, as trusted logs and authorities vouch for; empty where none does
 * @param restsUntil from when on what it rests on is too old to be relied on; empty: never
 * @param findings what was seen on the way
 */
record Proof(SignedBy signedBy, List<Instant> signedTimes, Optional<Instant> restsUntil, List<Finding> findings) {
    Proof {
        signedTimes = List.copyOf(signedTimes);
        findings = List.copyOf(findings);
    }
}
