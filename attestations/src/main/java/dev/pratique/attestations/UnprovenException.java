package dev.pratique.attestations;

/**
 * Evidence that can be read and does not prove what it is there for. Thrown by checks, caught where findings are made; never
 * leaves {@code attestations}.
 */
public final class UnprovenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Rejection rejection;

    /** @param saw what was seen, one line of printable text fit for an operator, no trailing period */
    public UnprovenException(Rejection rejection, String saw) {
        super(saw, null, false, false);
        this.rejection = rejection;
    }

    public Rejection rejection() {
        return rejection;
    }

    /** What was seen, one line; never null. */
    public String saw() {
        return String.valueOf(getMessage());
    }
}
