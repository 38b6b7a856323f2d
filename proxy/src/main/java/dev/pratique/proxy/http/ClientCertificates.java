package dev.pratique.proxy.http;

import dev.pratique.config.ClientNames;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Judges clients' certificates against the authorities of one listener, by the rules of RFC 5280 as the Java runtime has
 * them: chain, validity, constraints, strength, use for client authentication. No revocation is looked up: nobody may be
 * waited for here, so certificates of clients should be short-lived. Thread safe.
 */
final class ClientCertificates {
    /**
     * A client's own certificate and its issuers'; real chains have two or three. The runtime looks for a path through them
     * in every order, which takes seconds where a stranger sends two hundred that vouch for each other.
     */
    private static final int MAX_CHAIN = 5;

    private final Set<TrustAnchor> anchors;

    ClientCertificates(List<X509Certificate> authorities) {
        this.anchors =
                authorities.stream().map(one -> new TrustAnchor(one, null)).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * What a chain came to.
     *
     * @param wrong why it proves nothing, one clause; empty where it does
     * @param until when the judgement ends
     */
    record Judged(ClientNames names, String wrong, Instant until) {
        static Judged nothing(String why) {
            return new Judged(ClientNames.NONE, why, Instant.MAX);
        }
    }

    /** @param chain as the client sent it, its own first; the handshake has proved that it has the key */
    Judged judge(Certificate[] chain, Instant now) {
        if (chain.length > MAX_CHAIN) {
            return Judged.nothing("the client sent more certificates than a chain has");
        }
        X509Certificate[] certificates = new X509Certificate[chain.length];
        for (int i = 0; i < chain.length; i++) {
            if (!(chain[i] instanceof X509Certificate one)) {
                return Judged.nothing("the client's certificate is not an X.509 certificate");
            }
            certificates[i] = one;
        }
        X509Certificate own = certificates[0];
        if (own.getNotAfter().toInstant().isBefore(now)) {
            return Judged.nothing("the client's certificate has expired");
        }
        try {
            verifier(now).checkClientTrusted(certificates, own.getPublicKey().getAlgorithm());
            return new Judged(ClientNames.of(own), "", own.getNotAfter().toInstant());
        } catch (CertificateParsingException e) {
            return Judged.nothing("the names in the client's certificate cannot be read");
        } catch (CertificateException e) {
            return Judged.nothing("the client's certificate is not one that is trusted here");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot verify certificates", e);
        }
    }

    private X509TrustManager verifier(Instant now) throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager verifier) {
                return verifier;
            }
        }
        throw new GeneralSecurityException("no verifier of X.509 chains");
    }
}
