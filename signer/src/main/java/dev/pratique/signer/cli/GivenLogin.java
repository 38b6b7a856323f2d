package dev.pratique.signer.cli;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.publish.RegistryLogins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A login for this run alone, by options or by the environment.
 *
 * @param password where it is, never what it is: arguments are seen by everybody on a machine, and by a pipeline's log
 * @param token likewise
 */
record GivenLogin(Optional<String> user, Optional<String> password, Optional<String> token) {
    private static final String USER = "PRATIQUE_REGISTRY_USERNAME";
    private static final String PASSWORD = "PRATIQUE_REGISTRY_PASSWORD";
    private static final String TOKEN = "PRATIQUE_REGISTRY_TOKEN";

    boolean isGiven(Terminal terminal) {
        return user.isPresent()
                || token.isPresent()
                || variable(terminal, USER).isPresent()
                || variable(terminal, TOKEN).isPresent();
    }

    /** This login, or what the user has logged in with. */
    RegistryLogins orElse(Terminal terminal) throws Failure {
        Optional<String> name = user.or(() -> variable(terminal, USER));
        Optional<String> bearer = secret(token, "--registry-token", terminal).or(() -> variable(terminal, TOKEN));
        if (bearer.isPresent() && name.isEmpty()) {
            if (!RegistryLogins.isToken(bearer.get())) {
                throw Failure.of(
                        Kind.USAGE,
                        "the token that is given for the registry is none: it has a blank or another character in it that no"
                                + " token has",
                        "give the token alone, without quotes, name or \"Bearer\" before it");
            }
            return RegistryLogins.ofToken(bearer.get(), terminal.environment(), terminal.home());
        }
        if (bearer.isPresent()) {
            throw Failure.of(Kind.USAGE, "both a user and a token are given for the registry", "give one of them");
        }
        Optional<String> secret =
                secret(password, "--registry-password", terminal).or(() -> variable(terminal, PASSWORD));
        if (name.isEmpty() && secret.isEmpty()) {
            return new RegistryLogins(terminal.environment(), terminal.home());
        }
        if (name.isEmpty() || secret.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    name.isEmpty()
                            ? "a registry password is given and no user"
                            : "a registry user is given and no password",
                    name.isEmpty()
                            ? "--registry-username NAME, or " + USER
                            : "--registry-password env://VARIABLE, or " + PASSWORD);
        }
        return RegistryLogins.ofUser(name.get(), secret.get(), terminal.environment(), terminal.home());
    }

    private static Optional<String> variable(Terminal terminal, String name) {
        // What fills variables from files often leaves the file's line break at the end.
        return Optional.ofNullable(terminal.environment().get(name))
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }

    private static Optional<String> secret(Optional<String> reference, String option, Terminal terminal)
            throws Failure {
        if (reference.isEmpty()) {
            return Optional.empty();
        }
        // CLI-06: what was given may be the secret itself, behind env:// and file:// too, so it is not repeated.
        String from = reference.get();
        if (from.startsWith("env://")) {
            return Optional.of(variable(terminal, from.substring("env://".length()))
                    .orElseThrow(() -> Failure.of(
                            Kind.USAGE,
                            option + ": the variable that it names is not set",
                            "export it, or name another: " + option
                                    + " env://VARIABLE; not its value: env://$VARIABLE")));
        }
        if (from.startsWith("file://")) {
            Path file = Path.of(from.substring("file://".length()));
            try {
                return Optional.of(
                        Files.readString(file, StandardCharsets.UTF_8).strip());
            } catch (IOException e) {
                throw Failure.of(
                                Kind.FAILED,
                                option + ": the file that it names cannot be read",
                                "is it there, and may this user read it? " + option + " file://PATH")
                        .because(e);
            }
        }
        throw Failure.of(
                Kind.USAGE,
                option + " says where the secret is, not what it is: arguments can be read by everybody on a machine",
                option + " env://VARIABLE or file://PATH");
    }
}
