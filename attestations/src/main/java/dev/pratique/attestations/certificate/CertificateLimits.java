package dev.pratique.attestations.certificate;

/** How much of a stranger's certificates is looked at. */
final class CertificateLimits {
    /**
     * One certificate: Fulcio's have 2 to 4 KiB, RSA certificates of large enterprises 10. A certificate is read whole, and
     * so are 32 of them in one bundle.
     */
    static final int MAX_BYTES = 64 << 10;
    /** Extensions in one certificate: Fulcio's have 25 to 30. */
    static final int MAX_EXTENSIONS = 64;
    /** Subject alternative names of one certificate: Fulcio gives one. */
    static final int MAX_NAMES = 32;
    /** Purposes that one certificate has. */
    static final int MAX_PURPOSES = 32;
    /** Attributes in one distinguished name; those of people have up to ten. */
    static final int MAX_NAME_ATTRIBUTES = 32;
    /** Subtrees that one authority permits or excludes. */
    static final int MAX_SUBTREES = 128;
    /** A claim in an extension, or a name: URLs of workflows with their refs stay far below. */
    static final int MAX_TEXT_BYTES = 4 << 10;
    /** An object identifier: registered ones have up to about 20 bytes. */
    static final int MAX_IDENTIFIER_BYTES = 64;
    /**
     * RSA keys of certificates that come with evidence: authorities for code and timestamps issue 3072 and 4096. One of 8192
     * takes four times as long as the longest of these.
     */
    static final int MAX_RSA_BITS = 4096;
    /** Certificates that evidence brings for a path: each pair of them may cost a signature check. */
    static final int MAX_OFFERED = 10;
    /** Certificates between a leaf and the authority's own chain. */
    static final int MAX_PATH = 6;
    /** Steps of one search for a path; who signs certificates across each other could have any number. */
    static final int MAX_STEPS = 256;
    /** Timestamps in one list of them: Fulcio embeds one, browsers ask for two or three. */
    static final int MAX_TIMESTAMPS = 16;
    /** A list of timestamps: its length is two bytes (RFC 6962 section 3.3). */
    static final int MAX_TIMESTAMP_LIST_BYTES = 64 << 10;

    private CertificateLimits() {}
}
