package dev.pratique.signer.keys.remote;

import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;

/**
 * A private key that never comes here: on a token, with a key service, behind a program. What it answers is not believed:
 * {@link ProvenSigner} looks at each signature.
 */
public interface RemoteKey {

    /** What it said its public half is when it was opened. */
    VerificationKey publicKey();

    /** Which key this is, for people; without a secret. */
    String name();

    /**
     * Signs the message in the way that is the public key's default; who keeps the key may be sent the message or its hash.
     *
     * @throws Failure of the kind that a script wants to tell apart
     */
    byte[] sign(byte[] message) throws Failure;
}
