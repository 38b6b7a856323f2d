package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.timestamp.VerifiedTimestamp;
import dev.pratique.attestations.transparency.LogEntry;
import dev.pratique.attestations.transparency.LoggedEntry;
import dev.pratique.attestations.transparency.LoggedSignature;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What trusted logs and timestamp authorities say of one signature. One that is trusted and says something else spoils the
 * whole; what strangers say does not count.
 *
 * @param strangers entries and timestamps of logs and authorities that are not trusted here
 */
record Witnesses(List<LoggedEntry> entries, List<VerifiedTimestamp> timestamps, int strangers) {

    Witnesses {
        entries = List.copyOf(entries);
        timestamps = List.copyOf(timestamps);
    }

    /** @param verifier DER of the certificate that came with the signature, else of the key that holds */
    static Witnesses hear(
            Piece piece,
            byte[] signature,
            byte[] verifier,
            List<TransparencyLog> logs,
            List<TimestampAuthority> authorities,
            Examination all)
            throws MalformedEvidenceException, UnprovenException {
        List<VerifiedTimestamp> timestamps = new ArrayList<>();
        for (TimestampToken token : piece.material().timestamps()) {
            all.spend(EvidenceLimits.CHECKS_PER_TIMESTAMP);
            token.prove(signature, authorities).ifPresent(timestamps::add);
        }
        List<LoggedEntry> entries = new ArrayList<>();
        List<LogEntry> found = piece.material().logEntries();
        if (!found.isEmpty()) {
            LoggedSignature about = about(piece, signature, verifier);
            for (LogEntry entry : found) {
                Optional<TransparencyLog> log = TransparencyLog.of(entry, logs);
                if (log.isPresent()) {
                    all.spend(EvidenceLimits.CHECKS_PER_LOG_ENTRY);
                    entries.add(log.get().verify(entry, about));
                }
            }
        }
        int strangers =
                found.size() - entries.size() + piece.material().timestamps().size() - timestamps.size();
        Witnesses heard = new Witnesses(entries, timestamps, strangers);
        heard.requireKeysInTime();
        return heard;
    }

    private static LoggedSignature about(Piece piece, byte[] signature, byte[] verifier) {
        if (piece.envelope().isPresent()) {
            return LoggedSignature.ofEnvelope(
                    piece.envelope().get().payloadType(),
                    piece.envelope().get().payload(),
                    piece.message().bytes().orElseThrow(),
                    piece.envelopeText(),
                    signature,
                    verifier);
        }
        return piece.message()
                .bytes()
                .map(bytes -> LoggedSignature.ofMessage(bytes, signature, verifier))
                .orElseGet(() -> piece.message().logged(signature, verifier));
    }

    // sigstore_trustroot.proto: a log's key counts in its window. An entry without a promise says nothing of when the
    // log signed, so the times that are proved stand in.
    private void requireKeysInTime() throws UnprovenException {
        for (LoggedEntry entry : entries) {
            for (Instant time : times()) {
                if (entry.integratedTime().isEmpty() && entry.validity().at(time) != Validity.State.VALID) {
                    throw new UnprovenException(
                            Rejection.LOG_ENTRY_UNPROVEN,
                            Printable.line("it was signed at " + time + ", when the key of "
                                    + entry.log().name() + " was not valid"));
                }
            }
        }
    }

    /** Every moment that is vouched for. */
    List<Instant> times() {
        return Stream.concat(
                        timestamps.stream().map(VerifiedTimestamp::time),
                        entries.stream().flatMap(entry -> entry.integratedTime().stream()))
                .distinct()
                .sorted()
                .toList();
    }

    /** How many logs have it: one under two names is one. */
    long logs() {
        return entries.stream().map(LoggedEntry::log).distinct().count();
    }

    /** How many authorities stamped it; BND-05: one that stamps twice is one. */
    long authorities() {
        return timestamps.stream()
                .map(VerifiedTimestamp::authorityKey)
                .distinct()
                .count();
    }

    List<Finding> findings(String where) {
        List<Finding> findings = new ArrayList<>();
        for (VerifiedTimestamp timestamp : timestamps) {
            String accuracy = timestamp
                    .accuracy()
                    .map(within -> " (within " + within.toMillis() + " ms)")
                    .orElse("");
            findings.add(Finding.passed(
                    Check.SIGNED_TIME,
                    Printable.line("signed at " + timestamp.time() + accuracy + ", says timestamp authority "
                            + timestamp.authority()),
                    where));
        }
        for (LoggedEntry entry : entries) {
            String log = Printable.line(entry.log().name());
            findings.add(Finding.passed(Check.LOG_INCLUSION, "entry " + entry.index() + " of " + log, where));
            entry.integratedTime()
                    .ifPresent(time -> findings.add(
                            Finding.passed(Check.SIGNED_TIME, "signed at " + time + ", says log " + log, where)));
        }
        return findings;
    }
}
