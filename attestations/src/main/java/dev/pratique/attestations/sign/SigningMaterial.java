package dev.pratique.attestations.sign;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.json.JsonWriter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What stands beside a signature: by whose key it is, and who saw it when. Written into bundles and into the annotations of
 * cosign's older layers; the counterpart of what {@code evidence.VerificationMaterial} reads.
 *
 * @param keyHint what the key is called; present where there is no certificate
 * @param certificates the signer's first, the root last if it is there at all
 * @param logEntries of transparency logs
 * @param timestamps of RFC 3161, DER of the whole response
 */
public record SigningMaterial(
        Optional<String> keyHint,
        List<Certificate> certificates,
        List<TransparencyLogEntry> logEntries,
        List<byte[]> timestamps) {
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String CHAIN = "dev.sigstore.cosign/chain";
    private static final String LOG_ENTRY = "dev.sigstore.cosign/bundle";
    private static final String TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp";

    public SigningMaterial {
        certificates = List.copyOf(certificates);
        logEntries = List.copyOf(logEntries);
        timestamps = List.copyOf(timestamps);
        // sigstore_bundle.proto, VerificationMaterial: content is a oneof.
        if (keyHint.isPresent() != certificates.isEmpty()) {
            throw new IllegalArgumentException("either a key or a certificate stands beside a signature");
        }
    }

    /** Of a key that its verifiers have. */
    public static SigningMaterial ofKey(Signer signer) {
        return new SigningMaterial(Optional.of(KeyHint.of(signer.publicKey())), List.of(), List.of(), List.of());
    }

    /** @param chain the signer's certificate first; at least one */
    public static SigningMaterial ofCertificate(List<Certificate> chain) {
        return new SigningMaterial(Optional.empty(), chain, List.of(), List.of());
    }

    /** The same, seen by these logs and authorities. */
    public SigningMaterial seenBy(List<TransparencyLogEntry> logs, List<byte[]> authorities) {
        return new SigningMaterial(keyHint, certificates, logs, authorities);
    }

    /** As a bundle of version 0.3 has it. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (certificates.isEmpty()) {
            json.put("publicKey", Map.of("hint", keyHint.orElseThrow()));
        } else {
            // sigstore_bundle.proto: "when used in a 0.3 bundle [...] form (3) MUST be used": the leaf alone.
            json.put(
                    "certificate", Map.of("rawBytes", base64(certificates.get(0).der())));
        }
        if (!logEntries.isEmpty()) {
            json.put(
                    "tlogEntries",
                    logEntries.stream().map(TransparencyLogEntry::json).toList());
        }
        if (!timestamps.isEmpty()) {
            json.put(
                    "timestampVerificationData",
                    Map.of(
                            "rfc3161Timestamps",
                            timestamps.stream()
                                    .map(token -> Map.of("signedTimestamp", base64(token)))
                                    .toList()));
        }
        return json;
    }

    /** Whether cosign's older layers can say all of it: one log entry with a promise, one timestamp. */
    public boolean fitsAnnotations() {
        return logEntries.size() <= 1
                && timestamps.size() <= 1
                && logEntries.stream().allMatch(entry -> entry.cosignBundle().isPresent());
    }

    /** As cosign's older layers have it (cosign SIGNATURE_SPEC.md, "Properties"); nothing for a key alone. */
    Map<String, String> annotations() {
        if (!fitsAnnotations()) {
            throw new IllegalStateException("the annotations of one layer cannot hold this");
        }
        Map<String, String> annotations = new TreeMap<>();
        if (!certificates.isEmpty()) {
            annotations.put(CERTIFICATE, pem(certificates.subList(0, 1)));
            if (certificates.size() > 1) {
                annotations.put(CHAIN, pem(certificates.subList(1, certificates.size())));
            }
        }
        for (TransparencyLogEntry entry : logEntries) {
            annotations.put(LOG_ENTRY, JsonWriter.text(entry.cosignBundle().orElseThrow()));
        }
        for (byte[] token : timestamps) {
            annotations.put(TIMESTAMP, JsonWriter.text(Map.of("SignedRFC3161Timestamp", base64(token))));
        }
        return annotations;
    }

    // RFC 7468 section 5.1.
    private static String pem(List<Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        for (Certificate certificate : certificates) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(lines.encodeToString(certificate.der()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
