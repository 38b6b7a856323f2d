package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.sign.TransparencyLogEntry;
import dev.pratique.attestations.transparency.LogEntry;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.List;
import java.util.Optional;

/** A transparency log that signatures are shown to. */
sealed interface LogClient permits RekorV1, RekorV2 {
    int MAX_ANSWER = 1 << 20;

    /**
     * Why a failure is one that another signature does not have: the log took this one before and does not give its entry out,
     * as where the answer to a first attempt was lost.
     */
    final class TakenBefore extends Exception {
        private static final long serialVersionUID = 1L;
    }

    Service service();

    /**
     * Shows it a signature.
     *
     * @return the log's entry about it, proved by a log of the trusted root
     * @throws Failure because of {@link TakenBefore} where another signature would do
     */
    TransparencyLogEntry add(LogUpload upload) throws Failure;

    /** That one of the trusted logs has this entry, and that it is about this signature. */
    static TransparencyLogEntry proved(
            Service service, TransparencyLogEntry entry, LogUpload upload, List<TransparencyLog> logs)
            throws Failure, MalformedEvidenceException {
        LogEntry read = LogEntry.fromBundle(
                StrictJson.parseObject(JsonWriter.bytes(entry.json()), "the log entry", MAX_ANSWER));
        if (!read.hasProof()) {
            throw new MalformedEvidenceException("the log entry has no inclusion proof with a checkpoint");
        }
        Optional<TransparencyLog> log = TransparencyLog.of(read, logs);
        if (log.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    service + " is no log of the trusted root",
                    "--trusted-root FILE names the logs that count; without it those of the public Sigstore do");
        }
        try {
            log.get().verify(read, upload.asLogged());
            return entry;
        } catch (UnprovenException e) {
            throw ServiceClient.lied(service, String.valueOf(e.getMessage())).because(e);
        }
    }
}
