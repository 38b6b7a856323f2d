package dev.pratique.signer.cli;

import java.io.PrintWriter;

/** Whoever presses Ctrl-C is told what is left behind; the exit code is the shell's, 130. */
final class Interruption extends Thread {
    private final PrintWriter err;

    private Interruption(PrintWriter err) {
        super("interruption");
        this.err = err;
    }

    /** Says so if the process is ended before it is {@link #over}. */
    static Interruption saidOn(PrintWriter err) {
        Interruption said = new Interruption(err);
        Runtime.getRuntime().addShutdownHook(said);
        return said;
    }

    @Override
    public void run() {
        err.println("pratique: interrupted");
        err.println("hint: run it again; what is stored is whole, and what was begun may be found later;"
                + " a transparency log, where one was asked, keeps what it was shown");
        err.flush();
    }

    void over() {
        try {
            Runtime.getRuntime().removeShutdownHook(this);
        } catch (IllegalStateException ending) {
            // Interrupted in this very moment: it is being said.
        }
    }
}
