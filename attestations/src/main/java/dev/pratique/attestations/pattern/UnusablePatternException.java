package dev.pratique.attestations.pattern;

/** A pattern that cannot be used. The message is one clause for the operator who wrote it. */
public final class UnusablePatternException extends Exception {
    private static final long serialVersionUID = 1;

    UnusablePatternException(String what) {
        super(what);
    }
}
