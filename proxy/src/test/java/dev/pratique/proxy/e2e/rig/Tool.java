package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of somebody else. Where it is not installed the test is skipped on a developer's machine, and fails where the
 * environment says {@code CI=true}: there, nothing may be green because it was not run.
 */
public final class Tool {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Path program;
    private final Map<String, String> environment = new LinkedHashMap<>();

    private Tool(Path program) {
        this.program = program;
    }

    public static Tool named(String name) {
        Optional<Path> found = find(name);
        if (found.isEmpty() && "true".equals(System.getenv("CI"))) {
            throw new AssertionError(name + " is not installed, and CI runs every test");
        }
        Assumptions.assumeTrue(found.isPresent(), name + " is not installed");
        return new Tool(found.orElseThrow());
    }

    /** A program that was just built. */
    static Tool at(Path program) {
        return new Tool(program);
    }

    /** Beside the PATH, where {@code go install} puts programs and where Debian keeps its daemons. */
    private static Optional<Path> find(String name) {
        Stream<String> path = Stream.of(System.getenv("PATH").split(":"));
        Stream<String> more = Stream.of(
                Optional.ofNullable(System.getenv("GOBIN")).orElse(""),
                System.getProperty("user.home") + "/go/bin",
                "/usr/local/go/bin",
                "/usr/sbin");
        return Stream.concat(path, more)
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** With a variable more in its environment, from now on. */
    public Tool with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Where it is. */
    Path directory() {
        return program.toAbsolutePath().getParent();
    }

    /** Runs it to its end, whatever that is; no longer than a minute and a half. */
    public Ran run(String... arguments) {
        return run(PATIENCE, arguments);
    }

    public Ran run(Duration patience, String... arguments) {
        try (Daemon daemon = start(arguments)) {
            int exit = daemon.awaitExit(patience);
            return new Ran(daemon.command(), exit, daemon.out(), daemon.err());
        }
    }

    /** Standard output of a run that must succeed, without white space at its end. */
    public String output(String... arguments) {
        Ran ran = run(arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran.out().stripTrailing();
    }

    /** Starts it; the caller closes. */
    public Daemon start(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        try {
            return Daemon.start(command, environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What came of a run. */
    public record Ran(String command, int exit, String out, String err) {
        public boolean succeeded() {
            return exit == 0;
        }

        /** Everything it said, as a person at a terminal reads it. */
        public String said() {
            return out + err;
        }

        @Override
        public String toString() {
            return command + "\nexit " + exit + "\n" + out + err;
        }
    }
}
