package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.DigestInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.util.BigIntegers;

/** RSA of 2048 to 8192 bits (RFC 8017). */
final class RsaKey implements PublicKeyMaterial {
    private static final int MIN_BITS = 2048;
    private static final int MAX_BITS = 8192;
    /** FIPS 186-5 section 5.4 (e): "2^16 < e < 2^256"; 3 is in use, and safe where the padding is compared and not read. */
    private static final int MAX_EXPONENT_BITS = 256;

    private static final int USUAL_EXPONENT_BITS = 17;

    private final BigInteger modulus;
    private final BigInteger exponent;
    private final RSAKeyParameters key;
    private final List<SignatureAlgorithm> algorithms;
    private final byte[] spki;

    private RsaKey(RSAKeyParameters key, byte[] spki) {
        this.modulus = key.getModulus();
        this.exponent = key.getExponent();
        this.key = key;
        this.algorithms = algorithms(modulus.bitLength());
        this.spki = spki;
    }

    private static List<SignatureAlgorithm> algorithms(int bits) {
        List<SignatureAlgorithm> algorithms = new ArrayList<>();
        for (Hash hash : Hash.values()) {
            String name = "rsa-sign-pkcs1-" + bits + "-sha" + hash.digits();
            algorithms.add(new SignatureAlgorithm(name, Scheme.RSA_PKCS1, hash));
        }
        for (Hash hash : Hash.values()) {
            String name = "rsa-sign-pss-" + bits + "-sha" + hash.digits();
            algorithms.add(new SignatureAlgorithm(name, Scheme.RSA_PSS, hash));
        }
        return List.copyOf(algorithms);
    }

