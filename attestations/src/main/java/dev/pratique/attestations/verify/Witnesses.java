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
import dev.pratique.attestations.trust.TrustRoots.Root;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What trusted logs and timestamp authorities say of one signature. One that is trusted and says something else spoils the
 * whole; what strangers say does not count.
 *
 * @param entries what logs said, by what came along; each is one whatever another looks like
 * @param timestamps as entries
 * @param brought how many log entries and timestamps came along
 */
record Witnesses(Map<LogEntry, LoggedEntry> entries, Map<TimestampToken, VerifiedTimestamp> timestamps, int brought) {

    /**
     * All of them are heard, however few are asked for: client-spec.md takes every time that there is, and who is trusted and
     * says something else is a contradiction.
     *
     * @param verifier DER of the certificate that came with the signature, else of the key that holds
     */
    static Witnesses hear(
            Piece piece,
            byte[] signature,
            byte[] verifier,
            List<TransparencyLog> logs,
            List<TimestampAuthority> authorities,
            Examination all)
            throws MalformedEvidenceException, UnprovenException {
        Map<TimestampToken, VerifiedTimestamp> timestamps = new LinkedHashMap<>();
        for (TimestampToken token : piece.material().timestamps()) {
            // A token of a stranger costs nothing but a look at whom it names.
            if (token.claimsToBeOf(authorities) && !isOfAnother(piece, signature, token::names)) {
                all.spend(EvidenceLimits.CHECKS_PER_TIMESTAMP);
                token.prove(signature, authorities).ifPresent(proved -> timestamps.put(token, proved));
            }
        }
        Map<LogEntry, LoggedEntry> entries = new LinkedHashMap<>();
        List<LogEntry> found = piece.material().logEntries();
        if (!found.isEmpty()) {
            LoggedSignature about = about(piece, signature, verifier);
            for (LogEntry entry : found) {
                Optional<TransparencyLog> log = TransparencyLog.of(entry, logs);
                if (log.isPresent() && !isOfAnother(piece, signature, entry::names)) {
                    all.spend(EvidenceLimits.CHECKS_PER_LOG_ENTRY);
                    entries.put(entry, log.get().verify(entry, about));
                }
            }
        }
        Witnesses heard = new Witnesses(entries, timestamps, brought(piece));
        heard.requireKeysInTime();
        return heard;
    }

    // What speaks of one signature of an envelope says nothing of those beside it, neither for them nor against them.
    private static boolean isOfAnother(Piece piece, byte[] signature, Predicate<byte[]> named) {
        return piece.signatures().size() > 1
                && !named.test(signature)
                && piece.signatures().stream().anyMatch(named);
    }

    private static int brought(Piece piece) {
        return piece.material().logEntries().size()
                + piece.material().timestamps().size();
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

    /** Those of several roots, of one signature. */
    static Witnesses together(Piece piece, List<Witnesses> heard) {
        Map<LogEntry, LoggedEntry> entries = new LinkedHashMap<>();
        Map<TimestampToken, VerifiedTimestamp> timestamps = new LinkedHashMap<>();
        for (Witnesses one : heard) {
            one.entries.forEach(entries::putIfAbsent);
            one.timestamps.forEach(timestamps::putIfAbsent);
        }
        return new Witnesses(entries, timestamps, brought(piece));
    }

    // sigstore_trustroot.proto: a log's key counts in its window. An entry without a promise says nothing of when the
    // log signed, so the times that are proved stand in.
    private void requireKeysInTime() throws UnprovenException {
        for (LoggedEntry entry : entries.values()) {
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

    /** That so many of the root's logs have it, and so many of its authorities stamped it, as the root asks. */
    void requireEnough(Root root) throws UnprovenException {
        long logs = entries.values().stream()
                .map(entry -> root.material().countedAs(entry.log().key().id()))
                .distinct()
                .count();
        if (logs < root.logs()) {
            throw new UnprovenException(
                    Rejection.NOT_LOGGED,
                    "it is in " + logs + " transparency logs of root " + root.name() + "; " + root.logs()
                            + " are asked for"
                            + others(entries.values().stream()
                                            .map(LoggedEntry::log)
                                            .distinct()
                                            .count()
                                    - logs));
        }
        // BND-05: an authority that stamps twice is one.
        long authorities = timestamps.values().stream()
                .map(timestamp -> root.material().countedAs(timestamp.authorityKey()))
                .distinct()
                .count();
        if (authorities < root.timestamps()) {
            throw new UnprovenException(
                    Rejection.NO_SIGNED_TIME,
                    authorities + " timestamp authorities of root " + root.name() + " stamped it; " + root.timestamps()
                            + " are asked for"
                            + others(timestamps.values().stream()
                                            .map(VerifiedTimestamp::authorityKey)
                                            .distinct()
                                            .count()
                                    - authorities));
        }
    }

    /** What came along and does not count. */
    private String others(long ofOneOperator) {
        List<String> why = new ArrayList<>();
        if (ofOneOperator > 0) {
            why.add("those of one operator count once");
        }
        if (strangers() > 0) {
            why.add(strangers() + " are of others, which do not count");
        }
        return why.isEmpty() ? "" : " (" + String.join("; ", why) + ")";
    }

    /** client-spec.md: a certificate is judged as of the time of signing, which somebody must vouch for. */
    void requireTime(Root root) throws UnprovenException {
        if (times().isEmpty()) {
            throw new UnprovenException(
                    Rejection.NO_SIGNED_TIME,
                    "no log or timestamp authority of root " + root.name() + " says when it was signed" + others(0));
        }
    }

    /** Every moment that is vouched for. */
    List<Instant> times() {
        return Stream.concat(
                        timestamps.values().stream().map(VerifiedTimestamp::time),
                        entries.values().stream().flatMap(entry -> entry.integratedTime().stream()))
                .distinct()
                .sorted()
                .toList();
    }

    /** Entries and timestamps of logs and authorities that are not trusted here. */
    int strangers() {
        return brought - entries.size() - timestamps.size();
    }

    List<Finding> findings(String where) {
        List<Finding> findings = new ArrayList<>();
        for (VerifiedTimestamp timestamp : timestamps.values()) {
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
        for (LoggedEntry entry : entries.values()) {
            String log = Printable.line(entry.log().name());
            findings.add(Finding.passed(Check.LOG_INCLUSION, "entry " + entry.index() + " of " + log, where));
            entry.integratedTime()
                    .ifPresent(time -> findings.add(
                            Finding.passed(Check.SIGNED_TIME, "signed at " + time + ", says log " + log, where)));
        }
        return findings;
    }
}
