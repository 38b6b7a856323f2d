package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * ECDSA over NIST P-256, P-384 and P-521 (FIPS 186-5, SP 800-186), with what libraries leave open: points off the curve,
 * more than one spelling of a key, and signatures that are not strict DER. BouncyCastle computes: the JDK's own takes nine
 * times as long on P-256 and refuses signatures whose point has an x-coordinate beyond the order.
 */
final class EcdsaKey implements PublicKeyMaterial {
    private static final int SEQUENCE = 0x30;
    private static final int UNCOMPRESSED = 4;
    /** Longer than the signatures of any curve that is in use, shorter than those of any RSA key that is. */
    private static final int LONGEST_ECDSA = 200;

    private static final int ED25519_SIGNATURE = 64;

    private static final List<Curve> CURVES = List.of(
            Curve.of(SECObjectIdentifiers.secp256r1, VerificationKey.Type.ECDSA_P256, "nistp256", Hash.SHA_256, 1),
            Curve.of(SECObjectIdentifiers.secp384r1, VerificationKey.Type.ECDSA_P384, "nistp384", Hash.SHA_384, 2),
            Curve.of(SECObjectIdentifiers.secp521r1, VerificationKey.Type.ECDSA_P521, "nistp521", Hash.SHA_512, 5));

    private final Curve curve;
    private final ECPublicKeyParameters key;
    private final byte[] spki;

    private EcdsaKey(Curve curve, ECPublicKeyParameters key, byte[] spki) {
        this.curve = curve;
        this.key = key;
        this.spki = spki;
    }

    /**
     * A curve. Its numbers come from its name alone, never from a key (CVE-2020-0601).
     *
     * @param cost as {@link PublicKeyMaterial#cost}
     */
    private record Curve(
            ASN1ObjectIdentifier oid,
            VerificationKey.Type type,
            List<SignatureAlgorithm> algorithms,
            int cost,
            ECDomainParameters domain) {

        static Curve of(ASN1ObjectIdentifier oid, VerificationKey.Type type, String name, Hash first, int cost) {
            List<SignatureAlgorithm> algorithms = Stream.concat(
                            Stream.of(first), Arrays.stream(Hash.values()).filter(hash -> hash != first))
                    .map(hash -> new SignatureAlgorithm("ecdsa-sha2-" + hash.digits() + "-" + name, Scheme.ECDSA, hash))
                    .toList();
            return new Curve(oid, type, algorithms, cost, new ECDomainParameters(CustomNamedCurves.getByOID(oid)));
        }

        BigInteger order() {
            return domain.getN();
        }

        int fieldBytes() {
            return (domain.getCurve().getFieldSize() + 7) / 8;
        }
    }

    /** @throws MalformedEvidenceException for other curves, and for what is no point of the curve */
    static EcdsaKey of(SubjectPublicKeyInfo info, byte[] spki) throws MalformedEvidenceException {
        ASN1Encodable parameters = info.getAlgorithm().getParameters();
        Curve curve = CURVES.stream()
                .filter(known -> known.oid.equals(parameters))
                .findFirst()
                .orElseThrow(() -> new MalformedEvidenceException(
                        "elliptic curves other than P-256, P-384 and P-521, each by its name, are not verified"));
        byte[] point = info.getPublicKeyData().getOctets();
        int bytes = curve.fieldBytes();
        // RFC 5480 section 2.2 lets a point be compressed; a key has one spelling here, so that it is one key.
        if (point.length != 1 + 2 * bytes || point[0] != UNCOMPRESSED) {
            throw new MalformedEvidenceException("the key is not an uncompressed point of its curve");
        }
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + bytes));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 1 + bytes, point.length));
        return new EcdsaKey(curve, onCurve(curve, x, y), spki);
    }

    // SP 800-186 appendix D.1.1.2; the cofactor is 1, so every point but infinity has the right order.
    private static ECPublicKeyParameters onCurve(Curve curve, BigInteger x, BigInteger y)
            throws MalformedEvidenceException {
        BigInteger p = curve.domain.getCurve().getField().getCharacteristic();
        BigInteger a = curve.domain.getCurve().getA().toBigInteger();
        BigInteger b = curve.domain.getCurve().getB().toBigInteger();
        boolean inField = x.compareTo(p) < 0 && y.compareTo(p) < 0;
        if (!inField
                || !y.multiply(y)
                        .mod(p)
                        .equals(x.multiply(x).add(a).multiply(x).add(b).mod(p))) {
            throw new MalformedEvidenceException("the key is not a point of the curve " + curve.type.label());
        }
        return new ECPublicKeyParameters(curve.domain.getCurve().createPoint(x, y), curve.domain);
    }

    @Override
    public VerificationKey.Type type() {
        return curve.type;
    }

    @Override
    public int cost() {
        return curve.cost;
    }

    @Override
    public byte[] spki() {
        return spki.clone();
    }

    @Override
    public List<SignatureAlgorithm> algorithms() {
        return curve.algorithms;
    }

    @Override
    public boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] der) throws MalformedEvidenceException {
        return verifyDigest(algorithm, algorithm.hash().of(message), der);
    }

    @Override
    public boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] der)
            throws MalformedEvidenceException {
        Optional<BigInteger[]> numbers = numbers(der);
        if (numbers.isEmpty()) {
            return false;
        }
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(false, key);
        return verifier.verifySignature(digest, numbers.get()[0], numbers.get()[1]);
    }

    /**
     * The two numbers of a signature that a key of this curve can have made: strict DER (X.690 section 10), from 1 to n - 1
     * (FIPS 186-5 section 6.4.2). None for the signatures of other kinds of keys: raw bytes, RSA's, larger curves'.
     */
    private Optional<BigInteger[]> numbers(byte[] der) throws MalformedEvidenceException {
        boolean raw = der.length == ED25519_SIGNATURE && der[1] != ED25519_SIGNATURE - 2;
        if (der.length == 0 || der.length > LONGEST_ECDSA || der[0] != SEQUENCE || raw) {
            return Optional.empty();
        }
        BigInteger[] numbers = readStrictly(der);
        if (numbers[0].signum() <= 0 || numbers[1].signum() <= 0) {
            throw outsideRange();
        }
        if (Math.max(numbers[0].bitLength(), numbers[1].bitLength())
                > curve.order().bitLength()) {
            return Optional.empty();
        }
        if (numbers[0].compareTo(curve.order()) >= 0 || numbers[1].compareTo(curve.order()) >= 0) {
            throw outsideRange();
        }
        return Optional.of(numbers);
    }

    private static MalformedEvidenceException outsideRange() {
        return new MalformedEvidenceException("the signature's numbers are outside 1 to n - 1");
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
