package dev.pratique.signer.keys.pkcs11;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Where a token's PIN comes from: {@code pin-source}, the environment, a person; never an argument. */
final class TokenPin {
    private static final List<String> VARIABLES = List.of("PRATIQUE_PIN", "COSIGN_PKCS11_PIN");
    private static final int MAX_BYTES = 255;

    private final Map<String, String> environment;
    private final Function<String, Optional<char[]>> ask;

    TokenPin(Map<String, String> environment, Function<String, Optional<char[]>> ask) {
        this.environment = environment;
        this.ask = ask;
    }

    /** A PIN in UTF-8, overwritten when closed. */
    record Given(byte[] utf8) implements AutoCloseable {
        @Override
        public void close() {
            Arrays.fill(utf8, (byte) 0);
        }

        @Override
        public String toString() {
            return "(a PIN)";
        }
    }

    /** @throws Failure where there is none */
    Given of(Pkcs11Uri uri, TokenInfo token) throws Failure {
        if (token.locked()) {
            throw ReturnValue.locked();
        }
        Optional<Given> written = written(uri);
        if (written.isPresent() && token.onLastTry()) {
            written.get().close();
            throw Failure.of(
                    Kind.NOT_AUTHORISED,
                    "the token " + token.name()
                            + " locks after one more wrong PIN, and what is written down is not tried" + " then",
                    "log in once with the token's own tool, or type the PIN: without pin-source, PRATIQUE_PIN and"
                            + " COSIGN_PKCS11_PIN");
        }
        if (written.isPresent()) {
            return written.get();
        }
        return typed(token)
                .orElseThrow(() -> Failure.of(
                        Kind.FAILED,
                        "the token " + token.name() + " wants its PIN and there is no terminal to ask at",
                        "say pin-source=FILE in the URI, or set PRATIQUE_PIN (or COSIGN_PKCS11_PIN)"));
    }

    /** The same where one can do without: empty where nobody says a PIN. */
    Optional<Given> ifAny(Pkcs11Uri uri, TokenInfo token) throws Failure {
        boolean risky = token.locked() || token.onLastTry();
        return risky ? Optional.empty() : written(uri);
    }

    private Optional<Given> written(Pkcs11Uri uri) throws Failure {
        if (uri.pinSource().isPresent()) {
            return Optional.of(read(uri.pinSource().get()));
        }
        return VARIABLES.stream()
                .map(environment::get)
                .filter(value -> value != null && !value.isEmpty())
                .findFirst()
                .map(value -> new Given(value.getBytes(StandardCharsets.UTF_8)));
    }

    private Optional<Given> typed(TokenInfo token) {
        String last = token.onLastTry() ? " (the last try: a wrong one locks it)" : "";
        return ask.apply("PIN of the token " + token.name() + last + ": ").map(typed -> {
            var encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
            byte[] utf8 = new byte[encoded.remaining()];
            encoded.get(utf8).clear();
            encoded.put(new byte[encoded.capacity()]);
            Arrays.fill(typed, '\0');
            return new Given(utf8);
        });
    }

    private static Given read(String source) throws Failure {
        // RFC 7512 section 2.4 allows a command behind '|'; a reference to a key runs none here.
        String path = source.startsWith("file://") ? source.substring(7) : source.replaceFirst("^file:", "");
        if (path.startsWith("|") || path.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE, "the pin-source of the PKCS#11 URI is no file", "as in: pin-source=/run/secrets/pin");
        }
        // It may be the PIN itself, so it is not repeated until there is such a file.
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 3);
            int end = 0;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                end++;
            }
            byte[] pin = Arrays.copyOf(bytes, end);
            Arrays.fill(bytes, (byte) 0);
            if (end == 0 || end > MAX_BYTES) {
                throw Failure.of(
                        Kind.FAILED,
                        "the first line of the file " + Printable.line(path) + " is no PIN",
                        "write the PIN as the first line of the file, and nothing before it");
            }
            return new Given(pin);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the PIN cannot be read from the file that pin-source names",
                            "is it there, and may this user read it? pin-source=FILE, and not the PIN")
                    .because(e);
        }
    }
}
