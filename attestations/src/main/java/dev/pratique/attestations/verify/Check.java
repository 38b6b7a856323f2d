package dev.pratique.attestations.verify;

/** The questions that a verdict answers, in the order in which they are asked and shown. */
public enum Check {
    /** Was evidence found, and could every place be asked? */
    EVIDENCE("evidence"),
    /** Are these the bytes that were signed, in a form that has one reading? */
    INTEGRITY("integrity"),
    /** Who signed? */
    IDENTITY("identity"),
    /** Is the evidence about this image? */
    SUBJECT("subject"),
    /** Did the certificate hold when it was signed, and does it lead to an authority that is trusted? */
    VALIDITY("validity"),
    /** When was it signed, and who vouches for that? */
    SIGNED_TIME("signed time"),
    /** Is the signature in a transparency log? */
    LOG_INCLUSION("log inclusion"),
    /** Who built it, from what? */
    PROVENANCE("provenance"),
    /** Does all of it come through the proxy, and can all of it be read? */
    COMPOSITION("composition"),
    /** What base image does it stand on? */
    BASE("base");

    private final String label;

    Check(String label) {
        this.label = label;
    }

    /** For people. */
    public String label() {
        return label;
    }
}
