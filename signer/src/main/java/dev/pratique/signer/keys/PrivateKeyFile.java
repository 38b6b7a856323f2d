package dev.pratique.signer.keys;

import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Opens a key that is at hand: a PEM file, or {@code env://NAME} for PEM in an environment variable. Understands PKCS#8
 * plain and encrypted (PBES2), SEC 1, PKCS#1, and cosign's own encrypted format.
 */
final class PrivateKeyFile {
    /** A 8192 bit RSA key is 7 KiB. */
    static final int MAX_BYTES = 64 << 10;

    private final Map<String, String> environment;
    private final Passwords passwords;

    PrivateKeyFile(Map<String, String> environment, Passwords passwords) {
        this.environment = Map.copyOf(environment);
        this.passwords = passwords;
    }

    /**
     * A key that can sign.
     *
     * @param warning what its owner should know, one line
     */
    record Opened(KeySigner signer, Optional<String> warning) {}

    /** @param reference a path, or {@code env://NAME} */
    Opened open(String reference) throws Failure {
        if (KeyText.isInVariable(reference)) {
            return new Opened(signer(KeyText.ofVariable(reference, environment), reference), Optional.empty());
        }
        Path file = Path.of(reference);
        return new Opened(signer(read(file), reference), warning(file));
    }

    private static String read(Path file) throws Failure {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw Failure.of(
                        Kind.FAILED,
                        file + " is too large for a key file",
                        "is it the file that was meant? A key file is one PEM block");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw Failure.of(Kind.FAILED, "there is no key file " + file, "make one: pratique keys generate")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the key file " + file + " cannot be read",
                            "see who may read it: ls -l " + file)
                    .because(e);
        }
    }

    private KeySigner signer(String pem, String name) throws Failure {
        try {
            return read(pem, name);
        } catch (SigningException e) {
            throw Failure.of(
                            Kind.FAILED,
                            e.getMessage() == null ? "this key cannot sign" : e.getMessage(),
                            "use a key of a kind that docs/keys.md names; pratique keys generate makes one")
                    .because(e);
        }
    }

    private KeySigner read(String pem, String name) throws Failure, SigningException {
        for (Pem.Block block : Pem.read(pem)) {
            if (block.headers()) {
                throw Pbes2.oldEncryption();
            }
            Optional<KeySigner> key = read(block, name);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw Failure.of(Kind.FAILED, name + " has no private key in it", "make one: pratique keys generate");
    }

    /** Empty for what tools write beside a key: curve parameters, certificates. */
    private Optional<KeySigner> read(Pem.Block block, String name) throws Failure, SigningException {
        return switch (block.label()) {
            case "PRIVATE KEY" -> Optional.of(PrivateKeyDer.fromPkcs8(block.content()));
            case "EC PRIVATE KEY" -> Optional.of(PrivateKeyDer.fromSec1(block.content()));
            case "RSA PRIVATE KEY" -> Optional.of(PrivateKeyDer.fromPkcs1(block.content()));
            case "ENCRYPTED PRIVATE KEY" -> {
                try (Passwords.Given given = passwords.forKey(name)) {
                    yield Optional.of(decrypted(Pbes2.decrypt(block.content(), given.password())));
                }
            }
            case "ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY" -> {
                try (Passwords.Given given = passwords.forKey(name)) {
                    yield Optional.of(PrivateKeyDer.fromPkcs8(CosignKey.decrypt(block.content(), given.password())));
                }
            }
            case "PUBLIC KEY" ->
                throw Failure.of(
                        Kind.FAILED, name + " is a public key", "sign with the private key that belongs to it");
            default -> Optional.empty();
        };
    }

    // CBC has no check of its own: one wrong password in 256 leaves bytes that are no key.
    private static KeySigner decrypted(byte[] pkcs8) throws Failure, SigningException {
        if (!PrivateKeyDer.isWhole(pkcs8)) {
            throw Pbes2.wrongPassword();
        }
        return PrivateKeyDer.fromPkcs8(pkcs8);
    }

    private static Optional<String> warning(Path file) {
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            boolean others =
                    mode.contains(PosixFilePermission.GROUP_READ) || mode.contains(PosixFilePermission.OTHERS_READ);
            return others
                    ? Optional.of("others can read the private key " + file + " (" + PosixFilePermissions.toString(mode)
                            + "); run: chmod 600 " + file)
                    : Optional.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty(); // a file system without such permissions
        }
    }
}
