package dev.pratique.signer.process;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A program on the PATH that is run for each question: standard input in, standard output out, both to their ends. */
public final class InstalledProgram {
    private static final Set<String> OURS = Set.of("COSIGN_PASSWORD", "COSIGN_PKCS11_PIN", "SIGSTORE_ID_TOKEN");

    private final Path file;
    private final Words words;

    /**
     * How failures speak of a program.
     *
     * @param called as {@code the plugin sigstore-kms-NAME}
     * @param silent what to do where it gives no answer
     * @param wrong what to do where its answer is none
     */
    public record Words(String called, String silent, String wrong) {}

    /**
     * @param arguments everybody on the machine can read them
     * @param maxAnswer bytes that are read at most
     * @param patience until its answer is there and it has ended
     * @param heard whether what it says on standard error goes to ours
     */
    public record Question(List<String> arguments, byte[] input, int maxAnswer, Duration patience, boolean heard) {}

    /** @param exit its exit code */
    public record Answer(int exit, byte[] bytes) {}

    private InstalledProgram(Path file, Words words) {
        this.file = file;
        this.words = words;
    }

    /**
     * Looks for it; a directory that is not absolute is skipped, or a program in the working directory of whoever signs would
     * be run.
     *
     * @param path as in the environment variable {@code PATH}
     */
    public static Optional<InstalledProgram> find(String name, String path, Words words) {
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory).resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst()
                .map(file -> new InstalledProgram(file, words));
    }

    /** Runs it, in our environment without our secrets. Whatever it has started is ended with it. */
    public Answer ask(Question question) throws Failure {
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(question.arguments());
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectError(
                            question.heard() ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().removeIf(InstalledProgram::isOurs);
            Process process = builder.start();
            try {
                return answer(process, question);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw Failure.of(Kind.FAILED, words.called() + " cannot be run", "is it a program for this machine?")
                    .because(e);
        }
    }

    /** CLI-06: passwords, PINs and tokens that only this program has a use for; the others may be those that it needs. */
    private static boolean isOurs(String variable) {
        return variable.startsWith("PRATIQUE_") || OURS.contains(variable);
    }

    private Answer answer(Process process, Question question) throws Failure {
        FutureTask<Boolean> writing = new FutureTask<>(() -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(question.input());
                return true;
            } catch (IOException notRead) {
                return false; // One that needs no input leaves it.
            }
        });
        FutureTask<byte[]> reading = new FutureTask<>(() -> {
            try (InputStream out = process.getInputStream()) {
                return out.readNBytes(question.maxAnswer() + 1);
            }
        });
        start(writing, file.getFileName() + " in");
        start(reading, file.getFileName() + " out");
        long end = System.nanoTime() + question.patience().toNanos();
        try {
            byte[] answer = reading.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (answer.length > question.maxAnswer()) {
                throw notUnderstood("more than " + question.maxAnswer() + " bytes");
            }
            if (!process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException();
            }
            return new Answer(process.exitValue(), answer);
        } catch (TimeoutException e) {
            String seconds = question.patience().toSeconds() + " s";
            throw Failure.of(Kind.UNREACHABLE, words.called() + " gave no answer within " + seconds, words.silent())
                    .because(e);
        } catch (ExecutionException e) {
            throw notUnderstood("an answer that broke off").because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(
                            Kind.FAILED,
                            "interrupted while " + words.called() + " was asked",
                            "run it again; what was stored before stays")
                    .because(e);
        }
    }

    private static void start(FutureTask<?> task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** @param what it answered */
    public Failure notUnderstood(String what) {
        return Failure.of(Kind.FAILED, words.called() + " answered " + what, words.wrong());
    }
}
