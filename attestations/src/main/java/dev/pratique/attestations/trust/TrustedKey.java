package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * A public key that an operator trusts: ECDSA P-256 with SHA-256, or RSA (PKCS #1 v1.5) of 2048 to 8192 bits with
 * SHA-256. Thread safe.
 */
public final class TrustedKey {
    private static final Pattern PEM =
            Pattern.compile("\\s*-----BEGIN PUBLIC KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");
    private static final int MAX_PEM = 16 << 10;
    private static final int RSA_MIN_BITS = 2048;
    private static final int RSA_MAX_BITS = 8192;

    private final PublicKey key;
    private final Type type;
    private final @Nullable P256 p256;
    private final Digest id;

    /** What can be verified, and with what. */
    public enum Type {
        ECDSA_P256("ECDSA P-256"),
        RSA_PKCS1("RSA");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    private TrustedKey(PublicKey key, Type type, @Nullable P256 p256) {
        this.key = key;
        this.type = type;
        this.p256 = p256;
        this.id = Digest.sha256(key.getEncoded());
    }

    /**
     * Reads one {@code PUBLIC KEY} block (RFC 7468 section 13).
     *
     * @throws MalformedEvidenceException where it is none, or of a kind that is not verified
     */
    public static TrustedKey parsePem(String pem) throws MalformedEvidenceException {
        Matcher block = PEM.matcher(pem);
        if (pem.length() > MAX_PEM || !block.matches()) {
            throw new MalformedEvidenceException("not one PEM block of type PUBLIC KEY");
        }
        try {
            return of(Base64.getDecoder().decode(block.group(1).replaceAll("\\s", "")));
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidenceException("the PEM block is not base64", e);
        }
    }

    /** @param spki DER of a SubjectPublicKeyInfo (RFC 5280 section 4.1) */
    public static TrustedKey of(byte[] spki) throws MalformedEvidenceException {
        String algorithm = algorithm(spki);
        try {
            PublicKey key = KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
            if (key instanceof ECPublicKey ec) {
                return new TrustedKey(key, Type.ECDSA_P256, P256.of(ec));
            }
            int bits = ((RSAPublicKey) key).getModulus().bitLength();
            if (bits < RSA_MIN_BITS || bits > RSA_MAX_BITS) {
                throw new MalformedEvidenceException(
                        "an RSA key of " + bits + " bits is not verified; use 2048 to 8192");
            }
            if (!((RSAPublicKey) key).getPublicExponent().testBit(0)
                    || ((RSAPublicKey) key).getPublicExponent().compareTo(BigInteger.valueOf(3)) < 0) {
                throw new MalformedEvidenceException("the RSA key's exponent is not usable");
            }
            return new TrustedKey(key, Type.RSA_PKCS1, null);
        } catch (GeneralSecurityException e) {
            throw new MalformedEvidenceException("the key cannot be read", e);
        }
    }

    private static String algorithm(byte[] spki) throws MalformedEvidenceException {
        String oid;
        try {
            oid = SubjectPublicKeyInfo.getInstance(spki)
                    .getAlgorithm()
                    .getAlgorithm()
                    .getId();
        } catch (IllegalArgumentException | IllegalStateException | ArrayIndexOutOfBoundsException e) {
            throw new MalformedEvidenceException("not a SubjectPublicKeyInfo", e);
        }
        return switch (oid) {
            case "1.2.840.10045.2.1" -> "EC";
            case "1.2.840.113549.1.1.1" -> "RSA";
            default ->
                throw new MalformedEvidenceException(
                        "keys of this kind are not verified by this version (ECDSA P-256 and RSA are)");
        };
    }

    /** SHA-256 over the SubjectPublicKeyInfo: two names for one key are one key. */
    public Digest id() {
        return id;
    }

    public Type type() {
        return type;
    }

    /** DER of the SubjectPublicKeyInfo. */
    public byte[] spki() {
        return key.getEncoded();
    }

    /**
     * The message where this key signed exactly these bytes: there is no way to it past the signature.
     *
     * @throws MalformedEvidenceException where the signature is not even one of this key's form
     */
    public Verified verify(byte[] message, byte[] signature) throws MalformedEvidenceException {
        boolean verified = p256 != null ? p256.verify(message, signature) : verifyRsa(message, signature);
        return verified ? Verified.BY_THIS_KEY : Verified.NOT_BY_THIS_KEY;
    }

    private boolean verifyRsa(byte[] message, byte[] signature) {
        // RFC 8017 section 8.2.2 step 1: "if the length of the signature S is not k octets, output 'invalid
        // signature'".
        if (signature.length != (((RSAPublicKey) key).getModulus().bitLength() + 7) / 8) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance("SHA256withRSA");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether a key made a signature. */
    public enum Verified {
        BY_THIS_KEY,
        NOT_BY_THIS_KEY
    }
}
