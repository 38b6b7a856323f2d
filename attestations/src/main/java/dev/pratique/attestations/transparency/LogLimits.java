package dev.pratique.attestations.transparency;

/** How much of a log entry is looked at. Counts and lengths are compared before anything is decoded. */
final class LogLimits {
    /** A proof in a tree of 2^63 leaves, which no index can exceed, has 63 hashes. */
    static final int MAX_HASHES = 64;
    /**
     * An entry's body names digests, signatures and certificates, and comes to 3 to 6 KiB; with an RSA certificate of many
     * extensions to 20. Rekor's own limit on what it takes is for payloads, which it does not put there.
     */
    static final int MAX_BODY_BYTES = 256 << 10;
    /**
     * signed-note: "Verifiers SHOULD apply a maximum limit to the number of signatures in a note, but MUST accept at least up
     * to 16 signatures. Remember that post-quantum signatures can be up to nearly 5kB in size."
     */
    static final int MAX_NOTE_SIGNATURES = 32;
    /** See {@link #MAX_NOTE_SIGNATURES}: 16 of 5 kB, in base64, and the text. */
    static final int MAX_CHECKPOINT_BYTES = 128 << 10;
    /** Lines that a log adds to a checkpoint; Rekor wrote one, its time. */
    static final int MAX_EXTENSION_LINES = 16;
    /** A signature of any kind of log key: RSA of 8192 bits has 1 KiB. */
    static final int MAX_SIGNATURE_BYTES = 4 << 10;
    /** What cosign puts into an annotation: a body, a signature and two numbers. */
    static final int MAX_ANNOTATION_BYTES = MAX_BODY_BYTES * 3 / 2;
    /** Signatures of one envelope that an entry names. */
    static final int MAX_ENTRY_SIGNATURES = 16;
    /** SHA-256, which all of these logs hash their trees with. */
    static final int HASH_BYTES = 32;

    private LogLimits() {}
}
