package dev.pratique.attestations.trust.tuf;

/** An update that did not happen. What was trusted before is as it was. */
public final class TufException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What stood in the way; the attacks are those of section 1.5.2 of the specification. */
    public enum Reason {
        /** The repository or the network did not answer. */
        UNREACHABLE,
        /** What was kept of earlier updates could not be read or written. */
        STORE,
        /** A file that must be there is not. */
        MISSING,
        /** A file that cannot be read, or not in one way only. */
        MALFORMED,
        /** More bytes than the limit, or than was announced (endless data). */
        TOO_LARGE,
        /** Fewer keys than the threshold signed it (arbitrary software). */
        SIGNATURES,
        /** Older than what was already trusted (rollback). */
        ROLLBACK,
        /** It has expired: nothing newer came, or nothing newer was let through (indefinite freeze). */
        EXPIRED,
        /** Not the file that a file above it names (mix and match). */
        MISMATCH
    }

    /** @param message what is wrong with which file, one line of printable text, no trailing period */
    public TufException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** @param cause kept for the debugger; its text is never shown */
    public TufException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** One line; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
