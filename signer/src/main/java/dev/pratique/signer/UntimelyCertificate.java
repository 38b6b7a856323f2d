package dev.pratique.signer;

import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A server whose TLS certificate has expired or is not valid yet. Often it is this machine's clock that is wrong, and no
 * authority that is given helps.
 */
public final class UntimelyCertificate {
    private static final int MAX_CAUSES = 16;

    private UntimelyCertificate() {}

    /**
     * What is said of it.
     *
     * @param who was asked, for people
     * @param now by this machine's clock
     * @return empty where something else was wrong
     */
    public static Optional<Failure> found(String who, IOException e, Instant now) {
        Throwable cause = e;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof CertificateExpiredException) {
                return Optional.of(failure(who, "has expired", now).because(e));
            }
            if (cause instanceof CertificateNotYetValidException) {
                return Optional.of(failure(who, "is not valid yet", now).because(e));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    private static Failure failure(String who, String what, Instant now) {
        return Failure.of(
                Kind.UNREACHABLE,
                who + " cannot be reached: its TLS certificate " + what,
                "this machine's clock says " + now.truncatedTo(ChronoUnit.SECONDS)
                        + ": set it where that is wrong; else tell whoever runs the server");
    }
}
