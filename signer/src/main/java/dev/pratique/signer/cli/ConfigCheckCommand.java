package dev.pratique.signer.cli;

import dev.pratique.config.Loaded;
import dev.pratique.config.Problem;
import dev.pratique.config.Purpose;
import dev.pratique.signer.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says all that is wrong with a configuration. */
@Command(
        name = "check",
        description = {
            "Reads the four files as the proxy would and lists all problems at once.",
            "Exits 0 where there are none, 78 where there are."
        },
        footer = {"", "Example:", "  pratique config check --config /etc/pratique"})
final class ConfigCheckCommand extends Task {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    ConfigCheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Loaded loaded = config.load(terminal(), Purpose.SERVE);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("directory", config.directory().toString());
        if (loaded instanceof Loaded.Valid valid) {
            var snapshot = valid.snapshot();
            StaleRoot.warn(this, snapshot);
            say(config.directory() + " is in order: "
                    + count(snapshot.proxy().upstreams().size(), "upstream") + ", "
                    + count(snapshot.trust().signers().size(), "signer") + ", "
                    + count(snapshot.policy().rules().size(), "rule") + ", "
                    + count(snapshot.catalog().bases().size(), "base") + "; revision " + snapshot.revision());
            document.put("revision", snapshot.revision().toString());
            document.put("problems", List.of());
            document("pratique.config.check/v1", document);
            return ExitCode.DONE;
        }
        List<Problem> problems = ((Loaded.Invalid) loaded).problems();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Problem problem : problems) {
            say(config.line(problem));
            if (!problem.hint().isEmpty()) {
                say("  hint: " + problem.hint());
            }
            rows.add(row(problem));
        }
        document.put("problems", rows);
        document("pratique.config.check/v1", document);
        terminal().err().println("pratique: " + count(problems.size(), "problem") + " in the configuration");
        terminal().err().println("hint: each is said with its place; docs/configuration.md has every key");
        return ExitCode.CONFIGURATION;
    }

    private static Map<String, Object> row(Problem problem) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", problem.file());
        row.put("line", problem.line());
        row.put("path", problem.path());
        row.put("what", problem.what());
        row.put("hint", problem.hint());
        return row;
    }

    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
