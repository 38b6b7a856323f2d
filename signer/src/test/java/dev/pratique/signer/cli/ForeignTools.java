package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** Other people's programs: registries, clients, and what verifies signatures. */
final class ForeignTools implements AutoCloseable {
    private final Path directory;
    private final List<Process> started = new ArrayList<>();

    /** @param directory for what they keep */
    ForeignTools(Path directory) {
        this.directory = directory;
    }

    /** On the PATH or where {@code go install} puts it. A missing one skips, except in CI. */
    static String tool(String name) {
        Optional<Path> found = Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(":")),
                        Stream.of(System.getProperty("user.home") + "/go/bin", "/usr/local/go/bin"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && !"true".equals(System.getenv("CI"))) {
            Assumptions.abort(name + " is not installed");
        }
        return found.orElseThrow(() -> new AssertionError(name + " is not installed"))
                .toString();
    }

    /** Runs cosign, which must end well or must not. */
    void cosign(boolean well, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(tool("cosign")));
        command.addAll(Arrays.asList(args));
        if (args[0].startsWith("verify")) {
            command.addAll(List.of("--insecure-ignore-tlog=true"));
            if (!args[0].startsWith("verify-blob")) {
                command.add("--allow-http-registry=true");
            }
        }
        Path log = Files.createTempFile(directory, "cosign", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("COSIGN_PASSWORD", "pw");
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue() == 0)
                .as("%s%n%s", command, Files.readString(log))
                .isEqualTo(well);
    }

    /** Runs a program that must end well; what it printed. */
    String run(String program, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(tool(program)));
        command.addAll(Arrays.asList(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
        return output;
    }

    /** An image of one small layer, under the tag v1; its name. */
    String push(String registry, String repository) throws Exception {
        Path layer = directory.resolve("layer.tar");
        if (!Files.exists(layer)) {
            Files.write(layer, new byte[1024]);
        }
        String image = registry + "/" + repository + ":v1";
        run("crane", "append", "-f", layer.toString(), "-t", image);
        return image;
    }

    /** Starts a registry; its address. */
    String start(String program) throws Exception {
        int port = freePort();
        String address = "127.0.0.1:" + port;
        List<String> command = new ArrayList<>(List.of(tool(program)));
        if (program.equals("refreg")) {
            command.add(address);
        } else {
            Path config = directory.resolve(program + ".yml");
            Files.writeString(
                    config,
                    "version: 0.1\nstorage: {filesystem: {rootdirectory: " + directory.resolve(program + "-data")
                            + "}}\nhttp: {addr: '" + address + "'}\n");
            command.addAll(List.of("serve", config.toString()));
        }
        start(port, command.toArray(new String[0]));
        return address;
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Starts a server that ends with the test, and waits until somebody answers at the port. */
    void start(int port, String... command) throws IOException {
        started.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        return probe.isConnected();
                    }
                });
    }

    /** Starts our own program as a process. */
    static Process pratique(Path home, Path log, String... args) throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + home,
                "-cp",
                classes,
                "dev.pratique.signer.cli.Pratique"));
        command.addAll(Arrays.asList(args));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
