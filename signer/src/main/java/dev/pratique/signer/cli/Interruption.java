package dev.pratique.signer.cli;

import java.io.PrintWriter;

/** Whoever presses Ctrl-C is told what is left behind; the exit code is the shell's, 130. */
final class Interruption {
    private final Thread said;

    private Interruption(Thread said) {
        this.said = said;
    }

    /** Says so if the process is ended before it is {@link #over}. */
    static Interruption saidOn(PrintWriter err) {
        Thread said = new Thread(
                () -> {
                    err.println("pratique: interrupted");
                    err.println("hint: run it again; what is stored is whole, and what was begun is found by nobody");
                    err.flush();
                },
                "interruption");
        Runtime.getRuntime().addShutdownHook(said);
        return new Interruption(said);
    }

    void over() {
        try {
            Runtime.getRuntime().removeShutdownHook(said);
        } catch (IllegalStateException ending) {
            // Interrupted in this very moment: it is being said.
        }
    }
}
