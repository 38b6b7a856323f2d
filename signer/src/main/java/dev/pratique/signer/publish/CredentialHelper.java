package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Asks a program {@code docker-credential-NAME} (docker/docker-credential-helpers, README, "Development"). */
final class CredentialHelper {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAX_ANSWER = 1 << 20;
    private static final int PATIENCE_SECONDS = 30;

    private CredentialHelper() {}

    /** What the helper has for this registry; empty where it says that it has nothing. */
    static Optional<Credential> get(String name, String registry) throws Failure {
        if (!NAME.matcher(name).matches()) {
            throw Failure.of(Kind.FAILED, "the registry configuration names a credential helper that cannot exist");
        }
        String program = "docker-credential-" + name;
        try {
            Process process = new ProcessBuilder(program, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(registry.getBytes(StandardCharsets.UTF_8));
            }
            return answer(program, process);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the credential helper " + program + " cannot be run",
                            "install it, or log in without it")
                    .because(e);
        }
    }

    private static Optional<Credential> answer(String program, Process process) throws IOException, Failure {
        // A helper that hangs is ended, which also ends the reading below.
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).whenComplete((ended, late) -> {
            if (late != null) {
                process.destroyForcibly();
            }
        });
        try (InputStream out = process.getInputStream()) {
            byte[] answer = out.readNBytes(MAX_ANSWER);
            if (process.waitFor() != 0) {
                return Optional.empty();
            }
            JsonObject json = StrictJson.parseObject(answer, "answer", MAX_ANSWER);
            String user = json.findString("Username").orElse("");
            String secret = json.getString("Secret");
            return Optional.of(
                    user.equals("<token>")
                            ? new Credential.IdentityToken(secret)
                            : new Credential.UserPassword(user, secret));
        } catch (MalformedEvidenceException e) {
            throw Failure.of(Kind.FAILED, "the credential helper " + program + " gave an answer that cannot be read")
                    .because(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
