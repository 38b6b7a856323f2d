package dev.pratique.attestations.sign;

/**
 * The port to a private key, wherever it is kept. Implementations may be asked from several threads at once and never
 * give the key itself away.
 */
public interface Signer {

    /** What a signer signs with. */
    enum Algorithm {
        /** ECDSA over P-256 with SHA-256; the signature is DER (RFC 3279 section 2.2.3). */
        ECDSA_P256_SHA256("ECDSA P-256"),
        /** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2). */
        RSA_PKCS1_SHA256("RSA");

        private final String label;

        Algorithm(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }
    }

    /** DER of the key's SubjectPublicKeyInfo (RFC 5280 section 4.1). */
    byte[] publicKey();

    Algorithm algorithm();

    /**
     * Signs the message; it is hashed here, not by the caller.
     *
     * @throws SigningException where the key cannot be used
     */
    byte[] sign(byte[] message) throws SigningException;
}
