package dev.pratique.signer.keys.plugin;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of {@code sigstore-kms-NAME}: arguments in, message on standard input, one JSON object out. */
final class PluginProgram {
    private static final String PREFIX = "sigstore-kms-";
    private static final String VERSION = "v1";
    /** A public key in PEM or a signature, in base64, with what surrounds it; an RSA key of 16384 bits has 4 KiB. */
    private static final int MAX_ANSWER = 64 << 10;

    private final Path program;
    private final String name;
    private final Duration patience;

    private PluginProgram(Path program, String name, Duration patience) {
        this.program = program;
        this.name = name;
        this.patience = patience;
    }

    /**
     * Looks for it on the path; a directory that is not absolute is skipped, or a program in the working directory of whoever
     * signs would be run.
     */
    static PluginProgram find(String scheme, Map<String, String> environment, Duration patience) throws Failure {
        String name = PREFIX + scheme;
        Optional<Path> found = Arrays.stream(
                        environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory).resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
        if (found.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    "keys of kind " + scheme + " need the program " + name + ", which is not on the PATH",
                    "install Sigstore's plugin of this key service; docs/keys.md says what is built in");
        }
        return new PluginProgram(found.get(), name, patience);
    }

    String name() {
        return name;
    }

    /**
     * @param arguments as the protocol has them; no secret is among them
     * @param input what the method works on
     */
    JsonObject run(Map<String, ?> arguments, byte[] input) throws Failure {
        try {
            // Its own words for people go to standard error, which is ours.
            Process process = new ProcessBuilder(program.toString(), VERSION, JsonWriter.text(arguments))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                return answer(process, input);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw Failure.of(Kind.FAILED, "the plugin " + name + " cannot be run", "is it a program for this machine?")
                    .because(e);
        }
    }

    private JsonObject answer(Process process, byte[] input) throws Failure {
        FutureTask<Boolean> writing = new FutureTask<>(() -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
                return true;
            } catch (IOException notRead) {
                return false; // A method that needs no message leaves it.
            }
        });
        FutureTask<byte[]> reading = new FutureTask<>(() -> {
            try (InputStream out = process.getInputStream()) {
                return out.readNBytes(MAX_ANSWER + 1);
            }
        });
        start(writing, name + " in");
        start(reading, name + " out");
        long end = System.nanoTime() + patience.toNanos();
        try {
            byte[] answer = reading.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (answer.length > MAX_ANSWER) {
                throw notUnderstood("more than " + MAX_ANSWER + " bytes");
            }
            // The protocol: "must first exit before sigstore begins parsing responses"; its exit status is ignored.
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
            if (answer.length == 0) {
                throw notUnderstood("nothing (its exit code is " + process.exitValue() + ")");
            }
            return checked(answer);
        } catch (TimeoutException e) {
            throw Failure.of(
                            Kind.UNREACHABLE,
                            "the plugin " + name + " gave no answer within " + patience.toSeconds() + " s",
                            "does it reach its key service?")
                    .because(e);
        } catch (ExecutionException e) {
            throw notUnderstood("an answer that broke off").because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(Kind.FAILED, "interrupted while the plugin " + name + " was asked")
                    .because(e);
        }
    }

    private static void start(FutureTask<?> task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private JsonObject checked(byte[] answer) throws Failure {
        try {
            JsonObject json = StrictJson.parseObject(answer, "the answer", MAX_ANSWER);
            Optional<String> error = json.findString("errorMessage").filter(text -> !text.isEmpty());
            if (error.isPresent()) {
                throw Failure.of(Kind.FAILED, "the plugin " + name + " says: " + Printable.line(error.get()));
            }
            return json;
        } catch (MalformedEvidenceException e) {
            throw notUnderstood("what is no answer of Sigstore's plugin protocol " + VERSION)
                    .because(e);
        }
    }

    /** @param what it answered */
    Failure notUnderstood(String what) {
        return Failure.of(
                Kind.FAILED,
                "the plugin " + name + " answered " + what,
                "does it speak version " + VERSION + " of the protocol? The environment has its credentials, as its own"
                        + " documentation says");
    }
}
