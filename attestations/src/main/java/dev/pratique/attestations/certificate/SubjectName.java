package dev.pratique.attestations.certificate;

/**
 * Whom a certificate names (RFC 5280 section 4.2.1.6).
 *
 * @param value printable or not, but without control characters and never empty
 */
public record SubjectName(Kind kind, String value) {

    /** In which form. Equal text in two forms is not the same name. */
    public enum Kind {
        EMAIL("email"),
        URI("URI"),
        DNS("DNS name"),
        IP("IP address"),
        DIRECTORY_NAME("directory name"),
        /** Fulcio's user names, {@code name!domain} (otherName of type 1.3.6.1.4.1.57264.1.7). */
        OTHER_NAME("user name");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** For people. */
        public String label() {
            return label;
        }
    }

    @Override
    public String toString() {
        return value + " (" + kind.label + ")";
    }
}
