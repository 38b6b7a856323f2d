package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs a command in a process of its own, for what native libraries take from the environment and may do to a process. */
record PratiqueProcess(Path directory, Map<String, String> environment) {
    private static final String PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    /** @param exit code */
    record Ran(int exit, String out, String err) {}

    Ran run(String... arguments) throws Exception {
        return run(process -> {}, arguments);
    }

    /** @param started is told of the process, for who wants to interrupt it */
    Ran run(Consumer<Process> started, String... arguments) throws Exception {
        Path out = Files.createTempFile(directory, "out", "");
        Ran ran = run(started, ProcessBuilder.Redirect.to(out.toFile()), arguments);
        return new Ran(ran.exit(), Files.readString(out), ran.err());
    }

    /** @param output where standard output goes, which is not read here */
    Ran run(Consumer<Process> started, ProcessBuilder.Redirect output, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                PATH,
                Pratique.class.getName()));
        command.addAll(List.of(arguments));
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output)
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(PRATIQUE|COSIGN|AWS|JAVA)_.*"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.accept(process);
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as("%s ends", List.of(arguments))
                    .isTrue();
            return new Ran(process.exitValue(), "", Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    /** As Ctrl-C does, and waits until it has ended. */
    static void interrupt(Process process) throws IOException {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
