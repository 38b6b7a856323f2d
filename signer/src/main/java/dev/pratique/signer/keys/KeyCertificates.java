package dev.pratique.signer.keys;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The certificates that {@code --certificate} and {@code --certificate-chain} put beside a key. */
public final class KeyCertificates {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_CERTIFICATES = 10;

    private KeyCertificates() {}

    /**
     * Reads them and looks whether they belong to the key and to each other. Whether somebody trusts them is for verifiers.
     *
     * @param leaf PEM; what follows the key's own certificate in it is its chain
     * @param chain PEM of those who issued it, each the one before it
     * @param publicKey DER of the key's SubjectPublicKeyInfo
     * @return DER, the key's own first
     */
    public static List<byte[]> read(Path leaf, Optional<Path> chain, byte[] publicKey) throws Failure {
        List<Certificate> certificates = new ArrayList<>(parse(leaf));
        if (chain.isPresent()) {
            certificates.addAll(parse(chain.get()));
        }
        if (!Arrays.equals(certificates.get(0).spki(), publicKey)) {
            boolean another =
                    certificates.stream().anyMatch(certificate -> Arrays.equals(certificate.spki(), publicKey));
            throw Failure.of(
                    Kind.FAILED,
                    another
                            ? "the first certificate in " + leaf + " is not the key's"
                            : "the certificate in " + leaf + " is another key's",
                    another
                            ? "put the key's own certificate first"
                            : "it must hold the public half of the key of --key");
        }
        // RFC 8446 section 4.4.2, as every chain: "Each following certificate SHOULD directly certify the one
        // immediately preceding it."
        for (int i = 1; i < certificates.size(); i++) {
            if (!certificates.get(i - 1).isIssuedBy(certificates.get(i))) {
                throw Failure.of(
                        Kind.FAILED,
                        "the chain is in disorder: certificate " + (i + 1) + " did not issue certificate " + i,
                        "the key's own first, then who issued it, and so on");
            }
        }
        return certificates.stream().map(Certificate::der).toList();
    }

    private static List<Certificate> parse(Path file) throws Failure {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw Failure.of(
                        Kind.FAILED,
                        file + " is too large for a file of certificates",
                        "it is PEM, with the key's certificate or the chain above it alone");
            }
            return Certificate.parsePem(new String(bytes, StandardCharsets.US_ASCII), MAX_CERTIFICATES);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            file + " has no certificate that can be used: " + e.getMessage(),
                            "it is PEM: -----BEGIN CERTIFICATE-----")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the certificates in " + file + " cannot be read",
                            "see who may read it: ls -l " + file)
                    .because(e);
        }
    }
}
