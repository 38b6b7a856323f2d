package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.VerificationMaterial;
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
 * @param strangeEntries how many log entries came along that say nothing here: of logs that are not trusted
 * @param strangeTimestamps the same of timestamps
 * @param untimelyEntries how many entries of trusted logs came along that nobody gives a time, and whose log's key does not
 *     count at the moment of judgement
 */
record Witnesses(
        Map<LogEntry, LoggedEntry> entries,
        Map<TimestampToken, VerifiedTimestamp> timestamps,
        int strangeEntries,
        int strangeTimestamps,
        int untimelyEntries) {

    /**
     * All of them are heard, however few are asked for: client-spec.md takes every time that there is, and who is trusted and
     * says something else is a contradiction.
     *
     * @param verifier DER of the certificate that came with the signature, else of the key that holds
     * @param certificate DER of one of the key that holds, where that is the verifier: an entry names either
     * @param now for the keys of logs whose entries nobody gives a time
     */
    static Witnesses hear(
            Piece piece,
            byte[] signature,
            byte[] verifier,
            Optional<byte[]> certificate,
            List<TransparencyLog> logs,
            List<TimestampAuthority> authorities,
            Instant now,
            Examination all)
            throws MalformedEvidenceException, UnprovenException {
        Map<TimestampToken, VerifiedTimestamp> timestamps = new LinkedHashMap<>();
        for (TimestampToken token : piece.material().timestamps()) {
            // A token of a stranger costs nothing but a look at whom it names.
            if (token.claimsToBeOf(authorities) && !isOfAnother(piece, signature, token::names)) {
                all.spend(EvidenceLimits.CHECKS_PER_TIMESTAMP + piece.stampHashing());
                token.prove(piece.stamped(token, signature), authorities)
                        .ifPresent(proved -> timestamps.put(token, proved));
            }
        }
        Map<LogEntry, LoggedEntry> entries = new LinkedHashMap<>();
        List<LogEntry> found = piece.material().logEntries();
        if (!found.isEmpty()) {
            LoggedSignature byVerifier = about(piece, signature, verifier);
            LoggedSignature about = certificate.map(byVerifier::orBy).orElse(byVerifier);
            List<Instant> stamped =
                    timestamps.values().stream().map(VerifiedTimestamp::time).toList();
            for (LogEntry entry : found) {
                Optional<TransparencyLog> log =
                        TransparencyLog.of(entry, logs, stamped.isEmpty() ? List.of(now) : stamped);
                if (log.isPresent() && !isOfAnother(piece, signature, entry::names)) {
                    all.spend(EvidenceLimits.CHECKS_PER_LOG_ENTRY);
                    entries.put(entry, log.get().verify(entry, about));
                }
            }
        }
        Witnesses heard = of(piece, entries, timestamps, 0);
        heard.requireKeysInTime();
        return heard.times().isEmpty() ? heard.at(piece, now) : heard;
    }

    // Nobody says when the log signed: whoever got hold of a key that has ended could have signed it today.
    private Witnesses at(Piece piece, Instant now) {
        Map<LogEntry, LoggedEntry> timely = new LinkedHashMap<>(entries);
        timely.values().removeIf(entry -> entry.validity().at(now) != Validity.State.VALID);
        return of(piece, timely, timestamps, entries.size() - timely.size());
    }

    // What speaks of one signature of an envelope says nothing of those beside it, neither for them nor against them.
    private static boolean isOfAnother(Piece piece, byte[] signature, Predicate<byte[]> named) {
        return piece.signatures().size() > 1
                && !named.test(signature)
                && piece.signatures().stream().anyMatch(named);
    }

    private static Witnesses of(
            Piece piece,
            Map<LogEntry, LoggedEntry> entries,
            Map<TimestampToken, VerifiedTimestamp> timestamps,
            int untimely) {
        return new Witnesses(
                entries,
                timestamps,
                piece.material().logEntries().size() - entries.size() - untimely,
                piece.material().timestamps().size() - timestamps.size(),
                untimely);
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
        // The same log in two roots has one entry: what one root counts is not untimely.
        int untimely = Math.min(
                heard.stream().mapToInt(Witnesses::untimelyEntries).max().orElse(0),
                piece.material().logEntries().size() - entries.size());
        return of(piece, entries, timestamps, untimely);
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
        long known = entries.values().stream().map(LoggedEntry::log).distinct().count();
        long logs = logs(root);
        if (logs < root.logs()) {
            throw new UnprovenException(
                    Rejection.NOT_LOGGED,
                    "it is in " + number(logs, "transparency log") + " of root " + root.name() + "; "
                            + asked(root.logs())
                            + uncounted(known - logs, strangeEntries, "log entry", untimelyEntries));
        }
        // BND-05: an authority that stamps twice is one.
        long stamping = timestamps.values().stream()
                .map(VerifiedTimestamp::authorityKey)
                .distinct()
                .count();
        long authorities = authorities(root);
        if (authorities < root.timestamps()) {
            throw new UnprovenException(
                    Rejection.NOT_STAMPED,
                    "it was stamped by " + number(authorities, "timestamp authority") + " of root " + root.name() + "; "
                            + asked(root.timestamps())
                            + uncounted(stamping - authorities, strangeTimestamps, "timestamp", 0));
        }
    }

    /** Whether it would be enough, if all that the root does not know of were of a log or authority of its own. */
    boolean couldSuffice(Root root) {
        return logs(root) + strangeEntries >= root.logs()
                && authorities(root) + strangeTimestamps >= root.timestamps()
                && (!times().isEmpty() || hasStrangers());
    }

    /** Whether something came along of logs or authorities that are not trusted here. */
    boolean hasStrangers() {
        return strangeEntries + strangeTimestamps > 0;
    }

    /** The same before anything of it was looked at. */
    static boolean couldSuffice(Root root, VerificationMaterial came) {
        int entries = came.logEntries().size();
        int timestamps = came.timestamps().size();
        return entries >= root.logs()
                && timestamps >= root.timestamps()
                && (!root.saysTimes() || entries + timestamps > 0);
    }

    /** How many of the root's it is in: those of one operator are one. */
    private long logs(Root root) {
        return entries.values().stream()
                .map(entry -> root.material().countedAs(entry.log().key().id()))
                .distinct()
                .count();
    }

    private long authorities(Root root) {
        return timestamps.values().stream()
                .map(timestamp -> root.material().countedAs(timestamp.authorityKey()))
                .distinct()
                .count();
    }

    private static String number(long count, String what) {
        String many = what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s";
        return count + " " + (count == 1 ? what : many);
    }

    private static String asked(int count) {
        return count + (count == 1 ? " is asked for" : " are asked for");
    }

    /** What came along and does not count. */
    private static String uncounted(long ofOneOperator, int strange, String what, int untimely) {
        List<String> why = new ArrayList<>();
        if (ofOneOperator > 0) {
            why.add("those of one operator count once");
        }
        if (strange > 0) {
            why.add(number(strange, what) + " of others " + (strange == 1 ? "does" : "do") + " not count");
        }
        if (untimely > 0) {
            why.add(untimely(untimely));
        }
        return why.isEmpty() ? "" : " (" + String.join("; ", why) + ")";
    }

    private static String untimely(int count) {
        return number(count, "log entry") + " without a time, of a log whose key is not valid now";
    }

    /** client-spec.md: a certificate is judged as of the time of signing, which somebody must vouch for. */
    void requireTime(Root root) throws UnprovenException {
        if (times().isEmpty()) {
            throw new UnprovenException(
                    Rejection.NO_SIGNED_TIME,
                    "no log or timestamp authority of root " + root.name() + " says when it was signed"
                            + uncounted(0, strangeTimestamps, "timestamp", 0));
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

    /** Until when the keys of the logs count, of entries that nobody gives a time. */
    Instant end() {
        if (!times().isEmpty()) {
            return Instant.MAX;
        }
        return entries.values().stream()
                .flatMap(entry -> entry.validity().until().stream())
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
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

    /** That some of what came along is of logs and authorities that are not trusted here, or not now. */
    List<Finding> strangers(String where) {
        List<Finding> findings = new ArrayList<>();
        if (strangeTimestamps > 0) {
            String saw = number(strangeTimestamps, "timestamp") + " of no trusted authority";
            findings.add(Finding.unknown(Check.SIGNED_TIME, saw, where));
        }
        if (strangeEntries > 0) {
            String saw = number(strangeEntries, "log entry") + " of no trusted log";
            findings.add(Finding.unknown(Check.LOG_INCLUSION, saw, where));
        }
        if (untimelyEntries > 0) {
            findings.add(Finding.unknown(Check.LOG_INCLUSION, untimely(untimelyEntries), where));
        }
        return findings;
    }
}
