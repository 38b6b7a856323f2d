package dev.pratique.signer.publish;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.CosignLayers;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.signer.Failure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What a key has said already in cosign's older layouts. A signature is another one each time (ECDSA), so what was signed is
 * compared, and by whom.
 *
 * @param target where the layers' contents are
 */
record SaidBefore(EvidenceTarget target, VerificationKey key) {
    /** cosign's annotation of a layer that is an attestation. */
    private static final String PREDICATE_TYPE = "predicateType";
    /** Others write under the tag too; beyond so many alike the same is rather said once more. */
    private static final int MAX_READ = 64;
    /** For what stands in an envelope beside the payload: a few signatures, names of keys. */
    private static final int BESIDE_PAYLOAD = 16 << 10;

    /** Whether a signature over this payload is among the layers. */
    boolean signature(Manifest.Image present, byte[] payload) {
        return present.layers().stream()
                .filter(layer -> layer.digest().matches(payload))
                .anyMatch(layer -> isOurs(layer.annotations().getOrDefault(CosignLayers.SIGNATURE, ""), payload));
    }

    private boolean isOurs(String signature, byte[] payload) {
        try {
            return isOurs(payload, StrictBase64.decode(signature, "signature"));
        } catch (MalformedEvidenceException e) {
            return false; // another's, which verifies nowhere
        }
    }

    private boolean isOurs(byte[] signed, byte[] signature) {
        try {
            return key.verify(signed, signature) == VerificationKey.Verified.BY_THIS_KEY;
        } catch (MalformedEvidenceException e) {
            return false; // of another key's form
        }
    }

    /** Whether this statement is among the layers, and found there as one of this type. */
    boolean attestation(Manifest.Image present, byte[] statement, String predicateType) throws Failure {
        for (Descriptor layer : candidates(present, statement, predicateType)) {
            if (target.blob(layer.digest(), layer.size())
                    .map(envelope -> isOurEnvelope(envelope, statement))
                    .orElse(false)) {
                return true;
            }
        }
        return false;
    }

    /** The latest first, for what is said again was mostly said lately. */
    private static List<Descriptor> candidates(Manifest.Image present, byte[] statement, String predicateType) {
        long most = Math.min(2L * statement.length + BESIDE_PAYLOAD, EvidenceLimits.MAX_ENVELOPE_BYTES);
        List<Descriptor> candidates = new ArrayList<>(present.layers());
        Collections.reverse(candidates);
        return candidates.stream()
                .filter(layer -> MediaType.DSSE_ENVELOPE.equals(layer.mediaType()))
                .filter(layer -> predicateType.equals(layer.annotations().get(PREDICATE_TYPE)))
                .filter(layer -> layer.size() > statement.length && layer.size() <= most)
                .limit(MAX_READ)
                .toList();
    }

    private boolean isOurEnvelope(byte[] bytes, byte[] statement) {
        DsseEnvelope envelope;
        try {
            envelope = DsseEnvelope.parse(bytes);
        } catch (MalformedEvidenceException e) {
            return false; // another's, which verifies nowhere
        }
        return Statement.PAYLOAD_TYPE.equals(envelope.payloadType())
                && Arrays.equals(envelope.payload(), statement)
                && envelope.signatures().stream().anyMatch(one -> isOurs(envelope.signedBytes(), one));
    }
}
