package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What evidence says that a transparency log has: an entry with the log's promise, or proof, or both. Read, not verified, so
 * there is nothing to be asked of it but what there is; {@link TransparencyLog#verify} gives answers. Immutable.
 */
public final class LogEntry {
    final byte[] logId;
    /** Among all of the log's entries; proofs have the place in a tree, of which Rekor v1 had several. */
    final long logIndex;
    /** Seconds since 1970. */
    final OptionalLong integratedTime;
    /** What is in the tree. */
    final byte[] body;

    final EntryBodyReader.Read content;
    /** The signed entry timestamp. */
    final Optional<byte[]> promise;

    final Optional<InclusionProof> proof;

    LogEntry(
            byte[] logId,
            long logIndex,
            OptionalLong integratedTime,
            byte[] body,
            EntryBodyReader.Read content,
            Optional<byte[]> promise,
            Optional<InclusionProof> proof) {
        this.logId = logId;
        this.logIndex = logIndex;
        this.integratedTime = integratedTime;
        this.body = body;
        this.content = content;
        this.promise = promise;
        this.proof = proof;
    }

    /** An element of a bundle's {@code tlogEntries} (sigstore_rekor.proto, TransparencyLogEntry). */
    public static LogEntry fromBundle(JsonObject tlogEntry) throws MalformedEvidenceException {
        return LogEntryReader.fromBundle(tlogEntry);
    }

    /** The text of the annotation {@code dev.sigstore.cosign/bundle} (cosign SIGNATURE_SPEC.md): an entry with a promise. */
    public static LogEntry fromCosign(String annotation) throws MalformedEvidenceException {
        return LogEntryReader.fromCosign(annotation);
    }

    /** Whether these bytes are among the signatures that it says it is about; proves nothing. */
    public boolean names(byte[] signature) {
        return content.body().signatures().stream().anyMatch(by -> MessageDigest.isEqual(by.signature(), signature));
    }

    /** Whether there is a signed entry timestamp, right or wrong. */
    public boolean hasPromise() {
        return promise.isPresent();
    }

    /** Whether there is an inclusion proof with a checkpoint, right or wrong. */
    public boolean hasProof() {
        return proof.isPresent() && proof.get().checkpoint().isPresent();
    }
}
