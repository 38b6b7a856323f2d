package dev.pratique.signer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion in the language of fish: one {@code complete} for each command and option (fish, complete(1)). */
final class FishCompletion {
    private final String program;
    private final StringBuilder out = new StringBuilder();

    private FishCompletion(String program) {
        this.program = program;
    }

    static String of(CommandSpec program) {
        FishCompletion completion = new FishCompletion(program.name());
        completion.command(program, List.of());
        return completion.out.toString();
    }

    private void command(CommandSpec spec, List<String> path) {
        Map<String, CommandLine> subcommands = new TreeMap<>(spec.subcommands());
        String here = condition(path, subcommands.keySet());
        subcommands.forEach(
                (name, sub) -> line(here + " -f -a " + name + " -d " + quoted(summary(sub.getCommandSpec()))));
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                line(here + names(option) + (option.arity().max() > 0 ? " -r" : " -f") + " -d "
                        + quoted(summary(option)));
            }
        }
        subcommands.forEach((name, sub) -> {
            List<String> deeper = new ArrayList<>(path);
            deeper.add(name);
            command(sub.getCommandSpec(), deeper);
        });
    }

    private static String condition(List<String> path, Iterable<String> subcommands) {
        List<String> tests = new ArrayList<>();
        path.forEach(name -> tests.add("__fish_seen_subcommand_from " + name));
        String below = String.join(" ", subcommands);
        if (!below.isEmpty()) {
            tests.add("not __fish_seen_subcommand_from " + below);
        }
        return tests.isEmpty() ? "" : " -n '" + String.join("; and ", tests) + "'";
    }

    private static String names(OptionSpec option) {
        StringBuilder names = new StringBuilder();
        for (String name : option.names()) {
            boolean isLong = name.startsWith("--");
            names.append(isLong ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        return names.toString();
    }

    private void line(String rest) {
        out.append("complete -c ").append(program).append(rest).append('\n');
    }

    private static String summary(CommandSpec spec) {
        return first(spec.usageMessage().description());
    }

    private static String summary(OptionSpec option) {
        return first(option.description());
    }

    private static String first(String... lines) {
        return lines.length == 0 ? "" : String.format(Locale.ROOT, lines[0]);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
