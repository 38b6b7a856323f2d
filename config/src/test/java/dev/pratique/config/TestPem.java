package dev.pratique.config;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A key with a certificate that it signed itself, in the forms that operators have. */
record TestPem(KeyPair keys, X509Certificate certificate) {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    static TestPem elliptic(String curve, int days, GeneralName... names) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return of(generator.generateKeyPair(), "SHA256withECDSA", days, names);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static TestPem rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return of(generator.generateKeyPair(), "SHA256withRSA", 36_500);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A key of a kind that no listener serves with. */
    static String edwards() {
        try {
            return pem(
                    "PRIVATE KEY",
                    KeyPairGenerator.getInstance("Ed25519")
                            .generateKeyPair()
                            .getPrivate()
                            .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static TestPem of(KeyPair keys, String algorithm, int days, GeneralName... names) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=proxy.example"),
                    BigInteger.ONE,
                    Date.from(START),
                    Date.from(START.plus(Duration.ofDays(days))),
                    new X500Name("CN=proxy.example"),
                    keys.getPublic());
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new TestPem(
                    keys,
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** An authority, signed by itself. */
    static TestPem authority(String name) {
        KeyPair keys = p256();
        return new TestPem(keys, issued(name, keys, name, keys, true));
    }

    /** One that this authority certifies, with a key on P-256. */
    TestPem certify(String name, boolean authority, GeneralName... names) {
        String own = certificate.getSubjectX500Principal().getName().substring("CN=".length());
        KeyPair certified = p256();
        return new TestPem(certified, issued(name, certified, own, keys, authority, names));
    }

    private static KeyPair p256() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate issued(
            String subject, KeyPair keys, String issuer, KeyPair by, boolean authority, GeneralName... names) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + issuer),
                    BigInteger.ONE,
                    Date.from(START),
                    Date.from(START.plus(Duration.ofDays(36_500))),
                    new X500Name("CN=" + subject),
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    String certificatePem() {
        return pem(certificate);
    }

    String pkcs8() {
        return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    }

    private static String pem(String label, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    /** SEC 1 or PKCS #1. */
    String traditional() {
        try {
            if (keys.getPrivate() instanceof ECPrivateKey elliptic) {
                byte[] sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(
                                256, elliptic.getS(), SECObjectIdentifiers.secp256r1)
                        .getEncoded();
                return pem("EC PRIVATE KEY", sec1);
            }
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
            return pem(
                    "RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String encrypted(String password) {
        try {
            return pem(new JcaPKCS8Generator(
                    keys.getPrivate(),
                    new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                            .setProvider(new BouncyCastleProvider())
                            .setPassword(password.toCharArray())
                            .build()));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }
}
