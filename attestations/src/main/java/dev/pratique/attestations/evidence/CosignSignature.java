package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.StrictBase64;

/**
 * A signature of cosign's older form: a layer with the payload, the signature in an annotation (cosign
 * SIGNATURE_SPEC.md). The payload's claims are not to be had from here: a verifier reads them once the signature holds.
 *
 * @param signedBytes the payload, exactly
 * @param signature as in the annotation, decoded
 */
public record CosignSignature(byte[] signedBytes, byte[] signature, boolean certificate, boolean logEntry) {
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String LOG_ENTRY = "dev.sigstore.cosign/bundle";

    public static CosignSignature read(EvidenceBytes evidence) throws MalformedEvidenceException {
        String signature = evidence.annotations().get(SIGNATURE);
        if (signature == null || signature.isEmpty()) {
            throw new MalformedEvidenceException("the layer has no signature in its annotation " + SIGNATURE);
        }
        if (evidence.bytes().length > EvidenceLimits.MAX_PAYLOAD_BYTES) {
            throw new MalformedEvidenceException("the payload is too large");
        }
        return new CosignSignature(
                evidence.bytes(),
                StrictBase64.decode(signature, "the signature"),
                evidence.annotations().containsKey(CERTIFICATE),
                evidence.annotations().containsKey(LOG_ENTRY));
    }
}
