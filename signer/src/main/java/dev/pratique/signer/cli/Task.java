package dev.pratique.signer.cli;

import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.signer.Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What every command has: help, a choice of output, and one way to fail. */
abstract class Task implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text for people (default), json for programs")
    private OutputFormat output = OutputFormat.TEXT;

    Task(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Does it. */
    abstract ExitCode run() throws Failure;

    @Override
    public final Integer call() throws Failure {
        ExitCode code = run();
        terminal.out().flush();
        return code.number();
    }

    final Terminal terminal() {
        return terminal;
    }

    final boolean json() {
        return output == OutputFormat.JSON;
    }

    /** A line of the result for people; nothing where a program reads. */
    final void say(String line) {
        if (!json()) {
            terminal.out().println(line);
        }
    }

    /** A line about what is going on: for people on standard output, beside a program's document on standard error. */
    final void progress(String line) {
        (json() ? terminal.err() : terminal.out()).println(line);
    }

    final void warn(String line) {
        terminal.err().println("warning: " + line);
    }

    /**
     * The result for a program; nothing where people read.
     *
     * @param schema name and version of the document's shape
     */
    final void document(String schema, Map<String, ?> members) {
        if (json()) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", schema);
            document.putAll(members);
            terminal.out().println(JsonWriter.text(document));
        }
    }

    /** Only names the option: a command whose help is wanted is not run. */
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help")
    void help(boolean wanted) {}
}
