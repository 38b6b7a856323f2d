package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** A command of the proxy program: listed in the help of this one, and started by the launcher, never from here. */
abstract class OtherProgram implements Callable<Integer> {
    private final String name;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this help; the launcher shows all of it")
    private boolean help;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    private OtherProgram(String name) {
        this.name = name;
    }

    @Override
    public final Integer call() throws Failure {
        throw Failure.of(
                Kind.FAILED,
                "'" + name + "' is a command of the proxy program, which is not this one",
                "start it with the launcher: pratique " + name + (arguments.isEmpty() || help ? "" : " ..."));
    }

    /** Listed as {@code demo}. */
    @Command(
            name = "demo",
            description =
                    "Shows the main job in one command: sample images, a proxy over them, a table of its answers.",
            footer = {"", "Example:", "  pratique demo --once"})
    static final class Demo extends OtherProgram {
        Demo() {
            super("demo");
        }
    }

    /** Listed as {@code proxy}. */
    @Command(
            name = "proxy",
            description = "Runs the proxy.",
            footer = {"", "Example:", "  pratique proxy --config config/default"})
    static final class Proxy extends OtherProgram {
        Proxy() {
            super("proxy");
        }
    }
}
