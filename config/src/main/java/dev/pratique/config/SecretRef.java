package dev.pratique.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a secret is; never the secret. It is read when it is used, so that a rotated one counts at once. */
public sealed interface SecretRef {

    /** An environment variable. */
    record InEnvironment(String variable) implements SecretRef {
        @Override
        public String read(Map<String, String> environment) throws IOException {
            String value = environment.get(variable);
            if (value == null || value.isEmpty()) {
                throw new IOException("the variable " + variable + " is not set");
            }
            return value;
        }

        @Override
        public String toString() {
            return "{env: " + variable + "}";
        }
    }

    /**
     * A file of UTF-8 text; one line break at its end does not belong to the secret.
     *
     * @param file absolute
     */
    record InFile(Path file) implements SecretRef {
        private static final int MAX_BYTES = 64 << 10;

        @Override
        public String read(Map<String, String> environment) throws IOException {
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MAX_BYTES + 1);
            } catch (IOException e) {
                throw new IOException("the file " + file + " cannot be read", e);
            }
            if (bytes.length > MAX_BYTES) {
                throw new IOException("the file " + file + " is too large for a secret");
            }
            String value = new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\r?\\n$", "");
            if (value.isEmpty()) {
                throw new IOException("the file " + file + " is empty");
            }
            return value;
        }

        @Override
        public String toString() {
            return "{file: " + file + "}";
        }
    }

    /**
     * The secret's value, which is not to be kept, logged or shown.
     *
     * @param environment the process's
     * @throws IOException with a message for the operator, where it is not there
     */
    String read(Map<String, String> environment) throws IOException;
}
