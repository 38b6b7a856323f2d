package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.TrustedKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;

/** A key pair made for the tests, signing with the JDK: another implementation of the signing side than the program's. */
public final class TestKey {
    public static final TestKey A = p256();
    public static final TestKey B = p256();
    public static final TestKey C = p256();
    public static final TestKey RSA = rsa(2048);

    private final KeyPair pair;
    private final String algorithm;
    private TrustedKey trusted;

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

    public byte[] spki() {
        return pair.getPublic().getEncoded();
    }

    public TrustedKey trusted() {
        try {
            trusted = trusted == null ? TrustedKey.of(spki()) : trusted;
            return trusted;
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }
}
