package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.Way;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which trusted keys made a signature. What a bundle says of its key is never trusted: every key is tried. Log entries and
 * timestamps that came along are needed only where a key's signer asks for them, and one of a trusted log or authority must be
 * right all the same.
 */
final class KeyProof {
    private final TrustRoots roots;
    private final List<Way> ways;

    KeyProof(TrustRoots roots) {
        this.roots = roots;
        this.ways = roots.ways();
    }

    /**
     * What the look at a piece takes as signers make them, whatever lies beside it: every key on its signatures, and what each
     * root asks of a certificate, of logs and of timestamps.
     *
     * @param roots how many may speak for the repository
     * @param pieces how many there are beside the image, this one with them
     */
    int usualCost(Piece piece, int roots, int pieces) {
        // Whoever can push can lay many pieces beside a large manifest, which is the message of each.
        boolean usual = !piece.message().isSubject() || pieces <= EvidenceLimits.USUAL_ENVELOPE_SIGNATURES;
        int hashing =
                usual ? piece.message().hashing() : Math.min(1, piece.message().hashing());
        int keys = ways.stream()
                .mapToInt(way -> way.key().cost() + (way.algorithm().scheme() == Scheme.ED25519 ? hashing : 0))
                .sum();
        int signatures = Math.min(piece.signatures().size(), EvidenceLimits.USUAL_ENVELOPE_SIGNATURES);
        int stamps = piece.material().timestamps().isEmpty() ? 0 : piece.stampHashing();
        // A key's are heard by all roots together and by each, a certificate's by each.
        return signatures * (keys + (1 + 2 * roots) * stamps)
                + Hash.values().length * hashing
                + EvidenceLimits.USUAL_CERTIFIED_CHECKS
                + roots * EvidenceLimits.USUAL_CHECKS_PER_ROOT;
    }

    /** One of a piece's signatures and the way in which a trusted key made it. */
    record Made(Way way, byte[] signature) {}

    /**
     * Every trusted key that made one of the signatures, each for every way in which it did: who signed first must not hide
     * who signed second.
     *
     * @return empty where a key did, and only a root that is too old says what its signer asks for; that root is then among
     *     what could not be read
     * @throws UnprovenException where none did, where what came along contradicts it, or is less than the signers ask for
     */
    List<Proof> prove(Piece piece, List<Root> applicable, Instant now, Examination all)
            throws MalformedEvidenceException, UnprovenException {
        List<Proof> proofs = new ArrayList<>();
        Optional<UnprovenException> failed = Optional.empty();
        for (Made made : made(piece, all)) {
            try {
                proofs.addAll(new WitnessedKey(roots, piece, made, applicable, now, all).prove());
            } catch (UnprovenException e) {
                // Each signature on its own: what stamps the one is over something else than the other.
                if (e.rejection() == Rejection.LIMIT) {
                    throw e;
                }
                failed = failed.or(() -> Optional.of(e));
            }
        }
        if (proofs.isEmpty() && failed.isPresent()) {
            throw failed.get();
        }
        return proofs;
    }

    /** Whether a trusted key made it, and nothing speaks against it but that too few know of it. */
    static boolean lacksWitnesses(UnprovenException unproven) {
        return unproven.rejection() == Rejection.NOT_LOGGED || unproven.rejection() == Rejection.NOT_STAMPED;
    }

    private List<Made> made(Piece piece, Examination all) throws MalformedEvidenceException, UnprovenException {
        MalformedEvidenceException malformed = null;
        UnprovenException unjudged = null;
        List<Made> found = new ArrayList<>();
        for (byte[] signature : piece.signatures()) {
            for (Way way : ways) {
                if (found.stream().anyMatch(made -> made.way.equals(way))) {
                    continue;
                }
                if (!all.maySpend(piece.message().cost(way.key(), way.algorithm(), signature))) {
                    break;
                }
                try {
                    if (piece.message().signedBy(way.key(), way.algorithm(), signature) == Verified.BY_THIS_KEY) {
                        found.add(new Made(way, signature));
                    }
                } catch (MalformedEvidenceException e) {
                    malformed = e;
                } catch (UnprovenException e) {
                    unjudged = unjudged == null ? e : unjudged;
                }
            }
        }
        if (!found.isEmpty()) {
            return found;
        }
        // What is no signature by one key may be one by another, which could not be tried.
        if (unjudged != null) {
            throw unjudged;
        }
        if (malformed != null) {
            throw malformed;
        }
        throw all.cutShort()
                ? Examination.limit()
                : new UnprovenException(
                        Rejection.NO_TRUSTED_KEY, "no trusted key made this signature over these bytes");
    }
}
