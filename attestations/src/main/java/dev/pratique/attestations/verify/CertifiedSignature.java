package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import org.jspecify.annotations.Nullable;

/** The one of a piece's signatures that a certificate's key made, whoever vouches for the certificate. Looked for once. */
final class CertifiedSignature {
    private final Piece piece;
    private final Certificate leaf;
    private final Examination all;
    private byte @Nullable [] found;
    private @Nullable UnprovenException missing;

    CertifiedSignature(Piece piece, Certificate leaf, Examination all) {
        this.piece = piece;
        this.leaf = leaf;
        this.all = all;
    }

    /** SHA-256 of the key's SubjectPublicKeyInfo. */
    Digest key() {
        return Digest.sha256(leaf.spki());
    }

    /** @throws UnprovenException where the key made none of them, or not all could be tried */
    byte[] bytes() throws MalformedEvidenceException, UnprovenException {
        if (missing != null) {
            throw missing;
        }
        if (found == null) {
            try {
                found = find();
            } catch (UnprovenException e) {
                missing = e;
                throw e;
            }
        }
        return found;
    }

    private byte[] find() throws MalformedEvidenceException, UnprovenException {
        VerificationKey key = VerificationKey.parseSpki(leaf.spki());
        String malformed = "";
        for (byte[] signature : piece.signatures()) {
            for (SignatureAlgorithm algorithm : key.algorithms()) {
                all.spend(key.cost() + piece.message().length() / EvidenceLimits.BYTES_PER_CHECK);
                try {
                    if (piece.message().signedBy(key, algorithm, signature) == Verified.BY_THIS_KEY) {
                        return signature;
                    }
                } catch (MalformedEvidenceException e) {
                    malformed = e.getMessage();
                }
            }
        }
        throw malformed.isEmpty()
                ? new UnprovenException(
                        Rejection.SIGNATURE_INVALID, "the key of its certificate did not sign this, or it was altered")
                : new UnprovenException(Rejection.MALFORMED, malformed);
    }
}
