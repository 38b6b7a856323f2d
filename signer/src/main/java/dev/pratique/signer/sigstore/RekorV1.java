package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.TransparencyLogEntry;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rekor v1 (rekor, openapi.yaml): a log that promises to have an entry, and says when it took it. */
public record RekorV1(Service service, ServiceClient client, List<TransparencyLog> logs) implements LogClient {
    private static final String ENTRIES = "/api/v1/log/entries";
    /** An entry's address: a tree's number of 16 digits before the hash of the leaf. */
    private static final Pattern ENTRY = Pattern.compile(".*" + ENTRIES + "/([0-9a-f]{64,80})");

    private static final int MAX_HASHES = 64;

    @Override
    public TransparencyLogEntry add(LogUpload upload) throws Failure {
        Map<String, String> headers = Map.of("Content-Type", "application/json", "Accept", "application/json");
        byte[] proposed = JsonWriter.bytes(
                upload.envelope().isPresent() ? dsse(upload.envelope().get(), upload) : hashedRekord(upload));
        Answer answer = client.send(service, new Call("POST", service.resolve(ENTRIES), headers, proposed, MAX_ANSWER));
        // "There already exists an equivalent entry": it is as good, and the answer says where it is.
        if (answer.status() == 409) {
            answer = existing(answer);
        }
        if (answer.status() != 201 && answer.status() != 200) {
            throw ServiceClient.refused(service, answer, Optional.empty(), "is it a Rekor of version 1?");
        }
        try {
            return LogClient.proved(service, read(answer.body()), upload, logs);
        } catch (MalformedEvidenceException e) {
            throw ServiceClient.unreadable(service, e);
        }
    }

    private Answer existing(Answer conflict) throws Failure {
        Matcher entry = ENTRY.matcher(conflict.header("Location").orElse(""));
        if (!entry.matches()) {
            throw Failure.of(Kind.FAILED, service + " has this entry already and does not say where", "sign again");
        }
        Call get = new Call(
                "GET",
                service.resolve(ENTRIES + "/" + entry.group(1)),
                Map.of("Accept", "application/json"),
                null,
                MAX_ANSWER);
        return client.send(service, get);
    }

    private Map<String, Object> hashedRekord(LogUpload upload) throws Failure {
        // rekor, hashedrekord: pure Ed25519 signs no hash, and only its other form is taken.
        if (upload.algorithm().scheme() == Scheme.ED25519) {
            throw Failure.of(
                    Kind.FAILED,
                    service + " takes no Ed25519 signature of a message",
                    "use a P-256 key, or --tlog-upload=false");
        }
        Hash hash = upload.algorithm().hash();
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("algorithm", "sha" + 8 * hash.bytes());
        value.put("value", HexFormat.of().formatHex(hash.of(upload.message())));
        Map<String, Object> signature = new LinkedHashMap<>();
        signature.put("content", base64(upload.signature()));
        signature.put("publicKey", Map.of("content", base64(upload.verifierPem())));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("data", Map.of("hash", value));
        spec.put("signature", signature);
        return proposed("hashedrekord", spec);
    }

    private static Map<String, Object> dsse(SignedEnvelope envelope, LogUpload upload) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("envelope", new String(envelope.bytes(), StandardCharsets.UTF_8));
        content.put("verifiers", List.of(base64(upload.verifierPem())));
        return proposed("dsse", Map.of("proposedContent", content));
    }

    private static Map<String, Object> proposed(String kind, Map<String, Object> spec) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("apiVersion", "0.0.1");
        entry.put("kind", kind);
        entry.put("spec", spec);
        return entry;
    }

    /** openapi.yaml, LogEntry: one member, named by the entry's id. */
    static TransparencyLogEntry read(byte[] answer) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(answer, "the answer", MAX_ANSWER);
        if (json.members().size() != 1) {
            throw new MalformedEvidenceException("the answer is not one log entry");
        }
        JsonObject entry = json.members().values().iterator().next().asObject("the log entry");
        JsonObject verification = entry.getObject("verification");
        byte[] body = StrictBase64.decode(entry.getString("body"), "'body'");
        JsonObject content = StrictJson.parseObject(body, "the log entry's body", MAX_ANSWER);
        Optional<JsonObject> proof = verification.findObject("inclusionProof");
        return new TransparencyLogEntry(
                hex(entry, "logID"),
                entry.get("logIndex").asSize("'logIndex'"),
                new TransparencyLogEntry.Kind(content.getString("kind"), content.getString("apiVersion")),
                OptionalLong.of(entry.get("integratedTime").asSize("'integratedTime'")),
                Optional.of(
                        StrictBase64.decode(verification.getString("signedEntryTimestamp"), "'signedEntryTimestamp'")),
                proof.isEmpty() ? Optional.empty() : Optional.of(proof(proof.get())),
                body);
    }

    private static TransparencyLogEntry.Proof proof(JsonObject json) throws MalformedEvidenceException {
        List<byte[]> hashes = new ArrayList<>();
        for (JsonValue hash : json.arrayOrEmpty("hashes", MAX_HASHES)) {
            hashes.add(hex(hash.asString("a hash of the inclusion proof"), "hashes"));
        }
        return new TransparencyLogEntry.Proof(
                json.get("logIndex").asSize("'logIndex'"),
                json.get("treeSize").asSize("'treeSize'"),
                hex(json, "rootHash"),
                hashes,
                json.getString("checkpoint"));
    }

    private static byte[] hex(JsonObject json, String name) throws MalformedEvidenceException {
        return hex(json.getString(name), name);
    }

    private static byte[] hex(String text, String name) throws MalformedEvidenceException {
        if (!text.matches("[0-9a-f]{64}")) {
            throw new MalformedEvidenceException("'" + name + "' of the log entry is not 64 lower-case hex digits");
        }
        return HexFormat.of().parseHex(text);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
