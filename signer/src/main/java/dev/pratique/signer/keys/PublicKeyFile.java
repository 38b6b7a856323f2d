package dev.pratique.signer.keys;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Reads the public key that signatures are verified with. */
final class PublicKeyFile {
    /** An RSA key of 16384 bits is 2.8 KiB of PEM. */
    private static final int MAX_BYTES = 64 << 10;

    private final Map<String, String> environment;

    PublicKeyFile(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** @param reference a path, or {@code env://NAME} */
    VerificationKey read(String reference) throws Failure {
        String pem =
                KeyText.isInVariable(reference) ? KeyText.ofVariable(reference, environment) : read(Path.of(reference));
        if (pem.contains("PRIVATE KEY-----")) {
            throw Failure.of(
                    Kind.FAILED,
                    reference + " is a private key",
                    "verify with its public half: pratique keys public --key " + reference);
        }
        try {
            return VerificationKey.parsePem(pem);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            reference + " is no public key to verify with: " + e.getMessage(),
                            "it begins with -----BEGIN PUBLIC KEY-----")
                    .because(e);
        }
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
            throw Failure.of(
                            Kind.FAILED,
                            "there is no key file " + file,
                            "names are taken from the directory that you are in; of a private key: pratique keys public --key FILE")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the key file " + file + " cannot be read",
                            "see who may read it: ls -l " + file)
                    .because(e);
        }
    }
}
