package dev.pratique.signer.publish;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.process.InstalledProgram;
import dev.pratique.signer.process.InstalledProgram.Answer;
import dev.pratique.signer.process.InstalledProgram.Question;
import dev.pratique.signer.process.InstalledProgram.Words;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Asks a program {@code docker-credential-NAME} (docker/docker-credential-helpers, README, "Development"). */
final class CredentialProgram {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MAX_ANSWER = 1 << 20;
    private static final int MAX_MESSAGE = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String path;

    /** @param path where programs are looked for, as in the environment variable {@code PATH} */
    CredentialProgram(String path) {
        this.path = path;
    }

    /** What the helper has for this registry; empty where it says that it has nothing. */
    Optional<Credential> get(String name, String registry) throws Failure {
        if (!NAME.matcher(name).matches()) {
            throw Failure.of(
                    Kind.FAILED,
                    "the registry configuration names a credential helper that cannot exist",
                    "a helper is named by letters, digits, '.', '_' and '-': mend credHelpers or credsStore there");
        }
        String program = "docker-credential-" + name;
        String called = "the credential helper " + program;
        // What it prints is the login, and a pipeline keeps what is printed.
        String tryIt = "see what it says, at a terminal and not in a pipeline, for it prints the login: echo "
                + Printable.line(registry) + " | " + program + " get";
        InstalledProgram helper = InstalledProgram.find(program, path, new Words(called, tryIt, tryIt))
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        called + " cannot be run: it is not on the PATH",
                        "install it, or log in without it"));
        byte[] asked = registry.getBytes(StandardCharsets.UTF_8);
        Answer answer = helper.ask(new Question(List.of("get"), asked, MAX_ANSWER, PATIENCE, false));
        if (answer.exit() == 0) {
            return Optional.of(credential(answer.bytes(), helper));
        }
        String message = message(answer.bytes());
        // The helpers' own words: "credentials not found in native keychain". Anything else is no answer.
        if (message.toLowerCase(Locale.ROOT).contains("credentials not found")) {
            return Optional.empty();
        }
        String why = message.isEmpty() ? "" : ": " + message;
        throw Failure.of(Kind.FAILED, called + " failed (its exit code is " + answer.exit() + ")" + why, tryIt);
    }

    /** What it says went wrong, on standard output; nothing where that could hold a login. */
    private static String message(byte[] bytes) {
        String said = new String(bytes, StandardCharsets.UTF_8).strip();
        String line = said.lines().findFirst().orElse("");
        return said.startsWith("{") || line.length() > MAX_MESSAGE ? "" : Printable.line(line);
    }

    private static Credential credential(byte[] answer, InstalledProgram helper) throws Failure {
        try {
            JsonObject json = StrictJson.parseObject(answer, "answer", MAX_ANSWER);
            String user = json.findString("Username").orElse("");
            String secret = json.getString("Secret");
            return user.equals("<token>")
                    ? new Credential.IdentityToken(secret)
                    : new Credential.UserPassword(user, secret);
        } catch (MalformedEvidenceException e) {
            throw helper.notUnderstood("with what is no login").because(e);
        }
    }
}
