package dev.pratique.proxy.upstream;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A private authority, and servers with certificates of it. */
public final class TestCertificates {
    private final KeyPair authorityKeys = keys();
    private final X509Certificate authority;

    /** A new authority. */
    public TestCertificates() throws Exception {
        authority = certificate("CN=Test CA", authorityKeys, "CN=Test CA", authorityKeys.getPrivate(), null, 365);
    }

    public X509Certificate authority() {
        return authority;
    }

    /** A key with its certificate. */
    public record Issued(PrivateKey key, X509Certificate certificate) {}

    /**
     * A certificate of the authority, with these names and no other.
     *
     * @param daysLeft below zero for one that has expired
     */
    public Issued issue(String subject, int daysLeft, GeneralName... names) throws Exception {
        KeyPair keys = keys();
        return new Issued(
                keys.getPrivate(),
                certificate(
                        subject,
                        keys,
                        "CN=Test CA",
                        authorityKeys.getPrivate(),
                        daysLeft,
                        names.length == 0 ? null : new GeneralNames(names),
                        false));
    }

    /** What a client needs that trusts the authority and shows this certificate; null for none. */
    public SSLContext client(Issued shown) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManager[] shows = shown == null ? null : new KeyManager[] {new Shows(shown)};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shows, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows one certificate, whomever the server asks for. */
    private static final class Shows extends X509ExtendedKeyManager {
        private final Issued issued;

        Shows(Issued issued) {
            this.issued = issued;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "one";
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return "one";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {issued.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return issued.key();
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }
    }

    /** @param daysLeft below zero for one that has expired */
    public SSLContext server(String host, int daysLeft) throws Exception {
        KeyPair keys = keys();
        return context(
                keys.getPrivate(),
                certificate("CN=" + host, keys, "CN=Test CA", authorityKeys.getPrivate(), host, daysLeft),
                authority);
    }

    static SSLContext selfSigned(String host) throws Exception {
        KeyPair keys = keys();
        return context(keys.getPrivate(), certificate("CN=" + host, keys, "CN=" + host, keys.getPrivate(), host, 30));
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            String subject, KeyPair keys, String issuer, PrivateKey issuerKey, String host, int daysLeft)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        GeneralNames names = host == null ? null : new GeneralNames(new GeneralName(GeneralName.dNSName, host));
        return certificate(subject, keys, issuer, issuerKey, daysLeft, names, host == null);
    }

    private static X509Certificate certificate(
            String subject,
            KeyPair keys,
            String issuer,
            PrivateKey issuerKey,
            int daysLeft,
            GeneralNames names,
            boolean authority)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        Instant end = Instant.now().plus(Duration.ofDays(daysLeft));
        Instant start = Instant.now().minus(Duration.ofDays(60));
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(System.nanoTime()),
                Date.from(start),
                Date.from(end),
                new X500Name(subject),
                keys.getPublic());
        if (authority) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        }
        if (names != null) {
            builder.addExtension(Extension.subjectAlternativeName, false, names);
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
    }

    private static SSLContext context(PrivateKey key, X509Certificate... chain)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", key, new char[0], chain);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
