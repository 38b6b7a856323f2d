package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.config.yaml.NearestName;
import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.KeyText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** How a command that did not work says so: one line what, one line what to do, and the exit code. */
final class Complaints implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Terminal terminal;

    Complaints(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleParseException(ParameterException problem, String[] args) {
        CommandLine command = problem.getCommandLine();
        String help = "see: " + command.getCommandSpec().qualifiedName() + " --help";
        // A mistyped option is also a missing one; what was typed is what to talk about.
        List<String> unknown = command.getUnmatchedArguments();
        String what = sentence(problem);
        String hint = help;
        if (!unknown.isEmpty() && KeyText.isMeant(unknown.get(0))) {
            what = "an argument is a key itself";
            hint = "arguments can be read by everybody on a machine; say where it is: --key env://VARIABLE";
        } else if (!unknown.isEmpty()) {
            boolean option = unknown.get(0).startsWith("-");
            // CLI-06: what is behind the sign may be a password.
            String wrong = option ? unknown.get(0).split("=", 2)[0] : unknown.get(0);
            String kind = option ? "option" : command.getSubcommands().isEmpty() ? "argument" : "command";
            what = "unknown " + kind + " '" + Printable.line(wrong) + "'";
            hint = NearestName.find(wrong, names(command, option))
                    .map(name -> "did you mean '" + name + "'?")
                    .orElse(help);
        }
        complain(what, hint);
        return finish(json(args), ExitCode.USAGE, what, hint);
    }

    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
        boolean json = command.getCommand() instanceof Task task && task.json();
        if (problem instanceof Failure failure) {
            complain(failure.what(), failure.hint());
            return finish(json, ExitCode.of(failure.kind()), failure.what(), failure.hint());
        }
        if (problem instanceof ParameterException late) {
            return handleParseException(late, new String[0]);
        }
        // CLI-06: what went wrong inside may quote what was worked on, so it is shown on demand only.
        boolean wanted = terminal.environment().containsKey("PRATIQUE_DEBUG");
        String hint = wanted ? "please report it" : "please report it, with what PRATIQUE_DEBUG=1 shows";
        complain("this is a fault of the program: " + problem.getClass().getSimpleName(), hint);
        if (wanted) {
            problem.printStackTrace(terminal.err());
        }
        return finish(json, ExitCode.FAILED, "this is a fault of the program", hint);
    }

    private void complain(String what, String hint) {
        terminal.out().flush();
        terminal.err().println("pratique: " + what);
        terminal.err().println("hint: " + hint);
        terminal.err().flush();
    }

    private int finish(boolean json, ExitCode code, String what, String hint) {
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("message", what);
            error.put("hint", hint);
            error.put("exit", code.number());
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", "pratique.error/v1");
            document.put("error", error);
            terminal.out().println(JsonWriter.text(document));
            terminal.out().flush();
        }
        return code.number();
    }

    private static boolean json(String[] args) {
        for (int i = 0; i < args.length; i++) {
            boolean apart = args[i].equals("-o") || args[i].equals("--output");
            String format = apart ? i + 1 < args.length ? args[i + 1] : "" : joined(args[i]);
            if (format.equalsIgnoreCase("json")) {
                return true;
            }
        }
        return false;
    }

    private static String joined(String argument) {
        for (String option : List.of("--output=", "-o=", "-o")) {
            if (argument.startsWith(option)) {
                return argument.substring(option.length());
            }
        }
        return "";
    }

    private static List<String> names(CommandLine command, boolean options) {
        return options
                ? List.copyOf(command.getCommandSpec().optionsMap().keySet())
                : List.copyOf(command.getSubcommands().keySet());
    }

    private static String sentence(ParameterException problem) {
        // picocli says the word twice where a map's value is wrong.
        String text = String.valueOf(problem.getMessage()).replace("option option", "option");
        return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}
