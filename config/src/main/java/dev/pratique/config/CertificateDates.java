package dev.pratique.config;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a listener's certificate is good at the time of reading.
 *
 * @param inForce certificates that listeners show already. That one of them has ended must not keep another change, as a
 *     policy that refuses more, from coming into force
 */
record CertificateDates(Instant now, Set<X509Certificate> inForce) {
    CertificateDates {
        inForce = Set.copyOf(inForce);
    }

    /** What is wrong with its dates. */
    Optional<String> complaint(X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        return end.isBefore(now) && !inForce.contains(certificate)
                ? Optional.of("has expired on " + end)
                : Optional.empty();
    }
}
