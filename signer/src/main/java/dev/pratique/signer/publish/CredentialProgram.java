package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Asks a program {@code docker-credential-NAME} (docker/docker-credential-helpers, README, "Development"). */
final class CredentialProgram {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAX_ANSWER = 1 << 20;
    private static final int PATIENCE_SECONDS = 30;

    private final List<Path> path;

    /** @param path where programs are looked for, as in the environment variable {@code PATH} */
    CredentialProgram(String path) {
        this.path = Arrays.stream(path.split(File.pathSeparator))
                // A program in the working directory of whoever signs is not the one that was installed.
                .filter(directory -> directory.startsWith("/"))
                .map(Path::of)
                .toList();
    }

    /** What the helper has for this registry; empty where it says that it has nothing. */
    Optional<Credential> get(String name, String registry) throws Failure {
        if (!NAME.matcher(name).matches()) {
            throw Failure.of(Kind.FAILED, "the registry configuration names a credential helper that cannot exist");
        }
        String program = "docker-credential-" + name;
        Path found = path.stream()
                .map(directory -> directory.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> cannotBeRun(program));
        try {
            Process process = new ProcessBuilder(found.toString(), "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(registry.getBytes(StandardCharsets.UTF_8));
            }
            return answer(program, process);
        } catch (IOException e) {
            throw cannotBeRun(program).because(e);
        }
    }

    private static Failure cannotBeRun(String program) {
        return Failure.of(
                Kind.FAILED, "the credential helper " + program + " cannot be run", "install it, or log in without it");
    }

    private static Optional<Credential> answer(String program, Process process) throws IOException, Failure {
        FutureTask<byte[]> reading = new FutureTask<>(() -> {
            try (InputStream out = process.getInputStream()) {
                return out.readNBytes(MAX_ANSWER);
            }
        });
        Thread reader = new Thread(reading, program);
        reader.setDaemon(true);
        reader.start();
        try {
            byte[] answer = reading.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? Optional.of(parse(answer))
                    : Optional.empty();
        } catch (MalformedEvidenceException e) {
            throw Failure.of(Kind.FAILED, "the credential helper " + program + " gave an answer that cannot be read")
                    .because(e);
        } catch (TimeoutException e) {
            throw Failure.of(Kind.FAILED, "the credential helper " + program + " gives no answer")
                    .because(e);
        } catch (ExecutionException e) {
            throw new IOException("the helper's answer broke off", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Credential parse(byte[] answer) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(answer, "answer", MAX_ANSWER);
        String user = json.findString("Username").orElse("");
        String secret = json.getString("Secret");
        return user.equals("<token>")
                ? new Credential.IdentityToken(secret)
                : new Credential.UserPassword(user, secret);
    }
}
