package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonNumber;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A transparency log that is trusted, of one key: Rekor v1, Rekor v2, or one of certificates. Two are equal where their keys
 * are, so that one voice under two names counts once. Thread safe.
 */
public final class TransparencyLog {
    private final String name;
    private final byte[] id;
    private final VerificationKey key;
    private final Set<SignatureAlgorithm> algorithms;
    private final Validity validity;
    private final CheckpointSigner checkpoints;

    /**
     * @param name for people: its base URL, or what the operator calls it
     * @param id as entries name it, or the first four bytes of that
     * @param algorithms that the key signs with here, at least one, each of {@link VerificationKey#algorithms}
     * @param origin of its checkpoints, for tile logs (Rekor v2): the host of its base URL. Without one no checkpoint of a
     *     tile log can be verified
     * @param validity of the key
     */
    public TransparencyLog(
            String name,
            byte[] id,
            VerificationKey key,
            Set<SignatureAlgorithm> algorithms,
            Optional<String> origin,
            Validity validity) {
        if (algorithms.isEmpty() || !key.algorithms().containsAll(algorithms)) {
            throw new IllegalArgumentException("a log signs with at least one algorithm, of its key's");
        }
        this.name = name;
        this.id = id.clone();
        this.key = key;
        this.algorithms = Set.copyOf(algorithms);
        this.validity = validity;
        this.checkpoints = new CheckpointSigner(key, origin);
    }

    /**
     * The one among these whose entry this says it is. Where several have the same id, which a key with several windows of
     * validity has, it is the one that may have signed.
     */
    public static Optional<TransparencyLog> of(LogEntry entry, List<TransparencyLog> logs) {
        return of(entry, logs, List.of());
    }

    /**
     * The same, where it is known when the entry's signature was there.
     *
     * @param moments that matter for an entry whose time the log does not promise
     */
    public static Optional<TransparencyLog> of(LogEntry entry, List<TransparencyLog> logs, List<Instant> moments) {
        List<TransparencyLog> named =
                logs.stream().filter(log -> log.isNamedBy(entry)).toList();
        List<TransparencyLog> signing =
                named.stream().filter(log -> log.maySign(entry)).toList();
        return signing.stream()
                .filter(log -> entry.promise.isPresent() || log.isValidAt(moments))
                .findFirst()
                .or(() -> signing.stream().findFirst())
                .or(() -> named.stream().findFirst());
    }

    private boolean isValidAt(List<Instant> moments) {
        return moments.stream().allMatch(moment -> validity.at(moment) == Validity.State.VALID);
    }

    /**
     * sigstore_trustroot.proto has two names for a log: log_id, and checkpoint_key_id, which "SHOULD be 4 bytes long, as a
     * truncated hash". Rekor v2 names itself in entries by the whole of that hash. A name chooses the key, and proves nothing.
     */
    private boolean isNamedBy(LogEntry entry) {
        return id.length == CheckpointSigner.KEY_ID
                ? Arrays.equals(id, 0, id.length, entry.logId, 0, id.length)
                : MessageDigest.isEqual(id, entry.logId);
    }

    private boolean maySign(LogEntry entry) {
        // BND-02: a time that nobody promises chooses nothing.
        boolean then = entry.promise.isEmpty()
                || entry.integratedTime.isEmpty()
                || validity.at(Instant.ofEpochSecond(entry.integratedTime.getAsLong())) == Validity.State.VALID;
        Optional<Checkpoint> checkpoint = entry.proof.flatMap(InclusionProof::checkpoint);
        return then && (checkpoint.isEmpty() || checkpoints.isNamedBy(checkpoint.get()));
    }

