package dev.pratique.signer.cli;

import dev.pratique.config.ConfigDir;
import dev.pratique.config.Loaded;
import dev.pratique.config.Problem;
import dev.pratique.config.Purpose;
import dev.pratique.config.Snapshot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which configuration is meant. */
final class ConfigOptions {
    private static final Path INSTALLED = Path.of("/etc/pratique");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "DIR",
            description = "directory with proxy.yaml, trust.yaml, policy.yaml and catalog.yaml (default:"
                    + " config/default of the checkout, or /etc/pratique)")
    private Optional<Path> given = Optional.empty();

    /** As if this directory had been named. */
    static ConfigOptions of(Path directory) {
        ConfigOptions named = new ConfigOptions();
        named.given = Optional.of(directory);
        return named;
    }

    /** The directory, whether it was named or is the default. */
    Path directory() throws Failure {
        String home = System.getProperty("pratique.home");
        Path directory = given.orElse(home != null ? Path.of(home, "config", "default") : INSTALLED);
        if (!Files.isDirectory(directory)) {
            throw Failure.of(Kind.CONFIGURATION, directory + " is not a directory", "say --config DIR");
        }
        return directory;
    }

    Loaded load(Terminal terminal, Purpose purpose) throws Failure {
        return ConfigDir.load(directory(), terminal.environment(), purpose);
    }

    /** The configuration to judge by, which must be in order; the proxy's secrets need not be here. */
    Snapshot snapshot(Terminal terminal) throws Failure {
        return valid(terminal, Purpose.JUDGE).snapshot();
    }

    /** The configuration, which must be in order, with the values that it was made of. */
    Loaded.Valid valid(Terminal terminal, Purpose purpose) throws Failure {
        Loaded loaded = load(terminal, purpose);
        if (loaded instanceof Loaded.Valid valid) {
            return valid;
        }
        List<Problem> problems = ((Loaded.Invalid) loaded).problems();
        String more = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)";
        throw Failure.of(
                Kind.CONFIGURATION,
                "the configuration is not in order: " + line(problems.get(0)) + more,
                "see: pratique config check --config " + directory());
    }

    /** {@code file:line: what}, the file as it can be opened from here. */
    String line(Problem problem) throws Failure {
        return (problem.file().equals(Problem.ENVIRONMENT) ? "" : directory() + "/") + problem;
    }
}
