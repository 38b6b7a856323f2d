package dev.pratique.attestations.verify;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.key.VerificationKey.Verified;
import org.jspecify.annotations.Nullable;

/** The one of a piece's signatures that its certificate's key made. Looked for once, whichever root asks for it. */
final class CertifiedSignature {
    private final Piece piece;
    private final Examination all;
    private byte @Nullable [] found;
    private @Nullable UnprovenException missing;

    CertifiedSignature(Piece piece, Examination all) {
        this.piece = piece;
        this.all = all;
    }

    /** @throws UnprovenException where the key made none of them, or not all could be tried */
    byte[] by(VerificationKey key) throws UnprovenException {
        if (missing != null) {
            throw missing;
        }
        if (found == null) {
            try {
                found = find(key);
            } catch (UnprovenException e) {
                missing = e;
                throw e;
            }
        }
        return found;
    }

    private byte[] find(VerificationKey key) throws UnprovenException {
        String malformed = "";
        UnprovenException unjudged = null;
        for (byte[] signature : piece.signatures()) {
            for (SignatureAlgorithm algorithm : key.algorithms()) {
                all.spend(piece.message().cost(key, algorithm, signature));
                try {
                    if (piece.message().signedBy(key, algorithm, signature) == Verified.BY_THIS_KEY) {
                        return signature;
                    }
                } catch (MalformedEvidenceException e) {
                    malformed = e.getMessage();
                } catch (UnprovenException e) {
                    // Only who signs as usual is told what is missing: any key could have signed in another way too.
                    unjudged = algorithm.equals(key.defaultAlgorithm()) ? e : unjudged;
                }
            }
        }
        if (unjudged != null) {
            throw unjudged;
        }
        throw malformed.isEmpty()
                ? new UnprovenException(
                        Rejection.SIGNATURE_INVALID, "the key of its certificate did not sign this, or it was altered")
                : new UnprovenException(Rejection.MALFORMED, malformed);
    }
}
