package dev.pratique.attestations.sign;

import dev.pratique.attestations.key.SignatureAlgorithm;

/**
 * The port to a private key, wherever it is kept. Implementations may be asked from several threads at once and never
 * give the key itself away.
 */
public interface Signer {

    /** DER of the key's SubjectPublicKeyInfo (RFC 5280 section 4.1). */
    byte[] publicKey();

    /** With what it signs. */
    SignatureAlgorithm algorithm();

    /**
     * Signs the message; it is hashed here, not by the caller.
     *
     * @throws SigningException where the key cannot be used
     */
    byte[] sign(byte[] message) throws SigningException;
}
