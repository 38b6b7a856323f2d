package dev.pratique.attestations.timestamp;

/** How much of a stranger's timestamp is looked at. */
final class TimestampLimits {
    /** A token: with a chain of four RSA certificates of 4096 bits it takes 7 KiB. */
    static final int MAX_BYTES = 64 << 10;
    /** Certificates that a token brings: a chain; as many as a path is sought among. */
    static final int MAX_CERTIFICATES = 10;
    /** Attributes of a signer, signed or not: tokens that are in use have up to seven. */
    static final int MAX_ATTRIBUTES = 32;
    /** Hash algorithms that a token names: one for its one signer. */
    static final int MAX_DIGEST_ALGORITHMS = 8;
    /** Certificates that a signing-certificate attribute names: the signer's, and its chain at most. */
    static final int MAX_CERTIFICATE_IDS = 16;
    /** Extensions of a TSTInfo: one that is in use (eIDAS's statement). */
    static final int MAX_EXTENSIONS = 16;

    private TimestampLimits() {}
}