    /**
     * That this log has this entry, and that the entry is about this signature: the promise where there is one, and the proof
     * where there is one, and at least one of them.
     *
     * @throws UnprovenException LOG_ENTRY_MISMATCH where it is about something else, LOG_ENTRY_UNPROVEN where this log did not
     *     say so, NOT_JUDGED for kinds of entries that are not known
     */
    public LoggedEntry verify(LogEntry entry, LoggedSignature about) throws UnprovenException {
        if (!isNamedBy(entry)) {
            throw unproven("an entry of another log than " + name);
        }
        entry.content.body().requireAbout(about);
        // sigstore_rekor.proto: an inclusion proof without a checkpoint is a computation, nobody's word.
        if (!entry.hasPromise() && !entry.hasProof()) {
            throw unproven("a log entry with neither a promise nor a proof that the log signed");
        }
        Optional<Instant> time = Optional.empty();
        if (entry.promise.isPresent()) {
            time = Optional.of(provePromise(entry, entry.promise.get(), entry.integratedTime));
        }
        if (entry.proof.isPresent()) {
            proveInclusion(entry, entry.proof.get());
        }
        long index = time.isPresent() || entry.proof.isEmpty()
                ? entry.logIndex
                : entry.proof.get().index();
        return new LoggedEntry(this, index, time);
    }

    /**
     * sigstore_rekor.proto, InclusionPromise: "a signature over a canonical JSON serialization of the persisted entry, the log
     * ID, log index and the integration timestamp".
     */
    private Instant provePromise(LogEntry entry, byte[] promise, OptionalLong integratedTime) throws UnprovenException {
        long seconds = integratedTime.orElseThrow();
        if (!hasSigned(promised(entry, seconds), promise)) {
            throw unproven("a promise that " + name + " did not sign");
        }
        Instant time = Instant.ofEpochSecond(seconds);
        // sigstore_trustroot.proto, TransparencyLogInstance: the key counts in its window only.
        if (validity.at(time) != Validity.State.VALID) {
            throw unproven("a promise of " + time + ", when the key of " + name + " was not valid");
        }
        return time;
    }

    private static byte[] promised(LogEntry entry, long seconds) throws UnprovenException {
        Map<String, JsonValue> payload = Map.of(
                "body", new JsonString(Base64.getEncoder().encodeToString(entry.body)),
                "integratedTime", new JsonNumber(Long.toString(seconds)),
                "logID", new JsonString(HexFormat.of().formatHex(entry.logId)),
                "logIndex", new JsonNumber(Long.toString(entry.logIndex)));
        try {
            return CanonicalJson.bytes(payload);
        } catch (MalformedEvidenceException e) {
            throw unproven("a promise of an index that no signed text can have");
        }
    }

    private void proveInclusion(LogEntry entry, InclusionProof proof) throws UnprovenException {
        proof.rootOf(MerkleTree.leafHash(entry.body));
        if (proof.checkpoint().isEmpty()) {
            return;
        }
        Checkpoint checkpoint = proof.checkpoint().get();
        // rekor-tiles, CLIENTS.md: "Do not use the unverified root hash and tree size unless the client compares these
        // values to the values in the verified checkpoint".
        if (checkpoint.size() != proof.size() || !MessageDigest.isEqual(checkpoint.root(), proof.root())) {
            throw unproven("a checkpoint of another tree than the inclusion proof's");
        }
        boolean tiles = checkpoints.prove(checkpoint, this);
        // CLIENTS.md: Rekor v1 had "two log indices - a global index and a shard-specific index. This is no longer true
        // in Rekor v2": there they are one.
        if (tiles && entry.logIndex != proof.index()) {
            throw unproven("entry " + entry.logIndex + " with the inclusion proof of entry " + proof.index());
        }
    }

    /** Whether this log's key signed exactly these bytes. */
    public boolean hasSigned(byte[] message, byte[] signature) {
        for (SignatureAlgorithm algorithm : algorithms) {
            try {
                if (key.verify(algorithm, message, signature) == VerificationKey.Verified.BY_THIS_KEY) {
                    return true;
                }
            } catch (MalformedEvidenceException notOfThisForm) {
                // What no key of this kind can have made, this one did not make.
            }
        }
        return false;
    }

    private static UnprovenException unproven(String saw) {
        return new UnprovenException(Rejection.LOG_ENTRY_UNPROVEN, saw);
    }

    public String name() {
        return name;
    }

    /** As entries, and signed certificate timestamps, name it. */
    public byte[] id() {
        return id.clone();
    }

    public VerificationKey key() {
        return key;
    }

    /** When its key counts. */
    public Validity validity() {
        return validity;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransparencyLog log && key.id().equals(log.key.id());
    }

    @Override
    public int hashCode() {
        return key.id().hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
