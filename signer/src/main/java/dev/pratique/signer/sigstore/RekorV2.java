package dev.pratique.signer.sigstore;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.sign.TransparencyLogEntry;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.attestations.trust.KeyDetails;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Rekor v2 (rekor-tiles, api/proto/rekor/v2): a log of tiles, which proves that it has an entry and says no time. */
public record RekorV2(Service service, ServiceClient client, List<TransparencyLog> logs) implements LogClient {
    private static final int MAX_HASHES = 64;

    @Override
    public TransparencyLogEntry add(LogUpload upload) throws Failure {
        Map<String, String> headers = Map.of("Content-Type", "application/json", "Accept", "application/json");
        Answer answer = client.send(
                service,
                new Call(
                        "POST",
                        service.resolve("/api/v2/log/entries"),
                        headers,
                        JsonWriter.bytes(request(upload)),
                        MAX_ANSWER));
        if (answer.status() == 409) {
            // The log does not give an entry out again, and its tiles are not a signer's to read.
            throw Failure.of(
                            Kind.FAILED,
                            service + " has this very entry already",
                            "sign again; RSA keys make the same signature twice, with them wait or use another log")
                    .because(new TakenBefore());
        }
        if (answer.status() == 405) {
            throw Failure.of(
                    Kind.FAILED,
                    service + " is closed to new entries",
                    "a newer signing config names the log that follows it");
        }
        if (answer.status() != 201 && answer.status() != 200) {
            throw ServiceClient.refused(service, answer, Optional.empty(), "is it a Rekor of version 2?");
        }
        try {
            return LogClient.proved(service, read(answer.body()), upload, logs);
        } catch (MalformedEvidenceException e) {
            throw ServiceClient.unreadable(service, e);
        }
    }

    // CLIENTS.md: "Rekor v2 will not support a DSSE entry type. Instead, clients should extract the DSSE
    // Pre-Authentication Encoding (PAE) and signature from the DSSE envelope, including the hash of the PAE and the
    // signature in a `hashedrekord` request."
    private Map<String, Object> request(LogUpload upload) throws Failure {
        Map<String, Object> verifier = new LinkedHashMap<>();
        verifier.put(
                upload.certified() ? "x509Certificate" : "publicKey", Map.of("rawBytes", base64(upload.verifier())));
        verifier.put("keyDetails", keyDetails(upload));
        Map<String, Object> signature = new LinkedHashMap<>();
        signature.put("content", base64(upload.signature()));
        signature.put("verifier", verifier);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("signature", signature);
        request.put("digest", base64(upload.algorithm().hash().of(upload.message())));
        return Map.of("hashedRekordRequestV002", request);
    }

    private String keyDetails(LogUpload upload) throws Failure {
        // A log that sees a hash alone cannot check a signature of pure Ed25519.
        Optional<String> details = upload.algorithm().scheme() == Scheme.ED25519
                ? Optional.empty()
                : KeyDetails.nameOf(upload.algorithm());
        return details.orElseThrow(() -> Failure.of(
                Kind.FAILED,
                service + " takes no signatures of the kind " + upload.algorithm(),
                "use a P-256 key, or --tlog-upload=false"));
    }

    /** sigstore_rekor.proto, TransparencyLogEntry, in protobuf's JSON. */
    static TransparencyLogEntry read(byte[] answer) throws MalformedEvidenceException {
        JsonObject entry = StrictJson.parseObject(answer, "the answer", MAX_ANSWER);
        JsonObject kind = entry.getObject("kindVersion");
        Optional<JsonObject> proof = entry.findObject("inclusionProof");
        return new TransparencyLogEntry(
                base64(entry.getObject("logId"), "keyId"),
                whole(entry, "logIndex"),
                new TransparencyLogEntry.Kind(kind.getString("kind"), kind.getString("version")),
                OptionalLong.empty(),
                Optional.empty(),
                proof.isEmpty() ? Optional.empty() : Optional.of(proof(proof.get())),
                base64(entry, "canonicalizedBody"));
    }

    private static TransparencyLogEntry.Proof proof(JsonObject json) throws MalformedEvidenceException {
        List<byte[]> hashes = new ArrayList<>();
        for (JsonValue hash : json.arrayOrEmpty("hashes", MAX_HASHES)) {
            hashes.add(StrictBase64.decode(hash.asString("a hash of the inclusion proof"), "'hashes'"));
        }
        return new TransparencyLogEntry.Proof(
                whole(json, "logIndex"),
                whole(json, "treeSize"),
                base64(json, "rootHash"),
                hashes,
                json.getObject("checkpoint").getString("envelope"));
    }

    /** protobuf's JSON has int64 as strings, takes numbers too, and leaves zeros out. */
    private static long whole(JsonObject json, String name) throws MalformedEvidenceException {
        Optional<JsonValue> value = json.find(name);
        if (value.isEmpty()) {
            return 0;
        }
        if (value.get() instanceof JsonString text && text.value().matches("0|[1-9][0-9]{0,17}")) {
            return Long.parseLong(text.value());
        }
        return value.get().asSize("'" + name + "'");
    }

    private static byte[] base64(JsonObject json, String name) throws MalformedEvidenceException {
        return StrictBase64.decode(json.getString(name), "'" + name + "'");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
