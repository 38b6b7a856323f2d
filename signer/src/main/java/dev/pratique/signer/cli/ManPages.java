package dev.pratique.signer.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes the manual's pages, one for each command, in the language of man(7): {@code ManPages DIRECTORY [HELP...]}. The
 * distribution is built with it. A HELP is a file {@code NAME.help} with what another program of ours says of its command
 * NAME.
 */
final class ManPages {
    private final Path directory;

    private ManPages(Path directory) {
        this.directory = directory;
    }

    /** @param arguments the directory, which is made; files of help after it */
    public static void main(String[] arguments) throws IOException {
        ManPages pages = new ManPages(Files.createDirectories(Path.of(arguments[0])));
        CommandSpec program = Pratique.commands(Terminal.ofThisProcess()).getCommandSpec();
        pages.write(program);
        for (String help : List.of(arguments).subList(1, arguments.length)) {
            pages.help(program.name(), Path.of(help));
        }
    }

    private void write(CommandSpec spec) throws IOException {
        if (spec.userObject() instanceof OtherProgram) {
            return;
        }
        String name = spec.qualifiedName("-");
        page(name, new Page(spec).text());
        for (CommandLine sub : spec.subcommands().values()) {
            write(sub.getCommandSpec());
        }
    }

    private void help(String program, Path file) throws IOException {
        String command = String.valueOf(file.getFileName()).replace(".help", "");
        String name = program + "-" + command;
        List<String> lines = Files.readAllLines(file);
        String what = lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("Usage:") && !line.startsWith(" "))
                .findFirst()
                .orElse(command);
        StringBuilder out = new StringBuilder(Page.head(name, what));
        out.append(".SH DESCRIPTION\n.nf\n");
        lines.forEach(line -> out.append(Page.escaped(line)).append('\n'));
        page(name, out.append(".fi\n").append(Page.SEE).toString());
    }

    private void page(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name + ".1"), text, StandardCharsets.UTF_8);
    }

    /** One page. */
    private record Page(CommandSpec spec) {
        static final String SEE = ".SH SEE ALSO\n.BR pratique (1)\n";

        String text() {
            StringBuilder out = new StringBuilder(
                    head(spec.qualifiedName("-"), description().get(0)));
            out.append(".SH SYNOPSIS\n.nf\n")
                    .append(escaped(
                            new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                                    .synopsis(0)
                                    .strip()))
                    .append("\n.fi\n.SH DESCRIPTION\n");
            description().forEach(line -> out.append(escaped(line)).append("\n.br\n"));
            arguments(out);
            commands(out);
            footer(out);
            return out.append(SEE).toString();
        }

        static String head(String name, String what) {
            return ".TH " + name.toUpperCase(Locale.ROOT) + " 1\n.SH NAME\n" + escaped(name) + " \\- " + escaped(what)
                    + "\n";
        }

        private List<String> description() {
            List<String> lines = new ArrayList<>();
            for (String line : spec.usageMessage().description()) {
                lines.add(String.format(Locale.ROOT, line));
            }
            return lines.isEmpty() ? List.of(spec.name()) : lines;
        }

        private void arguments(StringBuilder out) {
            if (spec.options().isEmpty() && spec.positionalParameters().isEmpty()) {
                return;
            }
            out.append(".SH OPTIONS\n");
            for (PositionalParamSpec parameter : spec.positionalParameters()) {
                item(out, parameter.paramLabel(), parameter);
            }
            for (OptionSpec option : spec.options()) {
                String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
                item(out, String.join(", ", option.names()) + value, option);
            }
        }

        private static void item(StringBuilder out, String term, ArgSpec argument) {
            if (argument.hidden()) {
                return;
            }
            out.append(".TP\n.B ").append(escaped(term)).append('\n');
            for (String line : argument.description()) {
                out.append(escaped(String.format(Locale.ROOT, line))).append('\n');
            }
        }

        private void commands(StringBuilder out) {
            if (spec.subcommands().isEmpty()) {
                return;
            }
            out.append(".SH COMMANDS\n");
            spec.subcommands().forEach((name, sub) -> {
                String[] about = sub.getCommandSpec().usageMessage().description();
                out.append(".TP\n.BR ")
                        .append(escaped(spec.qualifiedName("-") + "-" + name))
                        .append(" (1)\n")
                        .append(escaped(about.length == 0 ? name : String.format(Locale.ROOT, about[0])))
                        .append('\n');
            });
        }

        private void footer(StringBuilder out) {
            String[] lines = spec.usageMessage().footer();
            if (lines.length == 0) {
                return;
            }
            out.append(".SH EXAMPLES\n.nf\n");
            for (String line : lines) {
                if (!line.isBlank() && !line.startsWith("Example")) {
                    out.append(escaped(String.format(Locale.ROOT, line))).append('\n');
                }
            }
            out.append(".fi\n");
        }

        // man(7): a backslash begins an escape, a dot or a quote at the beginning of a line a request; a hyphen is not
        // a minus.
        static String escaped(String text) {
            String plain = text.replace("\\", "\\e").replace("-", "\\-");
            return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
        }
    }
}
