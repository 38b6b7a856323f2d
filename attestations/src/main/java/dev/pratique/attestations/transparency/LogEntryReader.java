package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the two forms that entries have beside signatures: the bundle's and cosign's older one. */
final class LogEntryReader {
    /** Logs name themselves by SHA-256 hashes. */
    private static final int LOG_ID_BYTES = 32;
    /** The end of the year 9999, beyond which times have no text. */
    private static final long LATEST = 253_402_300_799L;

    private static final String PROMISE = "signedEntryTimestamp";
    // sigstore_rekor.proto, TransparencyLogEntry and the messages in it. ProtoJSON: "JSON parsers should reject unknown
    // fields by default".
    private static final Set<String> OF_ENTRY = Set.of(
            "logIndex",
            "logId",
            "kindVersion",
            "integratedTime",
            "inclusionPromise",
            "inclusionProof",
            "canonicalizedBody");
    private static final Set<String> OF_LOG_ID = Set.of("keyId");
    private static final Set<String> OF_KIND = Set.of("kind", "version");
    private static final Set<String> OF_PROMISE = Set.of(PROMISE);
    private static final Set<String> OF_PROOF = Set.of("logIndex", "rootHash", "treeSize", "hashes", "checkpoint");
    private static final Set<String> OF_CHECKPOINT = Set.of("envelope");

    private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final Pattern LOG_ID = Pattern.compile("[0-9a-f]{" + 2 * LOG_ID_BYTES + "}");

    private LogEntryReader() {}

    static LogEntry fromBundle(JsonObject json) throws MalformedEvidenceException {
        json.requireOnly(OF_ENTRY, "the log entry");
        long index = whole(json, "logIndex");
        byte[] body = base64(json, "canonicalizedBody", LogLimits.MAX_BODY_BYTES);
        EntryBodyReader.Read content = EntryBodyReader.read(body);
        JsonObject claimed = member(json, "kindVersion", OF_KIND);
        EntryBodyReader.Kind kind = new EntryBodyReader.Kind(claimed.getString("kind"), claimed.getString("version"));
        if (!kind.equals(content.kind())) {
            throw new MalformedEvidenceException("the log entry is said to be of another kind or version than it is");
        }
        JsonObject logId = member(json, "logId", OF_LOG_ID);
        Optional<JsonObject> promise = json.findObject("inclusionPromise");
        Optional<JsonObject> proof = json.findObject("inclusionProof");
        return checked(new LogEntry(
                base64(logId, "keyId", LOG_ID_BYTES),
                index,
                time(whole(json, "integratedTime")),
                body,
                content,
                promise.isEmpty() ? Optional.empty() : promise(promise.get()),
                proof.isEmpty() ? Optional.empty() : Optional.of(proof(proof.get()))));
    }

    static LogEntry fromCosign(String annotation) throws MalformedEvidenceException {
        if (annotation.length() > LogLimits.MAX_ANNOTATION_BYTES) {
            throw new MalformedEvidenceException("the log entry in the annotation is too large");
        }
        JsonObject json = StrictJson.parseObject(
                annotation.getBytes(StandardCharsets.UTF_8),
                "the log entry in the annotation",
                LogLimits.MAX_ANNOTATION_BYTES);
        JsonObject payload = json.getObject("Payload");
        byte[] body = base64(payload, "body", LogLimits.MAX_BODY_BYTES);
        String logId = payload.getString("logID");
        if (!LOG_ID.matcher(logId).matches()) {
            throw new MalformedEvidenceException("the log entry's logID is not 64 lower-case hex digits");
        }
        return checked(new LogEntry(
                HexFormat.of().parseHex(logId),
                whole(payload, "logIndex"),
                time(whole(payload, "integratedTime")),
                body,
                EntryBodyReader.read(body),
                Optional.of(base64(json, "SignedEntryTimestamp", LogLimits.MAX_SIGNATURE_BYTES)),
                Optional.empty()));
    }

