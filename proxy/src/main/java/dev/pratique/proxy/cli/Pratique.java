package dev.pratique.proxy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands that serve images. The launcher sends every other command to the signer's program. */
@Command(
        mixinStandardHelpOptions = true,
        name = "pratique",
        description = "Admits container images on signed evidence only.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  pratique demo --once",
            "  pratique proxy --config /etc/pratique",
            "",
            "Exit codes: 0 done; 1 failed; 64 usage; 69 unreachable; 78 bad configuration."
        })
public final class Pratique implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Pratique() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commands().execute(args));
    }

    static CommandLine commands() {
        Complaints complaints = new Complaints();
        return new CommandLine(new Pratique())
                .addSubcommand(new ProxyCommand())
                .addSubcommand(new DemoCommand())
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(110)
                .setParameterExceptionHandler(complaints)
                .setExecutionExceptionHandler(complaints);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
