package dev.pratique.signer.keys;

import dev.pratique.attestations.sign.Signer;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Opens what {@code --key} names, wherever the key is kept. docs/keys.md has every form. */
public final class KeyReference {
    /** RFC 3986 section 3.1, with two letters or more: one letter is a drive. */
    private static final Pattern SCHEME = Pattern.compile("([a-z][a-z0-9+.-]+)://.*|(pkcs11):.*", Pattern.DOTALL);

    private final Map<String, String> environment;
    private final Path home;
    private final Passwords.Prompt prompt;
    private final InstantSource clock;
    private final String userAgent;

    /**
     * @param environment variables: passwords, PINs, credentials of key services
     * @param home the user's directory
     * @param prompt asks a person for a password or a PIN
     */
    public KeyReference(
            Map<String, String> environment,
            Path home,
            Passwords.Prompt prompt,
            InstantSource clock,
            String userAgent) {
        this.environment = Map.copyOf(environment);
        this.home = home;
        this.prompt = prompt;
        this.clock = clock;
        this.userAgent = userAgent;
    }

    /**
     * A key that can sign.
     *
     * @param signer proves every signature before it gives it out
     * @param certificates DER of those that lie beside the key, the key's own first; empty where there are none
     * @param warning what the key's owner should know, one line
     */
    public record Opened(Signer signer, List<byte[]> certificates, Optional<String> warning) {
        public Opened {
            certificates = List.copyOf(certificates);
        }
    }

    /**
     * Opens the key. A token or a key service is asked for the public key at once, so that what cannot be reached or used
     * fails before anything is signed.
     *
     * @param reference a path, {@code env://NAME}, {@code pkcs11:...}, {@code awskms://...}, or {@code NAME://...} for the
     *     program {@code sigstore-kms-NAME}
     */
    public Opened open(String reference) throws Failure {
        String scheme = scheme(reference);
        return switch (scheme) {
            case "", "env" -> {
                PrivateKeyFile.Opened opened =
                        new PrivateKeyFile(environment, new Passwords(environment, prompt)).open(reference);
                yield new Opened(opened.signer(), List.of(), opened.warning());
            }
            default ->
                throw Failure.of(
                        Kind.USAGE, "keys of kind " + scheme + " are not supported by this version", "use a key file");
        };
    }

    /** The part that says where a key is kept; empty for a file. */
    static String scheme(String reference) {
        var match = SCHEME.matcher(reference);
        if (!match.matches()) {
            return "";
        }
        return match.group(1) == null ? match.group(2) : match.group(1);
    }
}
