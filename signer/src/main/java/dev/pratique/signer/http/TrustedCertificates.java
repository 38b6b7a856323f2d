package dev.pratique.signer.http;

import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS that trusts some certificate authorities beside the system's, as cosign and containerd do. */
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /** @param pem one or more certificates */
    public static SSLContext from(Path pem) throws Failure {
        return of(read(pem));
    }

    /** The certificates of a PEM file; at least one. */
    static Collection<? extends Certificate> read(Path pem) throws Failure {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw Failure.of(
                        Kind.FAILED,
                        pem + " has no certificate in it",
                        "it is PEM, and begins with -----BEGIN CERTIFICATE-----");
            }
            return found;
        } catch (IOException | GeneralSecurityException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the certificates in " + pem + " cannot be read",
                            "they are PEM, and this user must be allowed to read them: ls -l " + pem)
                    .because(e);
        }
    }

    /** @param authorities at least one */
    public static SSLContext of(Collection<? extends Certificate> authorities) throws Failure {
        return context(authorities, null);
    }

    /**
     * @param authorities beside the system's
     * @param shown what the client shows of itself; null for nothing
     */
    static SSLContext context(Collection<? extends Certificate> authorities, KeyManager @Nullable [] shown)
            throws Failure {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : authorities) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            for (TrustManager manager : trust.getTrustManagers()) {
                if (manager instanceof X509TrustManager system) {
                    for (Certificate authority : system.getAcceptedIssuers()) {
                        store.setCertificateEntry("system-" + number++, authority);
                    }
                }
            }
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "this Java runtime cannot trust the given certificates",
                            "use a whole JDK or JRE of Java 17 or newer, with the security providers that come with it")
                    .because(e);
        }
    }
}
