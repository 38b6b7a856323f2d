package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a shell needs to complete our commands. */
@Command(
        name = CompletionCommand.NAME,
        description = "Prints completion for a shell: bash, zsh or fish.",
        footer = {
            "",
            "Examples:",
            "  source <(pratique completion bash)",
            "  pratique completion fish > ~/.config/fish/completions/pratique.fish"
        })
final class CompletionCommand extends Task {
    static final String NAME = "completion";

    /** The shells that we know. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private Shell shell = Shell.BASH;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        CommandSpec program = spec.root();
        terminal().out().print(shell == Shell.FISH ? FishCompletion.of(program) : bash(program));
        return ExitCode.DONE;
    }

    // zsh takes bash's through its bashcompinit, which the script loads.
    private static String bash(CommandSpec program) {
        return AutoComplete.bash(program.name(), program.commandLine());
    }
}
