package dev.pratique.signer.cli;

import dev.pratique.signer.keys.KeyType;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.IdentityTokens;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
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
        int code = run(Terminal.ofThisProcess(), args);
        // After System.exit the JVM waits 300 ms for every thread that is in native code, as an HTTP client's selector
        // always is. Where all other threads are daemons, returning ends the process at once.
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(Terminal terminal, String... args) {
        try {
            int code = commands(terminal, args).execute(args);
            return terminal.out().checkError() ? unwritten(terminal, code) : code;
        } finally {
            terminal.out().flush();
            terminal.err().flush();
        }
    }

    // Whoever keeps the output in a file takes 0 for a whole one.
    private static int unwritten(Terminal terminal, int code) {
        terminal.err().println("pratique: standard output cannot be written");
        terminal.err().println("hint: is the disk full where it goes to (df)? What was stored before stays");
        return code == ExitCode.DONE.number() ? ExitCode.FAILED.number() : code;
    }

    /**
     * The command line, whole or with no other command than the one that is called: to read all of them by their annotations
     * takes a third of what a command takes from start to end.
     */
    static CommandLine commands(Terminal terminal, String... args) {
        Map<String, Supplier<Object>> all = commandsByName(terminal);
        CommandLine line = new CommandLine(new Pratique());
        String called = args.length == 0 ? "" : args[0];
        if (all.containsKey(called) && !called.equals(CompletionCommand.NAME)) {
            line.addSubcommand(called, all.get(called).get());
        } else if (!called.equals("--version") && !called.equals("-V")) {
            all.forEach((name, command) -> line.addSubcommand(name, command.get()));
        }
        return settings(line, terminal);
    }

    private static Map<String, Supplier<Object>> commandsByName(Terminal terminal) {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("demo", OtherProgram.Demo::new);
        all.put("proxy", OtherProgram.Proxy::new);
        all.put("check", () -> new CheckCommand(terminal));
        all.put("verify", () -> new VerifyCommand(terminal));
        all.put("sign", () -> new SignCommand(terminal));
        all.put("attest", () -> new AttestCommand(terminal));
        all.put("provenance", () -> new ProvenanceCommand(terminal));
        all.put(
                "keys",
                () -> new CommandLine(new KeysCommand())
                        .addSubcommand(new KeysGenerateCommand(terminal))
                        .addSubcommand(new KeysPublicCommand(terminal))
                        .addSubcommand(new KeysListCommand(terminal)));
        all.put(
                "catalog",
                () -> new CommandLine(new CatalogCommand())
                        .addSubcommand(new CatalogListCommand(terminal))
                        .addSubcommand(new CatalogShowCommand(terminal))
                        .addSubcommand(new CatalogApproveCommand(terminal)));
        all.put(
                "trust",
                () -> new CommandLine(new TrustCommand())
                        .addSubcommand(new TrustShowCommand(terminal))
                        .addSubcommand(new TrustUpdateCommand(terminal)));
        all.put(
                "config",
                () -> new CommandLine(new ConfigCommand())
                        .addSubcommand(new ConfigCheckCommand(terminal))
                        .addSubcommand(new ConfigShowCommand(terminal))
                        .addSubcommand(new ConfigSchemaCommand(terminal)));
        all.put(
                "mirror",
                () -> new CommandLine(new MirrorCommand())
                        .addSubcommand(new MirrorContainerdCommand(terminal))
                        .addSubcommand(new MirrorCrioCommand(terminal))
                        .addSubcommand(new MirrorPodmanCommand(terminal))
                        .addSubcommand(new MirrorDockerCommand(terminal))
                        .addSubcommand(new MirrorK3sCommand(terminal))
                        .addSubcommand(new MirrorBuildkitCommand(terminal))
                        .addSubcommand(new MirrorBackstopCommand(terminal)));
        all.put(CompletionCommand.NAME, () -> new CompletionCommand(terminal));
        return all;
    }

    private static CommandLine settings(CommandLine line, Terminal terminal) {
        Complaints complaints = new Complaints(terminal);
        // CLI-06: pipelines pass on titles and branches that strangers write; @/proc/self/environ is a text.
        return line.setExpandAtFiles(false)
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .registerConverter(OutputFormat.class, new Choice<>(OutputFormat.values()))
                .registerConverter(Format.class, new Choice<>(Format.values()))
                .registerConverter(IdentityTokens.Provider.class, new Choice<>(IdentityTokens.Provider.values()))
                .registerConverter(CompletionCommand.Shell.class, new Choice<>(CompletionCommand.Shell.values()))
                .registerConverter(LocalDate.class, new Days())
                .registerConverter(KeyType.class, new KeyTypes())
                .setUsageHelpWidth(110)
                .setUsageHelpLongOptionsMaxWidth(34)
                .setParameterExceptionHandler(complaints)
                .setExecutionExceptionHandler(complaints);
    }

    private static final class KeyTypes implements ITypeConverter<KeyType> {
        @Override
        public KeyType convert(String text) {
            return text.equalsIgnoreCase("rsa") ? KeyType.RSA3072 : new Choice<>(KeyType.values()).convert(text);
        }
    }

    private static final class Days implements ITypeConverter<LocalDate> {
        @Override
        public LocalDate convert(String text) {
            try {
                return LocalDate.parse(text);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("it is a day, as 2028-06-30, not '" + text + "'");
            }
        }
    }
}
