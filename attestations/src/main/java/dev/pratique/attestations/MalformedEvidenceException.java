package dev.pratique.attestations;

/**
 * Hostile or broken bytes. Thrown by parsers only; the message is written for an operator and never carries text of a
 * library. Whoever judges evidence turns it into a failed finding in one place.
 */
public class MalformedEvidenceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String what;

    /** @param message what is wrong and where, one line, no trailing period */
    public MalformedEvidenceException(String message) {
        super(message);
        this.what = message;
    }

    /** @param cause kept for the debugger; its text is never shown */
    public MalformedEvidenceException(String message, Throwable cause) {
        super(message, cause);
        this.what = message;
    }

    /** What is wrong and where, one line; never null. */
    @Override
    public String getMessage() {
        return what;
    }
}
