package dev.pratique.proxy.e2e.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
        return action(variables, with, Optional.empty());
    }

    /** @param left the name of a step that is left out */
    public static Ran action(Map<String, String> variables, Map<String, String> with, Optional<String> left)
            throws IOException {
        Map<?, ?> action = (Map<?, ?>) yaml("github/action.yml");
        Map<String, String> inputs = new HashMap<>();
        ((Map<?, ?>) action.get("inputs")).forEach((name, input) -> {
            Object usual = ((Map<?, ?>) input).get("default");
            inputs.put((String) name, usual == null ? "" : (String) usual);
        });
        assertThat(inputs).containsKeys(with.keySet().toArray(String[]::new));
        inputs.putAll(with);
        Map<String, String> outputs = new HashMap<>();
        StringBuilder said = new StringBuilder();
        String temporary = Scratch.directory("runner").toString();
        List<?> steps = (List<?>) ((Map<?, ?>) action.get("runs")).get("steps");
        for (Object each : without(steps, left, step -> ((Map<?, ?>) step).get("name"))) {
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
            environment.put("RUNNER_TEMP", temporary);
            environment.put("PATH", COMMAND.getParent() + ":" + System.getenv("PATH"));
            // docs.github.com, workflow syntax, jobs.<job_id>.steps[*].shell: how "bash" is started.
            Ran ran = run("bash", environment, (String) step.get("run"), "--noprofile", "--norc", "-eo", "pipefail");
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

    /** The job of the GitLab template, as its runner does it: all lines in one shell. The job's image has the command. */
    public static Ran job(Map<String, String> variables) throws IOException {
        return job(variables, Optional.empty());
    }

    /** @param left what an entry of the script begins with that is left out */
    public static Ran job(Map<String, String> variables, Optional<String> left) throws IOException {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("PATH", COMMAND.getParent() + ":" + System.getenv("PATH"));
        return run("bash", jobsOwn(environment), script(left), "-eo", "pipefail");
    }

    /** The same where the job's image has no command, and no shell but the one of POSIX. */
    public static Ran bareJob(Map<String, String> variables) throws IOException {
        return run("sh", jobsOwn(variables), script(Optional.empty()), "-e");
    }

    private static Map<String, String> jobsOwn(Map<String, String> variables) throws IOException {
        Map<String, String> environment = new HashMap<>();
        ((Map<?, ?>) job().get("variables")).forEach((name, value) -> environment.put((String) name, (String) value));
        assertThat(environment.keySet())
                .containsAll(variables.keySet().stream()
                        .filter(name -> name.startsWith("ADMISSION_") && !name.equals("ADMISSION_IMAGE"))
                        .toList());
        environment.putAll(variables);
        return environment;
    }

    private static String script(Optional<String> left) throws IOException {
        List<?> entries = without((List<?>) job().get("script"), left, entry -> entry);
        return entries.stream().map(String::valueOf).collect(Collectors.joining("\n", "", "\n"));
    }

    private static Map<?, ?> job() throws IOException {
        return (Map<?, ?>) ((Map<?, ?>) yaml("gitlab/admission.gitlab-ci.yml")).get(".admission");
    }

    /** Without the one whose name begins so. */
    private static List<?> without(List<?> all, Optional<String> left, Function<Object, Object> name) {
        if (left.isEmpty()) {
            return all;
        }
        List<Object> kept = new ArrayList<>(all);
        kept.removeIf(one -> name.apply(one).toString().startsWith(left.get()));
        assertThat(kept).as("without '%s'", left.get()).hasSize(all.size() - 1);
        return kept;
    }

    /** A tar of the program, as {@code mvn -Pdist verify} makes one. */
    public static Path tar() {
        Path root = COMMAND.getParent().getParent();
        Path tar = Scratch.file(".tar.gz");
        Tool.named("tar")
                .output(
                        "--exclude=cache/*",
                        "-czf",
                        tar.toString(),
                        "-C",
                        root.getParent().toString(),
                        root.getFileName().toString());
        return tar;
    }

    /** The command of what is being built, in the places that it has in the tar; the proxy is not among it. */
    private static Path command() {
        try {
            Path root = Scratch.directory("dist").resolve("pratique-1");
            Files.createDirectories(root.resolve("config/default"));
            Files.createDirectory(root.resolve("cache"));
            copy(HOME.resolve("signer/target/pratique-signer-all.jar"), root.resolve("lib/pratique-signer.jar"));
            return copy(HOME.resolve("pratique"), root.resolve("bin/pratique"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        return Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** One script. */
    public static Ran shell(Map<String, String> environment, String script) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("PATH", COMMAND.getParent() + ":" + System.getenv("PATH"));
        return run("bash", all, script, "-e");
    }

    private static Ran run(String shell, Map<String, String> environment, String script, String... options)
            throws IOException {
        Tool tool = Tool.named(shell);
        // What the tests' own home has is no runner's.
        tool.with("HOME", Scratch.directory("home").toString());
        environment.forEach(tool::with);
        tool.with("CI", "true");
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add(Scratch.file(".sh", script).toString());
        Tool.Ran ran = tool.run(arguments.toArray(String[]::new));
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
}
