package dev.pratique.proxy.upstream;

import dev.pratique.attestations.registry.Fetched;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** TLS towards upstreams: whom we trust, and what to say when we do not (UPS-10). */
public final class UpstreamTls {
    private UpstreamTls() {}

    /**
     * Reads PEM certificates, one or more.
     *
     * @throws CertificateException where the text holds none, or something else
     */
    public static List<X509Certificate> readPem(InputStream pem) throws CertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            certificates.add((X509Certificate) certificate);
        }
        if (certificates.isEmpty()) {
            throw new CertificateException("no certificate in PEM");
        }
        return List.copyOf(certificates);
    }

    /** Host names are verified; the system's authorities and these are trusted. */
    static SslContext context(List<X509Certificate> authorities) {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .endpointIdentificationAlgorithm("HTTPS")
                    .trustManager(trust(authorities))
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java runtime cannot set up TLS", e);
        }
    }

    private static TrustManagerFactory trust(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        if (authorities.isEmpty()) {
            return factory;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager system) {
                for (X509Certificate authority : system.getAcceptedIssuers()) {
                    store.setCertificateEntry("system-" + number++, authority);
                }
            }
        }
        for (X509Certificate authority : authorities) {
            store.setCertificateEntry("private-" + number++, authority);
        }
        factory.init(store);
        return factory;
    }

    /** What a handshake that failed comes to, in one line of ours. */
    static Fetched.Unread explain(Origin origin, Throwable failure) {
        if (has(failure, SslHandshakeTimeoutException.class)) {
            return Answers.late("no TLS handshake in time with " + origin);
        }
        return Answers.unread(cause(origin, failure));
    }

    private static String cause(Origin origin, Throwable failure) {
        if (has(failure, CertificateExpiredException.class)) {
            return "the certificate of " + origin + " has expired";
        }
        if (has(failure, CertificateNotYetValidException.class)) {
            return "the certificate of " + origin + " is not valid yet";
        }
        if (has(failure, CertPathBuilderException.class)) {
            return "the certificate of " + origin
                    + " is not trusted: no known authority issued it (the upstream's ca names a private one)";
        }
        if (has(failure, CertPathValidatorException.class)) {
            return "the certificate of " + origin + " is not trusted";
        }
        if (has(failure, CertificateException.class)) {
            return "the certificate of " + origin + " is not for this host";
        }
        if (has(failure, NotSslRecordException.class)) {
            return origin + " does not speak TLS";
        }
        return failure instanceof SSLException
                ? "the TLS handshake with " + origin + " failed"
                : origin + " closed the connection during the TLS handshake";
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