    private static LogEntry checked(LogEntry entry) throws MalformedEvidenceException {
        if (entry.logId.length != LOG_ID_BYTES) {
            throw new MalformedEvidenceException("the log entry's log id is not " + LOG_ID_BYTES + " bytes long");
        }
        if (entry.promise.isPresent() && entry.integratedTime.isEmpty()) {
            throw new MalformedEvidenceException("the log entry has a promise without a time");
        }
        // rekor-tiles, CLIENTS.md: "Rekor will no longer return SignedEntryTimestamps or include integrated time".
        if (entry.promise.isPresent() && entry.content.kind().ofTiles()) {
            throw new MalformedEvidenceException("the log entry is of a kind whose logs make no promises, and has one");
        }
        return entry;
    }

    private static JsonObject member(JsonObject entry, String name, Set<String> members)
            throws MalformedEvidenceException {
        JsonObject member = entry.getObject(name);
        member.requireOnly(members, "'" + name + "' of the log entry");
        return member;
    }

    /** protobuf: bytes that are not set are none, and writers may write either. */
    private static Optional<byte[]> promise(JsonObject json) throws MalformedEvidenceException {
        json.requireOnly(OF_PROMISE, "'inclusionPromise' of the log entry");
        boolean set = !json.findString(PROMISE).orElse("").isEmpty();
        return set ? Optional.of(base64(json, PROMISE, LogLimits.MAX_SIGNATURE_BYTES)) : Optional.empty();
    }

    private static InclusionProof proof(JsonObject json) throws MalformedEvidenceException {
        json.requireOnly(OF_PROOF, "'inclusionProof' of the log entry");
        List<byte[]> hashes = new ArrayList<>();
        for (JsonValue hash : json.arrayOrEmpty("hashes", LogLimits.MAX_HASHES)) {
            hashes.add(hash(hash.asString("a hash of the inclusion proof")));
        }
        long index = whole(json, "logIndex");
        long size = whole(json, "treeSize");
        if (index >= size) {
            throw new MalformedEvidenceException("the inclusion proof is of a place beyond its tree");
        }
        Optional<JsonObject> checkpoint = json.findObject("checkpoint");
        String note = checkpoint.isEmpty() ? "" : note(checkpoint.get());
        return new InclusionProof(
                index,
                size,
                hash(json.getString("rootHash")),
                hashes,
                // protobuf: a string that is not set is the empty one.
                note.isEmpty() ? Optional.empty() : Optional.of(Checkpoint.parse(note)));
    }

    private static String note(JsonObject checkpoint) throws MalformedEvidenceException {
        checkpoint.requireOnly(OF_CHECKPOINT, "'checkpoint' of the log entry");
        return checkpoint.findString("envelope").orElse("");
    }

    private static byte[] hash(String base64) throws MalformedEvidenceException {
        byte[] hash = base64.length() > 2 * LogLimits.HASH_BYTES
                ? new byte[0]
                : StrictBase64.decode(base64, "a hash of the inclusion proof");
        if (hash.length != LogLimits.HASH_BYTES) {
            throw new MalformedEvidenceException("the inclusion proof has a hash that is not 32 bytes long");
        }
        return hash;
    }

    /**
     * An int64 of protobuf's JSON: "decimal string"; "either numbers or strings are accepted"; absent where it is zero. Numbers
     * of 19 digits are beyond all logs and times.
     */
    private static long whole(JsonObject owner, String name) throws MalformedEvidenceException {
        Optional<JsonValue> value = owner.find(name);
        if (value.isEmpty()) {
            return 0;
        }
        if (value.get() instanceof JsonString string
                && WHOLE.matcher(string.value()).matches()) {
            return Long.parseLong(string.value());
        }
        return value.get().asSize("'" + name + "' of the log entry");
    }

    private static OptionalLong time(long seconds) throws MalformedEvidenceException {
        if (seconds > LATEST) {
            throw new MalformedEvidenceException("the log entry's integratedTime is after the year 9999");
        }
        return seconds == 0 ? OptionalLong.empty() : OptionalLong.of(seconds);
    }

    private static byte[] base64(JsonObject owner, String name, int maxBytes) throws MalformedEvidenceException {
        String text = owner.getString(name);
        if (text.length() > (maxBytes + 2L) / 3 * 4) {
            throw new MalformedEvidenceException(
                    "'" + name + "' of the log entry is larger than " + maxBytes + " bytes");
        }
        return StrictBase64.decode(text, "'" + name + "' of the log entry");
    }
}
