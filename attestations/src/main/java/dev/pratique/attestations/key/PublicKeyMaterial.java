package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.List;

/** A public key of one kind, its parameters checked. Thread safe. */
interface PublicKeyMaterial {
    VerificationKey.Type type();

    /** The SubjectPublicKeyInfo in the one spelling that this key has here. */
    byte[] spki();

    /** Of the modulus, or of the field that the curve is over. */
    int bits();

    /** How many times as long as on P-256 the look at one signature takes, about. */
    int cost();

    /** Whether the signature is of the form and length of those by such keys; of any other it is said without arithmetic that it is none. */
    boolean couldHaveMade(byte[] signature);

    /** All that it can sign with, the default first. */
    List<SignatureAlgorithm> algorithms();

    /**
     * @param algorithm one of {@link #algorithms}
     * @throws MalformedEvidenceException for what can only be a bad signature of such a key
     */
    boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature) throws MalformedEvidenceException;

    /**
     * As {@link #verify}, where only the message's hash is known.
     *
     * @param algorithm one of {@link #algorithms} that signs a hash: not {@link SignatureAlgorithm.Scheme#ED25519}
     * @param digest as long as the algorithm's hash
     */
    boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature)
            throws MalformedEvidenceException;
}
