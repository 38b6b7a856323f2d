package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.util.Optional;

/**
 * A Sigstore bundle v0.3 (sigstore/protobuf-specs, sigstore_bundle.proto) with a DSSE envelope. Its certificate, log
 * entries and timestamps are counted, not judged.
 *
 * @param envelope absent where the bundle signs a message instead
 * @param publicKeyHint what the signer says its key is called, never trusted
 */
public record SigstoreBundle(
        Optional<DsseEnvelope> envelope,
        Optional<String> publicKeyHint,
        boolean certificate,
        int logEntries,
        int timestamps) {
    private static final String V03 = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private static final String V03_PARAMETER = "application/vnd.dev.sigstore.bundle+json;version=0.3";
    /** BND-06: more than any signer writes, counted before any is parsed. */
    private static final int MAX_ENTRIES = 32;

    public static SigstoreBundle parse(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "bundle", EvidenceLimits.MAX_ENVELOPE_BYTES);
        String mediaType = json.getString("mediaType");
        if (!mediaType.equals(V03) && !mediaType.equals(V03_PARAMETER)) {
            throw new MalformedEvidenceException("the bundle is not of version 0.3");
        }
        Optional<JsonObject> envelope = json.findObject("dsseEnvelope");
        boolean message = json.find("messageSignature").isPresent();
        // protobuf: content is a oneof.
        if (envelope.isPresent() == message) {
            throw new MalformedEvidenceException("the bundle must hold one of dsseEnvelope and messageSignature");
        }
        Optional<DsseEnvelope> signed =
                envelope.isPresent() ? Optional.of(DsseEnvelope.from(envelope.get())) : Optional.empty();
        // sigstore_bundle.proto: "a client MUST reject an envelope if the number of signatures is not equal to one".
        if (signed.isPresent() && signed.get().signatures().size() != 1) {
            throw new MalformedEvidenceException("the bundle's envelope must have exactly one signature");
        }
        JsonObject material = json.getObject("verificationMaterial");
        Optional<JsonObject> key = material.findObject("publicKey");
        boolean leaf = material.find("certificate").isPresent();
        boolean chain = material.find("x509CertificateChain").isPresent();
        if ((key.isPresent() ? 1 : 0) + (leaf ? 1 : 0) + (chain ? 1 : 0) != 1) {
            throw new MalformedEvidenceException(
                    "verificationMaterial must hold one of publicKey, certificate and x509CertificateChain");
        }
        int entries = material.arrayOrEmpty("tlogEntries", MAX_ENTRIES).size();
        Optional<JsonObject> times = material.findObject("timestampVerificationData");
        int timestamps = times.isEmpty()
                ? 0
                : times.get().arrayOrEmpty("rfc3161Timestamps", MAX_ENTRIES).size();
        return new SigstoreBundle(
                signed,
                key.isPresent() ? key.get().findString("hint") : Optional.empty(),
                leaf || chain,
                entries,
                timestamps);
    }
}
