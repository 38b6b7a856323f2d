package dev.pratique.signer.keys;

import java.util.Locale;

/** The kinds of keys that are made here. */
public enum KeyType {
    /** ECDSA over P-256. */
    P256("EC", "secp256r1", "1.2.840.10045.3.1.7", 0),
    /** ECDSA over P-384. */
    P384("EC", "secp384r1", "1.3.132.0.34", 0),
    /** ECDSA over P-521. */
    P521("EC", "secp521r1", "1.3.132.0.35", 0),
    /** EdDSA over Curve25519. */
    ED25519("Ed25519", "", "", 0),
    RSA2048("RSA", "", "", 2048),
    RSA3072("RSA", "", "", 3072),
    RSA4096("RSA", "", "", 4096);

    private final String algorithm;
    private final String curve;
    private final String curveId;
    private final int bits;

    KeyType(String algorithm, String curve, String curveId, int bits) {
        this.algorithm = algorithm;
        this.curve = curve;
        this.curveId = curveId;
        this.bits = bits;
    }

    /** The JDK's name of the generator. */
    String algorithm() {
        return algorithm;
    }

    /** The JDK's name of the curve, or nothing. */
    String curve() {
        return curve;
    }

    /** The curve's object identifier (RFC 5480 section 2.1.1.1), or nothing. */
    String curveId() {
        return curveId;
    }

    /** Of an RSA key's modulus, or 0. */
    int bits() {
        return bits;
    }

    /** As people write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
