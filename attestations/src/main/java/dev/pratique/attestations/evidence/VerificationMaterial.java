package dev.pratique.attestations.evidence;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.transparency.LogEntry;
import java.util.List;
import java.util.Optional;

/**
 * What came with a signature to verify it by, read and not judged: nothing here is proved. The same for bundles and for
 * cosign's older layers.
 *
 * @param keyHint what the signer says its key is called, never trusted
 * @param certificates the signer's first, then what the signer sent of the path; empty where a key signed
 * @param logEntries of transparency logs, at most {@link #MAX_ENTRIES}
 * @param timestamps of RFC 3161, at most {@link #MAX_TIMESTAMPS}
 * @param detachedSct a signed certificate timestamp outside of the certificate (RFC 6962 section 3.3); neither bundles nor
 *     cosign's layers carry one, who asks may bring it
 */
public record VerificationMaterial(
        Optional<String> keyHint,
        List<Certificate> certificates,
        List<LogEntry> logEntries,
        List<TimestampToken> timestamps,
        Optional<byte[]> detachedSct) {
    /** BND-06: more than any signer writes, counted before any is parsed. */
    static final int MAX_ENTRIES = 32;
    /** As for entries. */
    static final int MAX_TIMESTAMPS = 32;
    /** A leaf, its authorities and a root come to four; bundles of npm carried three. */
    static final int MAX_CERTIFICATES = 16;

    /** Of a signature that came alone. */
    public static final VerificationMaterial NONE =
            new VerificationMaterial(Optional.empty(), List.of(), List.of(), List.of(), Optional.empty());

    public VerificationMaterial {
        certificates = List.copyOf(certificates);
        logEntries = List.copyOf(logEntries);
        timestamps = List.copyOf(timestamps);
    }

    /** Whether a log or a timestamp authority is said to have seen the signature. */
    public boolean isWitnessed() {
        return !logEntries.isEmpty() || !timestamps.isEmpty();
    }

    /** With what somebody else brings along for it in the place of what did not come. */
    public VerificationMaterial completedBy(VerificationMaterial brought) {
        return new VerificationMaterial(
                keyHint.or(brought::keyHint),
                certificates.isEmpty() ? brought.certificates : certificates,
                logEntries.isEmpty() ? brought.logEntries : logEntries,
                timestamps.isEmpty() ? brought.timestamps : timestamps,
                detachedSct.or(brought::detachedSct));
    }
}
