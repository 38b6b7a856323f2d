package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import java.io.IOException;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * ECDSA over NIST P-256 with SHA-256 (FIPS 186-5, SP 800-186), with what libraries leave open: points off the curve and
 * signatures that are not strict DER. BouncyCastle computes: the JDK's own takes nine times as long and refuses signatures
 * whose point has an x-coordinate beyond the order. Thread safe.
 */
final class P256 {
    private static final BigInteger P =
            new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
    private static final BigInteger A = P.subtract(BigInteger.valueOf(3));
    private static final BigInteger B =
            new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
    private static final BigInteger N =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    private static final ECPoint G = new ECPoint(
            new BigInteger("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", 16),
            new BigInteger("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5", 16));
    private static final int SEQUENCE = 0x30;
    /** Longer than the signatures of any curve that is in use, shorter than those of any RSA key that is. */
    private static final int LONGEST_ECDSA = 200;

    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("P-256");
    private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);

    private final ECPublicKeyParameters key;

    private P256(ECPublicKeyParameters key) {
        this.key = key;
    }

    /** @throws MalformedEvidenceException for other curves, and for what is no point of this one */
    static P256 of(ECPublicKey key) throws MalformedEvidenceException {
        ECParameterSpec curve = key.getParams();
        // The whole of the curve: a generator or field of one's own makes anybody's key fit (CVE-2020-0601).
        if (!curve.getOrder().equals(N)
                || curve.getCofactor() != 1
                || !curve.getGenerator().equals(G)
                || !curve.getCurve().getA().equals(A)
                || !curve.getCurve().getB().equals(B)
                || !(curve.getCurve().getField() instanceof ECFieldFp field)
                || !field.getP().equals(P)) {
            throw new MalformedEvidenceException("elliptic curves other than P-256 are not verified by this version");
        }
        BigInteger x = key.getW().getAffineX();
        BigInteger y = key.getW().getAffineY();
        boolean inField = x != null
                && y != null
                && x.signum() >= 0
                && y.signum() >= 0
                && x.compareTo(P) < 0
                && y.compareTo(P) < 0;
        if (!inField
                || !y.multiply(y)
                        .mod(P)
                        .equals(x.multiply(x).add(A).multiply(x).add(B).mod(P))) {
            throw new MalformedEvidenceException("the key is not a point of the curve P-256");
        }
        return new P256(new ECPublicKeyParameters(CURVE.getCurve().createPoint(x, y), DOMAIN));
    }

    /** @throws MalformedEvidenceException for what can only be a bad ECDSA signature */
    boolean verify(byte[] message, byte[] der) throws MalformedEvidenceException {
        Optional<BigInteger[]> numbers = numbers(der);
        if (numbers.isEmpty()) {
            return false;
        }
        byte[] hash = Digest.Algorithm.SHA256.newDigest().digest(message);
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(false, key);
        return verifier.verifySignature(hash, numbers.get()[0], numbers.get()[1]);
    }

    /**
     * The two numbers of a signature that a P-256 key can have made: strict DER (X.690 section 10), from 1 to n - 1 (FIPS
     * 186-5 section 6.4.2). None for the signatures of other kinds of keys: raw bytes, RSA's, larger curves'.
     */
    private static Optional<BigInteger[]> numbers(byte[] der) throws MalformedEvidenceException {
        if (der.length == 0 || der.length > LONGEST_ECDSA || der[0] != SEQUENCE) {
            return Optional.empty();
        }
        BigInteger[] numbers = readStrictly(der);
        if (numbers[0].signum() <= 0 || numbers[1].signum() <= 0) {
            throw new MalformedEvidenceException("the signature's numbers are outside 1 to n - 1");
        }
        if (Math.max(numbers[0].bitLength(), numbers[1].bitLength()) > N.bitLength()) {
            return Optional.empty();
        }
        if (numbers[0].compareTo(N) >= 0 || numbers[1].compareTo(N) >= 0) {
            throw new MalformedEvidenceException("the signature's numbers are outside 1 to n - 1");
        }
        return Optional.of(numbers);
    }

    private static BigInteger[] readStrictly(byte[] der) throws MalformedEvidenceException {
        try {
            ASN1Primitive parsed = ASN1Primitive.fromByteArray(der);
            if (!(parsed instanceof ASN1Sequence sequence)
                    || sequence.size() != 2
                    || !(sequence.getObjectAt(0) instanceof ASN1Integer r)
                    || !(sequence.getObjectAt(1) instanceof ASN1Integer s)
                    || !Arrays.equals(parsed.getEncoded("DER"), der)) {
                throw new MalformedEvidenceException("the signature is not strict DER");
            }
            return new BigInteger[] {r.getValue(), s.getValue()};
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedEvidenceException("the signature is not strict DER", e);
        }
    }
}
