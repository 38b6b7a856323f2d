package dev.pratique.signer.cli;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A private authority for certificates, and a log that promises to show one. */
final class TestAuthority {
    static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

    private static final Duration YEAR = Duration.ofDays(365);
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Name name;
    private final KeyPair pair;
    private final X509CertificateHolder certificate;

    private TestAuthority(String name, Optional<TestAuthority> above) throws Exception {
        this.name = new X500Name("CN=" + name);
        this.pair = pair();
        X500Name issuer = above.map(one -> one.name).orElse(this.name);
        var builder = builder(issuer, this.name, pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        this.certificate = builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                .build(above.orElse(this).pair.getPrivate()));
    }

    static TestAuthority root(String name) throws Exception {
        return new TestAuthority(name, Optional.empty());
    }

    TestAuthority below(String other) throws Exception {
        return new TestAuthority(other, Optional.of(this));
    }

    static KeyPair pair() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    static byte[] sign(KeyPair pair, byte[] message) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(message);
        return signature.sign();
    }

    /** A certificate to sign with, for a year around {@link #NOW}. */
    X509CertificateHolder issue(PublicKey key, String email) throws Exception {
        return builder(name, new X500Name("CN=" + email), key)
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.rfc822Name, email)))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    }

    private static JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(NOW.minus(YEAR)),
                Date.from(NOW.plus(YEAR)),
                subject,
                key);
    }

    String pem() throws IOException {
        return pem(certificate);
    }

    static String pem(X509CertificateHolder certificate) throws IOException {
        return TestKeys.pem("CERTIFICATE", certificate.getEncoded());
    }

    /** What a log answers that is given this certificate (RFC 6962 section 4.1). */
    static String promise(KeyPair log, X509CertificateHolder certificate) throws Exception {
        byte[] der = certificate.getEncoded();
        ByteArrayOutputStream signed = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(signed);
        out.writeShort(0);
        out.writeLong(NOW.toEpochMilli());
        out.writeShort(0);
        out.writeByte(der.length >>> 16);
        out.writeShort(der.length);
        out.write(der);
        out.writeShort(0);
        byte[] signature = sign(log, signed.toByteArray());
        ByteArrayOutputStream digitally = new ByteArrayOutputStream();
        new DataOutputStream(digitally).writeInt(0x04030000 | signature.length);
        digitally.write(signature);
        return "{\"sct_version\":0,\"id\":\"" + base64(id(log)) + "\",\"timestamp\":" + NOW.toEpochMilli()
                + ",\"extensions\":\"\",\"signature\":\"" + base64(digitally.toByteArray()) + "\"}";
    }

    /** A trusted_root.json with this log of certificates and nothing else. */
    static String trustedRoot(KeyPair log) throws Exception {
        return """
                {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": [],
                 "certificateAuthorities": [], "timestampAuthorities": [],
                 "ctlogs": [{"baseUrl": "https://ct.example", "hashAlgorithm": "SHA2_256",
                   "publicKey": {"rawBytes": "%s", "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                     "validFor": {"start": "2020-01-01T00:00:00Z"}},
                   "logId": {"keyId": "%s"}}]}
                """.formatted(base64(log.getPublic().getEncoded()), base64(id(log)));
    }

    private static byte[] id(KeyPair log) throws Exception {
        return java.security.MessageDigest.getInstance("SHA-256")
                .digest(log.getPublic().getEncoded());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
