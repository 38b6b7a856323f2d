package dev.pratique.signer.http;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What a client shows of itself in TLS.
 *
 * @param chain its own certificate first
 */
public record ClientCertificate(List<Certificate> chain, PrivateKey key) {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = new char[0];

    public ClientCertificate {
        chain = List.copyOf(chain);
    }

    /** Both from PEM files; the key in PKCS#8 without a password. */
    public static ClientCertificate read(Path certificate, Path key) throws Failure {
        return new ClientCertificate(List.copyOf(TrustedCertificates.read(certificate)), key(key));
    }

    private static PrivateKey key(Path file) throws Failure {
        try {
            Matcher pem = PKCS8.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (!pem.find()) {
                throw Failure.of(
                        Kind.FAILED,
                        file + " has no private key that is read here",
                        "write it as PKCS#8 without a password: openssl pkcs8 -topk8 -nodes");
            }
            byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
            for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (InvalidKeySpecException ignored) {
                    // It is of another algorithm.
                }
            }
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the private key in " + file + " cannot be read",
                            "write it as PKCS#8 without a password: openssl pkcs8 -topk8 -nodes")
                    .because(e);
        }
        throw Failure.of(
                Kind.FAILED,
                "the private key in " + file + " is none for TLS",
                "use an RSA, EC or Ed25519 key that belongs to the certificate");
    }

    /**
     * TLS as the user wants it; empty where nothing differs from the system's.
     *
     * @param authorities to trust beside the system's, from a PEM file
     * @param otherwise those to trust where there is no such file
     */
    public static Optional<SSLContext> tls(
            Optional<ClientCertificate> shown, Optional<Path> authorities, List<X509Certificate> otherwise)
            throws Failure {
        Collection<? extends Certificate> trusted =
                authorities.isPresent() ? TrustedCertificates.read(authorities.get()) : otherwise;
        if (shown.isEmpty() && trusted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(TrustedCertificates.context(
                trusted, shown.isPresent() ? shown.get().managers() : null));
    }

    private KeyManager[] managers() throws Failure {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", key, NO_PASSWORD, chain.toArray(new Certificate[0]));
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, NO_PASSWORD);
            return managers.getKeyManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the client certificate and its key cannot be used together",
                            "they must belong together: openssl x509 -pubkey -noout and openssl pkey -pubout show the same for both")
                    .because(e);
        }
    }

    @Override
    public String toString() {
        return "ClientCertificate";
    }
}
