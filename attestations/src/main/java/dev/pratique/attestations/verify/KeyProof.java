package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.VerificationKey.Verified;
import dev.pratique.attestations.timestamp.TimestampAuthority;
import dev.pratique.attestations.transparency.TransparencyLog;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.trust.TrustRoots.Way;
import dev.pratique.attestations.verify.VerifiedStatement.SignedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which trusted keys made a signature. What a bundle says of its key is never trusted: every key is tried. Log entries and
 * timestamps that came along are not needed for it, and one of a trusted log or authority must be right all the same.
 */
final class KeyProof {
    private final TrustRoots roots;
    private final List<Way> ways;

    KeyProof(TrustRoots roots) {
        this.roots = roots;
        this.ways = roots.ways();
    }

    /** One of a piece's signatures and the way in which a trusted key made it. */
    private record Made(Way way, byte[] signature) {}

    /**
     * Every trusted key that made one of the signatures, each once for every way in which it did: who signed first must not
     * hide who signed second.
     *
     * @throws UnprovenException where none did, or where what came along contradicts it
     */
    List<Proof> prove(Piece piece, List<Root> applicable, Instant now, Examination all)
            throws MalformedEvidenceException, UnprovenException {
        List<Root> fresh =
                applicable.stream().filter(root -> !root.isStale(now)).toList();
        List<Proof> proofs = new ArrayList<>();
        for (Made made : made(piece, all)) {
            Witnesses heard = hear(piece, made, applicable, all);
            // Whom a stale root trusts may contradict; that it vouches for a time is no longer enough.
            proofs.add(proof(
                    piece, made, fresh, fresh.size() == applicable.size() ? heard : hear(piece, made, fresh, all)));
        }
        return proofs;
    }

    private List<Made> made(Piece piece, Examination all) throws MalformedEvidenceException, UnprovenException {
        MalformedEvidenceException malformed = null;
        List<Made> found = new ArrayList<>();
        for (byte[] signature : piece.signatures()) {
            for (Way way : ways) {
                if (found.stream().anyMatch(made -> made.way.equals(way))) {
                    continue;
                }
                if (!all.maySpend(way.key().cost() + piece.message().length() / EvidenceLimits.BYTES_PER_CHECK)) {
                    break;
                }
                try {
                    if (piece.message().signedBy(way.key(), way.algorithm(), signature) == Verified.BY_THIS_KEY) {
                        found.add(new Made(way, signature));
                    }
                } catch (MalformedEvidenceException e) {
                    malformed = e;
                }
            }
        }
        if (found.isEmpty() && malformed != null) {
            throw malformed;
        }
        if (found.isEmpty()) {
            throw new UnprovenException(
                    all.exhausted() ? Rejection.LIMIT : Rejection.NO_TRUSTED_KEY,
                    all.exhausted()
                            ? "not looked at: too much was before it"
                            : "no trusted key made this signature over these bytes");
        }
        return found;
    }

    private static Witnesses hear(Piece piece, Made made, List<Root> roots, Examination all)
            throws MalformedEvidenceException, UnprovenException {
        // cosign logs the certificate where there is one, else the key.
        byte[] verifier = piece.material().certificates().isEmpty()
                ? made.way.key().spki()
                : piece.material().certificates().get(0).der();
        List<TransparencyLog> logs =
                roots.stream().flatMap(root -> root.material().logs().stream()).toList();
        List<TimestampAuthority> authorities = roots.stream()
                .flatMap(root -> root.material().timestampAuthorities().stream())
                .toList();
        return Witnesses.hear(piece, made.signature, verifier, logs, authorities, all);
    }

    /** @param fresh those that were heard */
    private Proof proof(Piece piece, Made made, List<Root> fresh, Witnesses heard) {
        List<Finding> findings = new ArrayList<>();
        findings.add(signedBy(made.way, piece.where()));
        findings.addAll(heard.findings(piece.where()));
        if (heard.strangers() > 0) {
            String saw = heard.strangers() + " log entries or timestamps are of no trusted log or authority";
            findings.add(Finding.unknown(Check.LOG_INCLUSION, saw, piece.where()));
        }
        List<Signatory> signatories = roots.signatories(made.way);
        SignedBy signedBy = new SignedBy(
                made.way.key().id(), "the key " + made.way.key().id().brief(), signatories);
        // Which of the roots it was that vouches for the time is not told apart: the first that ends ends it.
        Optional<Instant> restsUntil = heard.times().isEmpty()
                ? Optional.empty()
                : fresh.stream().flatMap(root -> root.staleSince().stream()).min(Comparator.naturalOrder());
        return new Proof(signedBy, heard.times(), restsUntil, findings);
    }

    private Finding signedBy(Way way, String where) {
        TreeSet<String> names = new TreeSet<>();
        roots.signatories(way).stream().map(Signatory::name).forEach(names::add);
        boolean usual = way.algorithm().equals(way.key().defaultAlgorithm());
        return Finding.passed(
                Check.IDENTITY,
                "signed by " + String.join(", ", names) + " ("
                        + way.key().type().label() + " key " + way.key().id().brief()
                        + (usual ? "" : ", " + way.algorithm()) + ")",
                where);
    }
}
