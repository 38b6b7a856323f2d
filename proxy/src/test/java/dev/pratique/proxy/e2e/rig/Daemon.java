package dev.pratique.proxy.e2e.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that does not outlive the tests: closing ends it and what it started, and so does the end of this JVM. */
public final class Daemon implements AutoCloseable {
    private static final long POLITE_SECONDS = 10;
    private static final Set<Daemon> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Daemon::kill), "end-daemons"));
    }

    private final Process process;
    private final List<String> command;
    private final Path out;
    private final Path err;

    private Daemon(Process process, List<String> command, Path out, Path err) {
        this.process = process;
        this.command = command;
        this.out = out;
        this.err = err;
    }

    /** Starts it with its output in files and nothing to read. */
    static Daemon start(List<String> command, Map<String, String> environment) throws IOException {
        Path out = Scratch.file(".out");
        Path err = Scratch.file(".err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Daemon daemon = new Daemon(builder.start(), command, out, err);
        ALIVE.add(daemon);
        return daemon;
    }

    public String command() {
        return String.join(" ", command);
    }

    public boolean alive() {
        return process.isAlive();
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    /** Asks it to end, as an operator would. */
    public void terminate() {
        process.destroy();
    }

    /** Kills it, and waits until it is gone. */
    public void crash() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(POLITE_SECONDS));
    }

    /** Waits for its end, and fails where it does not come. */
    public int awaitExit(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(command() + "\ndid not end in " + patience + "\n" + out() + err());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            process.waitFor(POLITE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        ALIVE.remove(this);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
