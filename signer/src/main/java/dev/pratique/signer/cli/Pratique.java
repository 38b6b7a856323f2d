package dev.pratique.signer.cli;

import dev.pratique.signer.keys.KeyType;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.IdentityTokens;
import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The commands of pipelines and of people at a terminal. */
@Command(
        name = "pratique",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Admits container images on signed evidence, and makes that evidence.",
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "Examples:",
            "  pratique demo --once",
            "  pratique keys generate --output-key-prefix acme-ci",
            "  pratique sign --key acme-ci.key registry.example/team/app:1.2",
            "",
            "Exit codes: 0 admitted or done; 1 failed; 3 refused; 4 undecided; 64 usage; 69 unreachable;",
            "77 not authorised; 78 bad configuration. 'pratique COMMAND --help' says more."
        })
public final class Pratique extends Group {
    private Pratique() {}

    /** Only names the option: what it does is the command line's. */
    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "show the version")
    void version(boolean wanted) {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofThisProcess(), args));
    }

    static int run(Terminal terminal, String... args) {
        PrintWriter out = terminal.out();
        try {
            return commands(terminal).execute(args);
        } finally {
            out.flush();
            terminal.err().flush();
        }
    }

    static CommandLine commands(Terminal terminal) {
        Complaints complaints = new Complaints(terminal);
        CommandLine keys = new CommandLine(new KeysCommand())
                .addSubcommand(new KeysGenerateCommand(terminal))
                .addSubcommand(new KeysPublicCommand(terminal))
                .addSubcommand(new KeysListCommand(terminal));
        CommandLine config = new CommandLine(new ConfigCommand())
                .addSubcommand(new ConfigCheckCommand(terminal))
                .addSubcommand(new ConfigShowCommand(terminal))
                .addSubcommand(new ConfigSchemaCommand(terminal));
        CommandLine mirror = new CommandLine(new MirrorCommand())
                .addSubcommand(new MirrorContainerdCommand(terminal))
                .addSubcommand(new MirrorCrioCommand(terminal))
                .addSubcommand(new MirrorPodmanCommand(terminal))
                .addSubcommand(new MirrorDockerCommand(terminal))
                .addSubcommand(new MirrorK3sCommand(terminal))
                .addSubcommand(new MirrorBuildkitCommand(terminal))
                .addSubcommand(new MirrorBackstopCommand(terminal));
        CommandLine catalog = new CommandLine(new CatalogCommand())
                .addSubcommand(new CatalogListCommand(terminal))
                .addSubcommand(new CatalogShowCommand(terminal))
                .addSubcommand(new CatalogApproveCommand(terminal));
        CommandLine trust = new CommandLine(new TrustCommand())
                .addSubcommand(new TrustShowCommand(terminal))
                .addSubcommand(new TrustUpdateCommand(terminal));
        return new CommandLine(new Pratique())
                .addSubcommand(new OtherProgram.Demo())
                .addSubcommand(new OtherProgram.Proxy())
                .addSubcommand(new CheckCommand(terminal))
                .addSubcommand(new VerifyCommand(terminal))
                .addSubcommand(new SignCommand(terminal))
                .addSubcommand(new AttestCommand(terminal))
                .addSubcommand(new ProvenanceCommand(terminal))
                .addSubcommand(keys)
                .addSubcommand(catalog)
                .addSubcommand(trust)
                .addSubcommand(config)
                .addSubcommand(mirror)
                .addSubcommand(new CompletionCommand(terminal))
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .registerConverter(OutputFormat.class, new Choice<>(OutputFormat.values()))
                .registerConverter(Format.class, new Choice<>(Format.values()))
                .registerConverter(IdentityTokens.Provider.class, new Choice<>(IdentityTokens.Provider.values()))
                .registerConverter(CompletionCommand.Shell.class, new Choice<>(CompletionCommand.Shell.values()))
                .registerConverter(LocalDate.class, Pratique::day)
                .registerConverter(KeyType.class, Pratique::keyType)
                .setUsageHelpWidth(110)
                .setUsageHelpLongOptionsMaxWidth(34)
                .setParameterExceptionHandler(complaints)
                .setExecutionExceptionHandler(complaints);
    }

    private static KeyType keyType(String text) {
        return text.equalsIgnoreCase("rsa") ? KeyType.RSA3072 : new Choice<>(KeyType.values()).convert(text);
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("it is a day, as 2028-06-30, not '" + text + "'");
        }
    }
}
