package dev.pratique.attestations.verify;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.trust.TrustedKey;
import java.util.Optional;
import java.util.Set;

/**
 * Proof that a trusted key signed a statement about the judged image. Only the {@link Verifier} makes one, and there is no
 * other way to a payload.
 */
public final class VerifiedStatement {
    private final boolean signature;
    private final Optional<Statement> statement;
    private final TrustedKey key;
    private final Set<String> signers;
    private final String where;

    VerifiedStatement(
            boolean signature, Optional<Statement> statement, TrustedKey key, Set<String> signers, String where) {
        this.signature = signature;
        this.statement = statement;
        this.key = key;
        this.signers = Set.copyOf(signers);
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

    /** Every name that the trust roots give this key; at least one. */
    public Set<String> signers() {
        return signers;
    }

    /** Where the evidence was found, for people. */
    public String where() {
        return where;
    }
}
