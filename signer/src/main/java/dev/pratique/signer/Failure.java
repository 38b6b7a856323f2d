package dev.pratique.signer;

import dev.pratique.attestations.sign.SigningException;
import org.jspecify.annotations.Nullable;

/**
 * Something that cannot be done, said to people: what went wrong, and what to do. Neither line carries a secret or text of
 * a library.
 */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String hint;

    /** What a script wants to tell apart. */
    public enum Kind {
        /** It was tried and did not work. */
        FAILED,
        /** The command line asks for what there is not. */
        USAGE,
        /** A server could not be reached or did not answer. */
        UNREACHABLE,
        /** A server does not let us. */
        NOT_AUTHORISED,
        /** The operator's own files are wrong. */
        CONFIGURATION
    }

    private Failure(Kind kind, String what, String hint, @Nullable Throwable cause) {
        super(what, cause);
        if (what.isBlank() || hint.isBlank()) {
            throw new IllegalArgumentException("a failure says what went wrong and what to do");
        }
        this.kind = kind;
        this.hint = hint;
    }

    /**
     * @param what one line, lower case, no trailing period
     * @param hint what to do, one line; never empty, since there always is something
     */
    public static Failure of(Kind kind, String what, String hint) {
        return new Failure(kind, what, hint, null);
    }

    /** A key did not sign. Where it is no file, whoever keeps it has said what kind of failure that is. */
    public static Failure of(SigningException e) {
        return e.getCause() instanceof Failure said
                ? said
                : of(Kind.FAILED, String.valueOf(e.getMessage()), "docs/keys.md says which keys sign, and how")
                        .because(e);
    }

    /** The same, remembering what led to it. */
    public Failure because(Throwable cause) {
        Failure same = new Failure(kind, what(), hint, cause);
        same.setStackTrace(getStackTrace());
        return same;
    }

    public Kind kind() {
        return kind;
    }

    /** What went wrong, one line. */
    public String what() {
        return String.valueOf(getMessage());
    }

    /** What to do, one line. */
    public String hint() {
        return hint;
    }
}
