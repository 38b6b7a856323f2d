package dev.pratique.signer.keys;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where passwords come from: {@code PRATIQUE_PASSWORD}, then {@code COSIGN_PASSWORD}, then a person at a terminal. */
public final class Passwords {
    private static final List<String> VARIABLES = List.of("PRATIQUE_PASSWORD", "COSIGN_PASSWORD");

    private final Map<String, String> environment;
    private final Prompt prompt;

    /** Asks a person, without an echo. */
    @FunctionalInterface
    public interface Prompt {
        /** What was typed; empty where there is no terminal to ask at. */
        Optional<char[]> ask(String question);
    }

    public Passwords(Map<String, String> environment, Prompt prompt) {
        this.environment = Map.copyOf(environment);
        this.prompt = prompt;
    }

    /**
     * A password and where it is from.
     *
     * @param variable the environment variable's name; empty where it was typed
     */
    public record Given(Password password, Optional<String> variable) implements AutoCloseable {
        @Override
        public void close() {
            password.close();
        }
    }

    /** The password of a key that exists. */
    public Given forKey(String name) throws Failure {
        Optional<Given> set = fromEnvironment();
        return set.isPresent() ? set.get() : new Given(typed("Password for " + name + ": "), Optional.empty());
    }

    /** A password for a new key, typed twice. An empty one is taken from the environment only. */
    public Given forNewKey() throws Failure {
        Optional<Given> set = fromEnvironment();
        if (set.isPresent()) {
            return set.get();
        }
        Password first = typed("Password for the new private key: ");
        try (Password second = typed("The same again: ")) {
            if (!first.isSameAs(second)) {
                throw Failure.of(
                        Kind.FAILED, "the two passwords are not the same", "run it again and type the same twice");
            }
        }
        if (first.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    "an empty password protects nothing",
                    "type one, or set PRATIQUE_PASSWORD to nothing to say that this is meant");
        }
        return new Given(first, Optional.empty());
    }

    private Optional<Given> fromEnvironment() {
        for (String variable : VARIABLES) {
            String value = environment.get(variable);
            if (value != null) {
                return Optional.of(new Given(Password.of(value.toCharArray()), Optional.of(variable)));
            }
        }
        return Optional.empty();
    }

    private Password typed(String question) throws Failure {
        Optional<char[]> answer = prompt.ask(question);
        if (answer.isEmpty()) {
            throw Failure.of(
                    Kind.FAILED,
                    "a password is needed and there is no terminal to ask at",
                    "set PRATIQUE_PASSWORD (or COSIGN_PASSWORD) in the environment");
        }
        return Password.of(answer.get());
    }
}
