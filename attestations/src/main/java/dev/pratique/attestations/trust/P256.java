package dev.pratique.attestations.trust;

import dev.pratique.attestations.MalformedEvidenceException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;

/** What the JDK leaves open about NIST P-256 (FIPS 186-5, SP 800-186): points off the curve, signatures that are not strict DER. */
final class P256 {
    private static final BigInteger P =
            new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
    private static final BigInteger A = P.subtract(BigInteger.valueOf(3));
    private static final BigInteger B =
            new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
    private static final BigInteger N =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    /** Two integers of at most 33 bytes, their headers, and the sequence's. */
    private static final int MAX_SIGNATURE = 72;

    private P256() {}

    static void check(ECPublicKey key) throws MalformedEvidenceException {
        if (!key.getParams().getOrder().equals(N)
                || !key.getParams().getCurve().getA().equals(A)
                || !key.getParams().getCurve().getB().equals(B)) {
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
    }

    /** Strict DER (X.690 section 10) of two integers from 1 to n - 1 (FIPS 186-5 section 6.4.2). */
    static void checkSignature(byte[] der) throws MalformedEvidenceException {
        if (der.length > MAX_SIGNATURE) {
            throw new MalformedEvidenceException("the signature is too long for P-256");
        }
        try {
            ASN1Primitive parsed = ASN1Primitive.fromByteArray(der);
            if (!(parsed instanceof ASN1Sequence sequence)
                    || sequence.size() != 2
                    || !(sequence.getObjectAt(0) instanceof ASN1Integer r)
                    || !(sequence.getObjectAt(1) instanceof ASN1Integer s)
                    || !Arrays.equals(parsed.getEncoded("DER"), der)) {
                throw new MalformedEvidenceException("the signature is not strict DER");
            }
            if (!inRange(r.getValue()) || !inRange(s.getValue())) {
                throw new MalformedEvidenceException("the signature's numbers are outside 1 to n - 1");
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new MalformedEvidenceException("the signature is not strict DER", e);
        }
    }

    private static boolean inRange(BigInteger number) {
        return number.signum() > 0 && number.compareTo(N) < 0;
    }
}
