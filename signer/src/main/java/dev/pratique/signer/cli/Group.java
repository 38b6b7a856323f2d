package dev.pratique.signer.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only holds others. */
abstract class Group implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @Override
    public final void run() {
        if (spec != null && !help) {
            throw new ParameterException(
                    spec.commandLine(), "a command is missing after '" + spec.qualifiedName() + "'");
        }
    }
}
