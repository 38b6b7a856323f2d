package dev.pratique.proxy.cli;

/** What a command says to the script that runs it (documented with the program's exit codes). */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 64;
    static final int UNREACHABLE = 69;
    static final int CONFIGURATION = 78;

    private ExitCode() {}
}
