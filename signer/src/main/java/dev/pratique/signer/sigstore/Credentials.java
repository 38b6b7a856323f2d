package dev.pratique.signer.sigstore;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.signer.Failure;
import java.util.Optional;

/** With what is signed: a key that lasts, or one for the moment. */
sealed interface Credentials permits LastingKey, CertifiedIdentity {

    /**
     * A key and what says whose it is.
     *
     * @param shortLived whether its certificate ends before those who verify look at it
     */
    record Credential(Signer signer, SigningMaterial material, boolean shortLived) {}

    /** What counts now. */
    Credential now() throws Failure;

    /** The key that all signatures are by; empty where each may be by another. */
    Optional<VerificationKey> key() throws Failure;
}
