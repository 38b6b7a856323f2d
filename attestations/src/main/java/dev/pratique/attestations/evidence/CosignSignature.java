package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.StrictBase64;

/**
 * A signature of cosign's older form: a layer with the payload, the signature in an annotation (cosign
 * SIGNATURE_SPEC.md), whether by the {@code .sig} tag or as a referrer. The payload's claims are not to be had from here: a
 * verifier reads them once the signature holds.
 *
 * @param signedBytes the payload, exactly
 * @param signature as in the annotation, decoded
 * @param material of the other annotations
 */
public record CosignSignature(byte[] signedBytes, byte[] signature, VerificationMaterial material) {

    public static CosignSignature read(EvidenceBytes evidence) throws MalformedEvidenceException {
        String signature = CosignAnnotations.find(evidence.annotations(), CosignAnnotations.SIGNATURE)
                .orElseThrow(() -> new MalformedEvidenceException(
                        "the layer has no signature in its annotation " + CosignAnnotations.SIGNATURE));
        if (evidence.bytes().length > EvidenceLimits.MAX_PAYLOAD_BYTES) {
            throw new MalformedEvidenceException("the payload is too large");
        }
        return new CosignSignature(
                evidence.bytes(),
                StrictBase64.decode(signature, "the signature"),
                CosignAnnotations.material(evidence.annotations()));
    }
}
