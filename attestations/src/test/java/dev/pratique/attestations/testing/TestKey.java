package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.VerificationKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A key pair made for the tests, signing with the JDK: another implementation of the signing side than the program's. */
public final class TestKey {
    public static final TestKey A = p256();
    public static final TestKey B = p256();
    public static final TestKey C = p256();
    public static final TestKey RSA = rsa(2048);
    public static final TestKey P384 = new TestKey(pair("EC", 384), "SHA384withECDSA");
    public static final TestKey P521 = new TestKey(pair("EC", 521), "SHA512withECDSA");
    public static final TestKey ED25519 = new TestKey(pair("Ed25519", 255), "Ed25519");

    private final KeyPair pair;
    private final String algorithm;
    private VerificationKey trusted;

    private TestKey(KeyPair pair, String algorithm) {
        this.pair = pair;
        this.algorithm = algorithm;
    }

    public static TestKey p256() {
        return new TestKey(pair("EC", 256), "SHA256withECDSA");
    }

    public static TestKey rsa(int bits) {
        return new TestKey(pair("RSA", bits), "SHA256withRSA");
    }

    public static KeyPair pair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Another key of this kind. */
    public TestKey another() {
        return switch (trusted().type()) {
            case ECDSA_P256 -> p256();
            case ECDSA_P384 -> new TestKey(pair("EC", 384), algorithm);
            case ECDSA_P521 -> new TestKey(pair("EC", 521), algorithm);
            case RSA -> rsa(2048);
            case ED25519 -> new TestKey(pair("Ed25519", 255), algorithm);
        };
    }

    /** The same key, signing in another way of the JDK's. */
    public TestKey signingWith(String other) {
        return new TestKey(pair, other);
    }

    /** The same key, signing as RSASSA-PSS with a salt of this length. */
    public byte[] signPss(String hash, int salt, byte[] message) {
        try {
            Signature signer = Signature.getInstance("RSASSA-PSS");
            signer.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
            signer.initSign(pair.getPrivate());
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The same key, signing as Ed25519ph. */
    public byte[] signPrehashed(byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.setParameter(new EdDSAParameterSpec(true));
            signer.initSign(pair.getPrivate());
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    public byte[] sign(byte[] message) {
        return sign(algorithm, pair.getPrivate(), message);
    }

    public static byte[] sign(String algorithm, PrivateKey key, byte[] message) {
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** How it signs, by the JDK's name. */
    public String algorithm() {
        return algorithm;
    }

    public byte[] spki() {
        return pair.getPublic().getEncoded();
    }

    /** A certificate for the key that nobody but the key itself vouches for. */
    public byte[] certificate() {
        try {
            X500Name name = new X500Name("CN=whoever");
            Date start = Date.from(Shelf.NOW.minus(Duration.ofDays(1)));
            Date end = Date.from(Shelf.NOW.plus(Duration.ofDays(1)));
            return new JcaX509v3CertificateBuilder(name, BigInteger.ONE, start, end, name, pair.getPublic())
                    .build(new JcaContentSignerBuilder(algorithm).build(pair.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }

    public VerificationKey trusted() {
        try {
            trusted = trusted == null ? VerificationKey.parseSpki(spki()) : trusted;
            return trusted;
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }
}
