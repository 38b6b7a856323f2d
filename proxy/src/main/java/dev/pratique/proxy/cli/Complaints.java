package dev.pratique.proxy.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.config.yaml.NearestName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** How a command that did not work says so: one line what, one line what to do, and the exit code. */
final class Complaints implements IParameterExceptionHandler, IExecutionExceptionHandler {

    @Override
    public int handleParseException(ParameterException problem, String[] args) {
        CommandLine command = problem.getCommandLine();
        String help = "see: " + command.getCommandSpec().qualifiedName() + " --help";
        // A mistyped option is also a missing one; what was typed is what to talk about.
        List<String> unknown = command.getUnmatchedArguments();
        if (unknown.isEmpty()) {
            String text = String.valueOf(problem.getMessage());
            complain(command.getErr(), text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1), help);
            return ExitCode.USAGE;
        }
        boolean option = unknown.get(0).startsWith("-");
        // What is behind the sign may be a secret.
        String wrong = option ? unknown.get(0).split("=", 2)[0] : unknown.get(0);
        Collection<String> names = option
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet();
        String kind = option ? "option" : command.getSubcommands().isEmpty() ? "argument" : "command";
        String hint = NearestName.find(wrong, names)
                .map(name -> "did you mean '" + name + "'?")
                .orElse(help);
        complain(command.getErr(), "unknown " + kind + " '" + Printable.line(wrong) + "'", hint);
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
        if (problem instanceof ParameterException late) {
            return handleParseException(late, new String[0]);
        }
        if (problem instanceof FileSystemException file) {
            // Its own message is the path, and at best what the system calls it.
            complain(
                    command.getErr(),
                    "cannot use " + Printable.line(String.valueOf(file.getFile())) + ": " + what(file),
                    "storage.directory and decisions.file of proxy.yaml are where the proxy's user may write");
            return ExitCode.FAILED;
        }
        if (problem instanceof IOException) {
            // The parts that open files and ports say in their own words what they could not have.
            complain(command.getErr(), String.valueOf(problem.getMessage()), "");
            return ExitCode.FAILED;
        }
        complain(
                command.getErr(),
                "this is a fault of the program: " + problem.getClass().getSimpleName(),
                "please report it, with what PRATIQUE_DEBUG=1 shows");
        if (System.getenv().containsKey("PRATIQUE_DEBUG")) {
            problem.printStackTrace(command.getErr());
        }
        return ExitCode.FAILED;
    }

    private static String what(FileSystemException file) {
        if (file instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (file instanceof FileAlreadyExistsException) {
            return "it is no directory";
        }
        if (file instanceof NoSuchFileException) {
            return "there is no such place";
        }
        return Optional.ofNullable(file.getReason()).map(Printable::line).orElse("the system refuses it");
    }

    static void complain(PrintWriter err, String what, String hint) {
        err.println("pratique: " + what);
        if (!hint.isEmpty()) {
            err.println("hint: " + hint);
        }
        err.flush();
    }
}
