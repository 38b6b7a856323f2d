package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.transparency.EntryBody.By;
import dev.pratique.attestations.transparency.EntryBody.LoggedDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads the bodies of entries: those of Rekor v1 (rekor/pkg/types, the JSON schemas of each kind) and of Rekor v2
 * (rekor-tiles, api/proto/rekor/v2).
 */
final class EntryBodyReader {
    /**
     * What an entry says it is.
     *
     * @param kind for example hashedrekord
     * @param version of the kind's schema
     */
    record Kind(String kind, String version) {
        /** Kinds of Rekor v2, which no log that makes promises takes. */
        boolean ofTiles() {
            return version.equals("0.0.2") && (kind.equals("hashedrekord") || kind.equals("dsse"));
        }
    }

    /** A body and the kind that it gives itself. */
    record Read(Kind kind, EntryBody body) {}

    private EntryBodyReader() {}

    static Read read(byte[] body) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(body, "the log entry's body", LogLimits.MAX_BODY_BYTES);
        Kind kind = new Kind(json.getString("kind"), json.getString("apiVersion"));
        return new Read(kind, of(kind, json.getObject("spec")));
    }

    private static EntryBody of(Kind kind, JsonObject spec) throws MalformedEvidenceException {
        return switch (kind.kind + " " + kind.version) {
            case "hashedrekord 0.0.1" -> hashedRekord(spec);
            case "hashedrekord 0.0.2" -> hashedRekordOfTiles(spec);
            case "dsse 0.0.1" -> dsse(spec);
            case "dsse 0.0.2" -> dsseOfTiles(spec);
            case "intoto 0.0.1" -> oldInToto(spec);
            case "intoto 0.0.2" -> inToto(spec.getObject("content"));
            default -> new EntryBody.Unknown(kind.kind, kind.version);
        };
    }

    private static EntryBody hashedRekord(JsonObject spec) throws MalformedEvidenceException {
        JsonObject signature = spec.getObject("signature");
        return new EntryBody.OfDigest(
                digest(spec.getObject("data").getObject("hash")),
                new By(
                        base64(signature, "content"),
                        verifier(signature.getObject("publicKey").getString("content"))));
    }

    private static EntryBody dsse(JsonObject spec) throws MalformedEvidenceException {
        List<By> signatures = new ArrayList<>();
        for (JsonObject one : signatures(spec)) {
            signatures.add(new By(base64(one, "signature"), verifier(one.getString("verifier"))));
        }
        return new EntryBody.OfPayload(digest(spec.getObject("payloadHash")), Optional.empty(), signatures);
    }

    // The signature stands in base64 in the envelope, and this kind puts what stands there into base64 once more.
    private static EntryBody inToto(JsonObject content) throws MalformedEvidenceException {
        JsonObject envelope = content.getObject("envelope");
        List<By> signatures = new ArrayList<>();
        for (JsonObject one : signatures(envelope)) {
            String inner = new String(base64(one, "sig"), StandardCharsets.ISO_8859_1);
            signatures.add(new By(
                    StrictBase64.decodeEither(inner, "a signature of the log entry"),
                    verifier(one.getString("publicKey"))));
        }
        return new EntryBody.OfPayload(
                digest(content.getObject("payloadHash")), Optional.of(envelope.getString("payloadType")), signatures);
    }

    private static EntryBody oldInToto(JsonObject spec) throws MalformedEvidenceException {
        JsonObject content = spec.getObject("content");
        // "PayloadHash is not present for old entries" (rekor, intoto v0.0.1).
        Optional<JsonObject> payload = content.findObject("payloadHash");
        return new EntryBody.OfEnvelope(
                digest(content.getObject("hash")),
                payload.isEmpty() ? Optional.empty() : Optional.of(digest(payload.get())),
                verifier(spec.getString("publicKey")));
    }

    private static EntryBody hashedRekordOfTiles(JsonObject spec) throws MalformedEvidenceException {
        JsonObject entry = only(spec, "hashedRekordV002", "dsseV002");
        return new EntryBody.OfDigest(digestOfTiles(entry.getObject("data")), by(entry.getObject("signature")));
    }

    private static EntryBody dsseOfTiles(JsonObject spec) throws MalformedEvidenceException {
        JsonObject entry = only(spec, "dsseV002", "hashedRekordV002");
        List<By> signatures = new ArrayList<>();
        for (JsonObject one : signatures(entry)) {
            signatures.add(by(one));
        }
        return new EntryBody.OfPayload(digestOfTiles(entry.getObject("payloadHash")), Optional.empty(), signatures);
    }

    /** rekor/v2/verifier.proto, Signature: content and a verifier. */
    private static By by(JsonObject signature) throws MalformedEvidenceException {
        JsonObject verifier = signature.getObject("verifier");
        String form = verifier.find("x509Certificate").isPresent() ? "x509Certificate" : "publicKey";
        JsonObject named = only(verifier, form, form.equals("publicKey") ? "x509Certificate" : "publicKey");
        return new By(base64(signature, "content"), base64(named, "rawBytes"));
    }

    /** protobuf: of a oneof at most one is there, and here one is asked for. */
    private static JsonObject only(JsonObject object, String name, String other) throws MalformedEvidenceException {
        if (object.find(other).isPresent()) {
            throw new MalformedEvidenceException("the log entry has '" + other + "' where '" + name + "' belongs");
        }
        return object.getObject(name);
    }

    private static List<JsonObject> signatures(JsonObject owner) throws MalformedEvidenceException {
        List<JsonObject> signatures = new ArrayList<>();
        for (JsonValue one : owner.get("signatures").asArray("'signatures'", LogLimits.MAX_ENTRY_SIGNATURES)) {
            signatures.add(one.asObject("a signature of the log entry"));
        }
        return signatures;
    }

    private static LoggedDigest digest(JsonObject hash) throws MalformedEvidenceException {
        Hash algorithm = algorithm(hash.getString("algorithm"), "sha");
        String hex = hash.getString("value");
        if (!hex.matches("[0-9a-f]{" + 2 * algorithm.bytes() + "}")) {
            throw new MalformedEvidenceException("the log entry has a digest that is not lower-case hex of its length");
        }
        return new LoggedDigest(algorithm, HexFormat.of().parseHex(hex));
    }

    /** sigstore_common.proto, HashOutput. */
    private static LoggedDigest digestOfTiles(JsonObject hash) throws MalformedEvidenceException {
        Hash algorithm = algorithm(hash.getString("algorithm"), "SHA2_");
        byte[] value = base64(hash, "digest");
        if (value.length != algorithm.bytes()) {
            throw new MalformedEvidenceException("the log entry has a digest that is not of its algorithm's length");
        }
        return new LoggedDigest(algorithm, value);
    }

    private static Hash algorithm(String name, String prefix) throws MalformedEvidenceException {
        for (Hash hash : Hash.values()) {
            if (name.equals(prefix + 8 * hash.bytes())) {
                return hash;
            }
        }
        throw new MalformedEvidenceException(
                "the log entry has a digest of another algorithm than SHA-256, -384 or -512");
    }

    private static byte[] base64(JsonObject owner, String name) throws MalformedEvidenceException {
        return StrictBase64.decode(owner.getString(name), "'" + name + "' of the log entry");
    }

    private static byte[] verifier(String base64) throws MalformedEvidenceException {
        return PemBlock.first(StrictBase64.decode(base64, "the log entry's key or certificate"));
    }
}
