package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an agent that is served by gRPC's own Go library, with SPIFFE's own messages. */
@Tag("interop")
class WorkloadApiInteropTest {
    private static final Path SOURCE =
            Path.of(System.getProperty("pratique.home", ".."), "signer", "src", "test", "sigstore-go");

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void an_agent_gives_the_workloads_token() throws Exception {
        Map<String, Object> claims = TestTokens.person(Instant.parse("2026-11-21T12:00:00Z"));
        // As large as tokens get, so that it comes in more than one frame.
        claims.put("groups", "x".repeat(20_000));
        String token = TestTokens.of(claims);
        Path socket = agent("-token", token);
        assertThat(WorkloadApi.at("unix://" + socket).token("sigstore")).isEqualTo(token);
        assertThat(WorkloadApi.at(socket.toString()).token("sigstore")).isEqualTo(token);
        refused(socket, "another audience");
    }

    @Test
    void an_agent_that_knows_nothing_of_us_gives_none() throws Exception {
        refused(agent(), "sigstore");
    }

    private static void refused(Path socket, String audience) {
        assertThatThrownBy(() -> WorkloadApi.at("unix:" + socket).token(audience))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
                    assertThat(failure.what()).isEqualTo("the SPIFFE agent at " + socket + " gave no token");
                });
    }

    private Path agent(String... more) throws Exception {
        Path program = directory.resolve("sigstore-go");
        run(tool("go"), "build", "-C", SOURCE.toString(), "-buildvcs=false", "-o", program.toString(), ".");
        Path socket = directory.resolve("agent.sock");
        List<String> command = new ArrayList<>(List.of(program.toString(), "agent", "-socket", socket.toString()));
        command.addAll(List.of(more));
        started.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
        Awaitility.await().until(() -> Files.exists(socket));
        return socket;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(600, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static String tool(String name) {
        Optional<Path> found = Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(":")), Stream.of("/usr/local/go/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty() && !"true".equals(System.getenv("CI"))) {
            Assumptions.abort(name + " is not installed");
        }
        return found.orElseThrow(() -> new AssertionError(name + " is not installed"))
                .toString();
    }
}
