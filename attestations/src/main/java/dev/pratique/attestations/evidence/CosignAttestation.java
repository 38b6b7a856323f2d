package dev.pratique.attestations.evidence;

import dev.pratique.attestations.MalformedEvidenceException;

/**
 * An attestation of cosign's older form: a layer that is a DSSE envelope, by the {@code .att} tag or as a referrer, with the
 * annotations of a signature beside it (cosign ATTESTATION_SPEC.md).
 *
 * @param material of the annotations
 */
public record CosignAttestation(DsseEnvelope envelope, VerificationMaterial material) {

    public static CosignAttestation read(EvidenceBytes evidence) throws MalformedEvidenceException {
        return new CosignAttestation(
                DsseEnvelope.parse(evidence.bytes()), CosignAnnotations.material(evidence.annotations()));
    }
}
