package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.testing.Shared;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What of a recorded bundle and trusted root concerns logs, read without the readers of bundles and roots. */
final class Recorded {
    private Recorded() {}

    /** The logs of a trusted_root.json. */
    static List<TransparencyLog> logs(Path trustedRoot) {
        try {
            return read(trustedRoot);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    private static List<TransparencyLog> read(Path trustedRoot) throws MalformedEvidenceException {
        List<TransparencyLog> logs = new ArrayList<>();
        for (JsonObject log : Shared.objects(Shared.object(trustedRoot).get("tlogs"))) {
            JsonObject publicKey = log.getObject("publicKey");
            VerificationKey key = VerificationKey.parseSpki(base64(publicKey, "rawBytes"));
            String url = log.getString("baseUrl");
            logs.add(new TransparencyLog(
                    url,
                    base64(log.getObject("logId"), "keyId"),
                    key,
                    Set.of(algorithm(key, publicKey.getString("keyDetails"))),
                    Optional.ofNullable(URI.create(url).getHost()),
                    validity(publicKey.getObject("validFor"))));
        }
        return logs;
    }

    private static SignatureAlgorithm algorithm(VerificationKey key, String details) {
        return switch (details) {
            case "PKIX_ECDSA_P256_SHA_256", "PKIX_ED25519", "PKIX_ECDSA_P384_SHA_384" -> key.defaultAlgorithm();
            default -> throw new AssertionError(details);
        };
    }

    // sigstore_common.proto, TimeRange: "The time range is closed (i.e. both the start and end times are included)".
    private static Validity validity(JsonObject range) throws MalformedEvidenceException {
        return new Validity(
                range.findString("start").map(Instant::parse),
                range.findString("end").map(Instant::parse).map(end -> end.plusNanos(1)));
    }

    /** The elements of a bundle's tlogEntries. */
    static List<JsonObject> entries(JsonObject bundle) throws MalformedEvidenceException {
        return Shared.objects(bundle.getObject("verificationMaterial").get("tlogEntries"));
    }

    /**
     * What a bundle's entries must be about.
     *
     * @param key that it was signed with, where it names no certificate
     */
    static LoggedSignature signature(JsonObject bundle, Optional<VerificationKey> key)
            throws MalformedEvidenceException {
        JsonObject material = bundle.getObject("verificationMaterial");
        byte[] verifier = key.isPresent() ? key.get().spki() : leaf(material);
        Optional<JsonObject> envelope = bundle.findObject("dsseEnvelope");
        if (envelope.isPresent()) {
            String type = envelope.get().getString("payloadType");
            byte[] payload = base64(envelope.get(), "payload");
            byte[] signature =
                    base64(Shared.objects(envelope.get().get("signatures")).get(0), "sig");
            return LoggedSignature.ofEnvelope(
                    type, payload, DsseEnvelope.pae(type, payload), Optional.empty(), signature, verifier);
        }
        JsonObject message = bundle.getObject("messageSignature");
        JsonObject digest = message.getObject("messageDigest");
        return LoggedSignature.ofDigest(
                Hash.valueOf(digest.getString("algorithm").replace("SHA2", "SHA")),
                base64(digest, "digest"),
                base64(message, "signature"),
                verifier);
    }

    private static byte[] leaf(JsonObject material) throws MalformedEvidenceException {
        Optional<JsonObject> alone = material.findObject("certificate");
        JsonObject certificate = alone.isPresent()
                ? alone.get()
                : Shared.objects(material.getObject("x509CertificateChain").get("certificates"))
                        .get(0);
        return base64(certificate, "rawBytes");
    }

    private static byte[] base64(JsonObject owner, String name) throws MalformedEvidenceException {
        return StrictBase64.decode(owner.getString(name), name);
    }

    /** PROVED, or the rejection, of the first entry, as a caller would have it. */
    static String answer(JsonObject bundle, List<TransparencyLog> logs, Optional<VerificationKey> key) {
        try {
            for (JsonObject element : entries(bundle)) {
                LogEntry entry = LogEntry.fromBundle(element);
                Optional<TransparencyLog> log = TransparencyLog.of(entry, logs);
                if (log.isEmpty()) {
                    return "UNKNOWN_LOG";
                }
                log.get().verify(entry, signature(bundle, key));
            }
            return entries(bundle).isEmpty() ? "NO_ENTRY" : "PROVED";
        } catch (MalformedEvidenceException e) {
            return "MALFORMED: " + e.getMessage();
        } catch (UnprovenException e) {
            return e.rejection() + ": " + e.saw();
        }
    }
}
