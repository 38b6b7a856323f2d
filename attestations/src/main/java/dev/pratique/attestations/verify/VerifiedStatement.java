package dev.pratique.attestations.verify;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.trust.TrustRoots.Signatory;
import java.util.List;
import java.util.Optional;

/**
 * Proof that a trusted key signed a statement about the judged image. Only the {@link Verifier} makes one, and there is no
 * other way to a payload.
 */
public final class VerifiedStatement {
    private final boolean signature;
    private final Optional<Statement> statement;
    private final VerificationKey key;
    private final List<Signatory> signatories;
    private final String where;

    VerifiedStatement(
            boolean signature,
            Optional<Statement> statement,
            VerificationKey key,
            List<Signatory> signatories,
            String where) {
        this.signature = signature;
        this.statement = statement;
        this.key = key;
        this.signatories = List.copyOf(signatories);
        this.where = where;
    }

    /** Whether it says "this image is signed": a simple-signing payload or a statement of cosign's sign type. */
    public boolean signature() {
        return signature;
    }

    /** The in-toto statement; absent for a simple-signing payload. */
    public Optional<Statement> statement() {
        return statement;
    }

    /** SHA-256 of the key's SubjectPublicKeyInfo. */
    public Digest keyId() {
        return key.id();
    }

    /** Every name that the trust roots give this key, with when it counts for that name; at least one. */
    public List<Signatory> signatories() {
        return signatories;
    }

    /** Where the evidence was found, for people. */
    public String where() {
        return where;
    }
}