    static RsaKey of(SubjectPublicKeyInfo info) throws MalformedEvidenceException {
        ASN1Encodable parameters = info.getAlgorithm().getParameters();
        // RFC 3279 section 2.3.1: "The parameters field MUST have ASN.1 type NULL"; some encoders leave it out.
        if (parameters != null && !DERNull.INSTANCE.equals(parameters)) {
            throw new MalformedEvidenceException("the RSA key has parameters");
        }
        try {
            // RFC 8017 appendix A.1.1. BouncyCastle's own type reads a negative number as another, positive one.
            if (!(info.parsePublicKey() instanceof ASN1Sequence numbers)
                    || numbers.size() != 2
                    || !(numbers.getObjectAt(0) instanceof ASN1Integer modulus)
                    || !(numbers.getObjectAt(1) instanceof ASN1Integer exponent)) {
                throw new MalformedEvidenceException("the RSA key is not a modulus and an exponent");
            }
            check(modulus.getValue(), exponent.getValue());
            // The last argument leaves out a test whether the modulus is prime, which takes up to a second that a
            // stranger would have us spend. A prime one is its owner's loss: everybody could sign with it.
            var read = new RSAKeyParameters(false, modulus.getValue(), exponent.getValue(), true);
            byte[] spki = new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), numbers)
                    .getEncoded("DER");
            return new RsaKey(read, spki);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedEvidenceException("the RSA key cannot be read", e);
        }
    }

    private static void check(BigInteger modulus, BigInteger exponent) throws MalformedEvidenceException {
        int bits = modulus.bitLength();
        if (modulus.signum() <= 0 || bits < MIN_BITS || bits > MAX_BITS) {
            throw new MalformedEvidenceException("an RSA key of " + bits + " bits is not verified; use 2048 to 8192");
        }
        if (!modulus.testBit(0) || BigIntegers.hasAnySmallFactors(modulus)) {
            throw new MalformedEvidenceException("the RSA key's modulus has a small factor");
        }
        if (!exponent.testBit(0)
                || exponent.compareTo(BigInteger.valueOf(3)) < 0
                || exponent.bitLength() > MAX_EXPONENT_BITS) {
            throw new MalformedEvidenceException("the RSA key's exponent is not usable");
        }
    }

    @Override
    public VerificationKey.Type type() {
        return VerificationKey.Type.RSA;
    }

    @Override
    public int bits() {
        return modulus.bitLength();
    }

    /** A multiplication takes the square of the length, and there is one for each bit of the exponent; 65537 has 17. */
    @Override
    public int cost() {
        int lengths = (modulus.bitLength() + MIN_BITS - 1) / MIN_BITS;
        return lengths * lengths * ((exponent.bitLength() + USUAL_EXPONENT_BITS - 1) / USUAL_EXPONENT_BITS);
    }

    @Override
    public byte[] spki() {
        return spki.clone();
    }

    @Override
    public List<SignatureAlgorithm> algorithms() {
        return algorithms;
    }

    // RFC 8017 sections 8.1.2 and 8.2.2, step 1: "if the length of the signature S is not k octets, output 'invalid
    // signature'".
    @Override
    public boolean couldHaveMade(byte[] signature) {
        return signature.length == bytes();
    }

    @Override
    public boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature) {
        return couldHaveMade(signature)
                && verifyDigest(algorithm, algorithm.hash().of(message), signature);
    }

    @Override
    public boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature) {
        // RFC 8017 section 5.2.2 step 1: the representative is between 0 and n - 1.
        BigInteger representative = new BigInteger(1, signature);
        if (!couldHaveMade(signature) || representative.compareTo(modulus) >= 0) {
            return false;
        }
        return algorithm.scheme() == Scheme.RSA_PSS
                ? verifyPss(algorithm.hash(), digest, signature)
                : verifyPkcs1(algorithm.hash(), digest, representative);
    }

    private int bytes() {
        return (modulus.bitLength() + 7) / 8;
    }

    private boolean verifyPss(Hash hash, byte[] digest, byte[] signature) {
        PSSSigner verifier = PSSSigner.createRawSigner(
                new RSAEngine(), hash.streaming(), hash.streaming(), hash.bytes(), PSSSigner.TRAILER_IMPLICIT);
        verifier.init(false, key);
        verifier.update(digest, 0, digest.length);
        return verifier.verifySignature(signature);
    }

    /**
     * RFC 8017 section 8.2.2 steps 3 and 4: what was signed is made again and compared, so there is no padding of a
     * stranger's to read.
     */
    private boolean verifyPkcs1(Hash hash, byte[] digest, BigInteger representative) {
        byte[] expected = encode(hash, digest);
        byte[] recovered = representative.modPow(exponent, modulus).toByteArray();
        byte[] padded = new byte[expected.length];
        int from = Math.max(0, recovered.length - padded.length);
        System.arraycopy(recovered, from, padded, padded.length - (recovered.length - from), recovered.length - from);
        return MessageDigest.isEqual(expected, padded);
    }

    /** EMSA-PKCS1-v1_5 (RFC 8017 section 9.2): 00 01 FF … FF 00 DigestInfo. */
    private byte[] encode(Hash hash, byte[] digest) {
        byte[] info = digestInfo(hash, digest);
        byte[] encoded = new byte[bytes()];
        Arrays.fill(encoded, (byte) 0xff);
        encoded[0] = 0;
        encoded[1] = 1;
        encoded[encoded.length - info.length - 1] = 0;
        System.arraycopy(info, 0, encoded, encoded.length - info.length, info.length);
        return encoded;
    }

    // RFC 8017 section 9.2 note 1: the parameters are NULL. The other form is nobody's, and two forms are one too many.
    private static byte[] digestInfo(Hash hash, byte[] digest) {
        try {
            return new DigestInfo(new AlgorithmIdentifier(oid(hash), DERNull.INSTANCE), digest).getEncoded("DER");
        } catch (IOException e) {
            throw new IllegalStateException("DigestInfo cannot be written", e);
        }
    }

    private static ASN1ObjectIdentifier oid(Hash hash) {
        return switch (hash) {
            case SHA_256 -> NISTObjectIdentifiers.id_sha256;
            case SHA_384 -> NISTObjectIdentifiers.id_sha384;
            case SHA_512 -> NISTObjectIdentifiers.id_sha512;
        };
    }
}
