package dev.pratique.attestations.verify;

import dev.pratique.attestations.certificate.ProvedCertificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.timestamp.VerifiedTimestamp;
import dev.pratique.attestations.transparency.LoggedEntry;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import dev.pratique.attestations.verify.Piece.Claimed;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proof that somebody whom the trust roots name signed a statement about the judged image. Only the {@link Verifier} makes
 * one, and there is no other way to a payload.
 */
public final class VerifiedStatement {
    private final Counts form;
    private final Optional<Statement> statement;
    private final Map<String, String> annotations;
    private final Proof proof;
    private final Digest signerId;
    private final String where;

    /**
     * Who signed.
     *
     * @param id one for each key that is trusted, and one for each identity whatever its certificate
     * @param key SHA-256 of the SubjectPublicKeyInfo of the key that made the signature
     * @param label for people: "the key 0123…", or an identity
     * @param signatories every name that the trust roots give it; at least one
     */
    record SignedBy(Digest id, Digest key, String label, List<Signatory> signatories) {
        SignedBy {
            signatories = List.copyOf(signatories);
        }
    }

    VerifiedStatement(Claimed claimed, Proof proof, Digest signerId, String where) {
        this.form = claimed.form();
        this.statement = claimed.statement();
        this.annotations = Map.copyOf(claimed.annotations());
        this.proof = proof;
        this.signerId = signerId;
        this.where = where;
    }

    /** Whether it says "this image is signed": a simple-signing payload or a statement of cosign's sign type. */
    public boolean signature() {
        return form == Counts.SIGN;
    }

    /** Whether it counts as a signature of the image for one of its {@link #signatories}. */
    public boolean signsFor(Signatory signatory) {
        return signatory.counts().contains(form)
                || (statement.isPresent() && signatory.counts().contains(Counts.ANY_STATEMENT));
    }

    /** The in-toto statement; absent for a simple-signing payload and for a signature over the image's own bytes. */
    public Optional<Statement> statement() {
        return statement;
    }

    /** What the signer says beside, as text: of the statement's subject, or in the payload's {@code optional}. */
    public Map<String, String> annotations() {
        return annotations;
    }

    /**
     * What signers are counted by: SHA-256 of the key's SubjectPublicKeyInfo, or of the identity that the certificate proves;
     * the same for all that are one signer by what is proved of this image.
     */
    public Digest signerId() {
        return signerId;
    }

    /** Who signed, for people. */
    public String signerLabel() {
        return proof.signedBy().label();
    }

    /** Every name that the trust roots give who signed, with when it counts for that name; at least one. */
    public List<Signatory> signatories() {
        return proof.signedBy().signatories();
    }

    /** When it was signed, as logs and authorities that are trusted vouch for; empty where none does. */
    public List<Instant> signedTimes() {
        return proof.heard().times();
    }

    /** The certificate that proves who signed; empty where a key is trusted by itself. */
    public Optional<ProvedCertificate> certificate() {
        return proof.certificate();
    }

    /** The entries of trusted logs about the signature. */
    public List<LoggedEntry> logEntries() {
        return List.copyOf(proof.heard().entries().values());
    }

    /** The timestamps of trusted authorities over the signature. */
    public List<VerifiedTimestamp> timestamps() {
        return List.copyOf(proof.heard().timestamps().values());
    }

    /** From when on what the proof rests on is too old to be relied on; empty: never. */
    public Optional<Instant> restsUntil() {
        return proof.restsUntil();
    }

    /** Where the evidence was found, for people. */
    public String where() {
        return where;
    }
}
