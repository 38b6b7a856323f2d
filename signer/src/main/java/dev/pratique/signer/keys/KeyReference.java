package dev.pratique.signer.keys;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.sign.Signer;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.aws.AwsKmsKey;
import dev.pratique.signer.keys.pkcs11.TokenKeyGeneration;
import dev.pratique.signer.keys.pkcs11.TokenKeys;
import dev.pratique.signer.keys.plugin.PluginKey;
import dev.pratique.signer.keys.remote.ProvenSigner;
import dev.pratique.signer.keys.remote.RemoteKey;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Opens what {@code --key} names, wherever the key is kept. docs/keys.md has every form. */
public final class KeyReference {
    /** What may be written, for help texts. */
    public static final String FORMS =
            "private key: a PEM file, env://VARIABLE, pkcs11:token=TOKEN;object=LABEL?module-path=FILE,"
                    + " awskms://[ENDPOINT]/KEY, or NAME://KEY for the plugin sigstore-kms-NAME";

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
        String scheme = checkedScheme(reference);
        return switch (scheme) {
            case "", "env" -> {
                PrivateKeyFile.Opened opened =
                        new PrivateKeyFile(environment, new Passwords(environment, prompt)).open(reference);
                yield new Opened(opened.signer(), List.of(), opened.warning());
            }
            case "pkcs11" -> {
                TokenKeys.Opened opened = tokens().open(reference);
                yield new Opened(new ProvenSigner(opened.key()), opened.certificates(), opened.warning());
            }
            case "awskms" -> remote(AwsKmsKey.open(reference, environment, home, clock, userAgent));
            default -> remote(PluginKey.open(reference, environment, clock));
        };
    }

    /**
     * The public half of a key, or a public key as it stands in a file. A token shows it without a PIN, where it does.
     *
     * @param reference as of {@link #open}; a file has a public key in it
     */
    public VerificationKey publicKey(String reference) throws Failure {
        return switch (checkedScheme(reference)) {
            case "", "env" -> new PublicKeyFile(environment).read(reference);
            case "pkcs11" -> tokens().publicKey(reference);
            case "awskms" ->
                AwsKmsKey.open(reference, environment, home, clock, userAgent).publicKey();
            default -> PluginKey.open(reference, environment, clock).publicKey();
        };
    }

    /**
     * The public half of a private key.
     *
     * @param warn told what the key's owner should know
     */
    public VerificationKey publicHalf(String reference, Consumer<String> warn) throws Failure {
        String scheme = scheme(reference);
        if (!scheme.isEmpty() && !scheme.equals("env")) {
            return publicKey(reference);
        }
        Opened opened = open(reference);
        opened.warning().ifPresent(warn);
        try {
            return VerificationKey.parseSpki(opened.signer().publicKey());
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the public key cannot be read: " + e.getMessage(),
                            "use a key of a kind that docs/keys.md names")
                    .because(e);
        }
    }

    /**
     * Makes a key on a token.
     *
     * @param reference {@code pkcs11:...} with the label of the new key
     */
    public TokenKeyGeneration.Made generate(String reference, KeyType type, SecureRandom random) throws Failure {
        if (!scheme(reference).equals("pkcs11")) {
            throw Failure.of(
                    Kind.USAGE,
                    "keys are made as files and on PKCS#11 tokens",
                    "a key service makes its own: see docs/keys.md");
        }
        Optional<String> curve = Optional.of(type.curveId()).filter(id -> !id.isEmpty());
        return tokens().generation(reference).make(curve, type.bits(), clock.instant(), random);
    }

    /** Tokens that {@code pkcs11:} URIs name. */
    public TokenKeys tokens() {
        return new TokenKeys(environment, prompt::ask);
    }

    private static Opened remote(RemoteKey key) {
        return new Opened(new ProvenSigner(key), List.of(), Optional.empty());
    }

    private static String checkedScheme(String reference) throws Failure {
        String scheme = scheme(reference);
        // CLI-06: a job that writes --key "$CI_KEY" for env://CI_KEY gives the key; its log shall not have it.
        if (scheme.isEmpty() || KeyText.hasPem(reference)) {
            KeyText.requireName(reference, "--key", "--key env://VARIABLE, or the name of a file");
        }
        return scheme;
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
