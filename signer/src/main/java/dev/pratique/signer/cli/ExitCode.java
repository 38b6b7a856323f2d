package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;

/** What a command says to the script that runs it. */
enum ExitCode {
    /** Admitted, or done. */
    DONE(0),
    FAILED(1),
    /** Refused, or not verified. */
    REFUSED(3),
    UNDECIDED(4),
    USAGE(64),
    UNREACHABLE(69),
    NOT_AUTHORISED(77),
    CONFIGURATION(78);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static ExitCode of(Failure.Kind kind) {
        return switch (kind) {
            case FAILED -> FAILED;
            case USAGE -> USAGE;
            case UNREACHABLE -> UNREACHABLE;
            case NOT_AUTHORISED -> NOT_AUTHORISED;
            case CONFIGURATION -> CONFIGURATION;
        };
    }
}
