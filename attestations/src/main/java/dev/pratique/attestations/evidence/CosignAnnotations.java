package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.transparency.LogEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The verification material that cosign's older layers have in their annotations (cosign SIGNATURE_SPEC.md, "Properties").
 * An empty annotation is none, as for cosign, which writes some empty.
 */
final class CosignAnnotations {
    static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String CHAIN = "dev.sigstore.cosign/chain";
    private static final String LOG_ENTRY = "dev.sigstore.cosign/bundle";
    private static final String TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp";

    private CosignAnnotations() {}

    static VerificationMaterial material(Map<String, String> annotations) throws MalformedEvidenceException {
        Optional<String> entry = find(annotations, LOG_ENTRY);
        Optional<String> timestamp = find(annotations, TIMESTAMP);
        return new VerificationMaterial(
                Optional.empty(),
                certificates(annotations),
                entry.isPresent() ? List.of(LogEntry.fromCosign(entry.get())) : List.of(),
                timestamp.isPresent() ? List.of(token(timestamp.get())) : List.of(),
                Optional.empty());
    }

    static Optional<String> find(Map<String, String> annotations, String name) {
        return Optional.ofNullable(annotations.get(name)).filter(value -> !value.isEmpty());
    }

    private static List<Certificate> certificates(Map<String, String> annotations) throws MalformedEvidenceException {
        Optional<String> leaf = find(annotations, CERTIFICATE);
        Optional<String> chain = find(annotations, CHAIN);
        if (leaf.isEmpty()) {
            if (chain.isPresent()) {
                throw new MalformedEvidenceException("the layer has a chain and no certificate in its annotations");
            }
            return List.of();
        }
        List<Certificate> certificates = new ArrayList<>(Certificate.parsePem(leaf.get(), 1));
        if (certificates.size() != 1) {
            throw new MalformedEvidenceException("the annotation " + CERTIFICATE + " must hold one certificate");
        }
        if (chain.isPresent()) {
            certificates.addAll(Certificate.parsePem(chain.get(), VerificationMaterial.MAX_CERTIFICATES));
        }
        return certificates;
    }

    private static TimestampToken token(String annotation) throws MalformedEvidenceException {
        byte[] utf8 = annotation.getBytes(StandardCharsets.UTF_8);
        JsonObject json = StrictJson.parseObject(utf8, "the annotation " + TIMESTAMP, EvidenceLimits.MAX_PAYLOAD_BYTES);
        String signed = json.getString("SignedRFC3161Timestamp");
        return TimestampToken.offered(StrictBase64.decode(signed, "SignedRFC3161Timestamp"));
    }
}
