package dev.pratique.signer.publish;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What we show a registry. Nothing prints a secret. */
sealed interface Credential {

    /** Nothing. */
    record Anonymous() implements Credential {}

    /** A name and a password, or a token in a password's place. */
    record UserPassword(String user, String password) implements Credential {
        /** The value of an Authorization header (RFC 7617). */
        String basic() {
            byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(pair);
        }

        @Override
        public String toString() {
            return "UserPassword[" + user + "]";
        }
    }

    /** A refresh token, as {@code docker login} of some clouds leaves it. */
    record IdentityToken(String token) implements Credential {
        @Override
        public String toString() {
            return "IdentityToken";
        }
    }

    /** A token that the registry takes as it is. */
    record RegistryToken(String token) implements Credential {
        @Override
        public String toString() {
            return "RegistryToken";
        }
    }
}
