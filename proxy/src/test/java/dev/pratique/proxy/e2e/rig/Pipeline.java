package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Runs the scripts of our pipeline files as the runners of GitHub and GitLab run them. */
public final class Pipeline {
    private static final Path HOME = Path.of(System.getProperty("pratique.home"));
    private static final Path FILES = HOME.resolve("config/pipelines");
    private static final Path RECORDED = HOME.resolve("signer/src/test/resources/dev/pratique/signer/provenance");
    private static final Pattern EXPRESSION =
            Pattern.compile("\\$\\{\\{ (?:inputs\\.([a-z-]+)|steps\\.([a-z]+)\\.outputs\\.([a-z]+)) }}");
    private static final Pattern CONDITION = Pattern.compile("\\$\\{\\{ inputs\\.([a-z-]+) != '' }}");
    private static final Path COMMAND = command();

    private Pipeline() {}

    /** What came of a job: all that was said, and the exit code of the step that was the last. */
    public record Ran(int exit, String said) {
        @Override
        public String toString() {
            return "exit " + exit + "\n" + said;
        }
    }

    /** The variables that a system sets, as the signer's tests have them. */
    public static Map<String, String> recorded(String system) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String line : Files.readAllLines(RECORDED.resolve(system + ".env"))) {
            String[] parts = line.split("=", 2);
            variables.put(parts[0], parts[1]);
        }
        return variables;
    }

    /** The composite action, as a GitHub runner does it: each step a script of its own, up to the first that fails. */
    public static Ran action(Map<String, String> variables, Map<String, String> with) throws IOException {
        Map<?, ?> action = (Map<?, ?>) yaml("github/action.yml");
        Map<String, String> inputs = new HashMap<>();
        ((Map<?, ?>) action.get("inputs")).forEach((name, input) -> {
            Object usual = ((Map<?, ?>) input).get("default");
            inputs.put((String) name, usual == null ? "" : (String) usual);
        });
        inputs.putAll(with);
        Map<String, String> outputs = new HashMap<>();
        StringBuilder said = new StringBuilder();
        for (Object each : (List<?>) ((Map<?, ?>) action.get("runs")).get("steps")) {
            Map<?, ?> step = (Map<?, ?>) each;
            if (step.get("if") instanceof String condition && !holds(condition, inputs)) {
                continue;
            }
            Map<String, String> environment = new HashMap<>(variables);
            ((Map<?, ?>) step.get("env"))
                    .forEach((name, value) -> environment.put((String) name, filled((String) value, inputs, outputs)));
            Path output = Scratch.file(".output", "");
            environment.put("GITHUB_OUTPUT", output.toString());
            environment.put("GITHUB_ACTION_PATH", FILES.resolve("github").toString());
            // docs.github.com, workflow syntax, jobs.<job_id>.steps[*].shell: how "bash" is started.
            Ran ran = run(environment, (String) step.get("run"), "--noprofile", "--norc", "-eo", "pipefail");
            said.append(ran.said());
            if (ran.exit() != 0) {
                return new Ran(ran.exit(), said.toString());
            }
            for (String line : Files.readAllLines(output)) {
                String[] parts = line.split("=", 2);
                outputs.put(step.get("id") + "." + parts[0], parts[1]);
            }
        }
        return new Ran(0, said.toString());
    }

    /** The job of the GitLab template, as its runner does it: all lines in one shell. */
    public static Ran job(Map<String, String> variables) throws IOException {
        Map<?, ?> job = (Map<?, ?>) ((Map<?, ?>) yaml("gitlab/admission.gitlab-ci.yml")).get(".admission");
        Map<String, String> environment = new HashMap<>();
        ((Map<?, ?>) job.get("variables")).forEach((name, value) -> environment.put((String) name, (String) value));
        environment.putAll(variables);
        List<String> lines = new ArrayList<>();
        ((List<?>) job.get("script")).forEach(line -> lines.add((String) line));
        return run(environment, String.join("\n", lines) + "\n", "-eo", "pipefail");
    }

    /** One script. */
    public static Ran shell(Map<String, String> environment, String script) throws IOException {
        return run(environment, script, "-e");
    }

    private static Ran run(Map<String, String> environment, String script, String... options) throws IOException {
        Tool bash = Tool.named("bash");
        environment.forEach(bash::with);
        bash.with("PATH", COMMAND.getParent() + ":" + System.getenv("PATH"));
        bash.with("CI", "true");
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add(Scratch.file(".sh", script).toString());
        Tool.Ran ran = bash.run(arguments.toArray(String[]::new));
        return new Ran(ran.exit(), ran.said());
    }

    private static boolean holds(String condition, Map<String, String> inputs) {
        Matcher matcher = CONDITION.matcher(condition);
        if (!matcher.matches()) {
            throw new AssertionError("a condition that is not understood here: " + condition);
        }
        return !inputs.get(matcher.group(1)).isEmpty();
    }

    private static String filled(String text, Map<String, String> inputs, Map<String, String> outputs) {
        Matcher matcher = EXPRESSION.matcher(text);
        if (!matcher.matches()) {
            throw new AssertionError("an expression that is not understood here: " + text);
        }
        return matcher.group(1) != null
                ? inputs.get(matcher.group(1))
                : outputs.get(matcher.group(2) + "." + matcher.group(3));
    }

    private static Object yaml(String file) throws IOException {
        return new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FILES.resolve(file)));
    }

    /** The command as it is on a runner's PATH, but for what is being built. */
    private static Path command() {
        try {
            Path command = Scratch.directory("bin").resolve("pratique");
            Files.writeString(command, """
                    #!/bin/sh
                    exec '%s' -Dpratique.home='%s' -jar '%s' "$@"
                    """.formatted(
                            Path.of(System.getProperty("java.home"), "bin", "java"),
                            HOME,
                            HOME.resolve("signer/target/pratique-signer.jar")));
            return Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
