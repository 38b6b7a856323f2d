package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** A command of the proxy program: listed in the help of this one, and started by the launcher, never from here. */
abstract class OtherProgram implements Callable<Integer> {
    private final String name;

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
                "start it with the launcher: pratique " + name + (arguments.isEmpty() ? "" : " ..."));
    }

    /** Listed as {@code demo}. */
    @Command(
            name = "demo",
            description =
                    "Shows the main job in one command: sample images, a proxy over them, a table of its answers.")
    static final class Demo extends OtherProgram {
        Demo() {
            super("demo");
        }
    }

    /** Listed as {@code proxy}. */
    @Command(name = "proxy", description = "Runs the proxy.")
    static final class Proxy extends OtherProgram {
        Proxy() {
            super("proxy");
        }
    }
}
