package dev.pratique.attestations.sign;

/** A key that cannot sign. The message is one line for people and says nothing of the key itself. */
public final class SigningException extends Exception {
    private static final long serialVersionUID = 1L;

    public SigningException(String message) {
        super(message);
    }

    /** @param cause kept for the debugger; its text is never shown */
    public SigningException(String message, Throwable cause) {
        super(message, cause);
    }
}
