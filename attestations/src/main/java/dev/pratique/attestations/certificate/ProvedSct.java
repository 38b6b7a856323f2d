package dev.pratique.attestations.certificate;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.time.Instant;

/** That a log promised to show a certificate to everybody. Only {@link SignedCertificateTimestamps} makes one. */
public final class ProvedSct {
    private final TransparencyLog log;
    private final Instant time;

    ProvedSct(TransparencyLog log, Instant time) {
        this.log = log;
        this.time = time;
    }

    /** Whose promise it is. */
    public TransparencyLog log() {
        return log;
    }

    /** When it promised, by its own clock. */
    public Instant time() {
        return time;
    }

    @Override
    public String toString() {
        return Printable.line(log.name()) + " at " + time;
    }
}
