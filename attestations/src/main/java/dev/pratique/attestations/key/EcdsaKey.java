package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * ECDSA over NIST P-256, P-384 and P-521 (FIPS 186-5, SP 800-186), with what libraries leave open: points off the curve,
 * more than one spelling of a key, and signatures that are not strict DER. All of that is settled here, before
 * {@link EcdsaArithmetic} computes.
 */
final class EcdsaKey implements PublicKeyMaterial {
    private static final int UNCOMPRESSED = 4;

    private final EcdsaCurve curve;
    private final EcdsaArithmetic.Equation equation;
    private final byte[] spki;

    private EcdsaKey(EcdsaCurve curve, EcdsaArithmetic.Equation equation, byte[] spki) {
        this.curve = curve;
        this.equation = equation;
        this.spki = spki;
    }

    /** @throws MalformedEvidenceException for other curves, and for what is no point of the curve */
    static EcdsaKey of(SubjectPublicKeyInfo info, byte[] spki, EcdsaArithmetic arithmetic)
            throws MalformedEvidenceException {
        EcdsaCurve curve = EcdsaCurve.named(info.getAlgorithm().getParameters())
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
        if (!curve.has(x, y)) {
            throw new MalformedEvidenceException(
                    "the key is not a point of the curve " + curve.type().label());
        }
        return new EcdsaKey(curve, arithmetic.of(curve, x, y, spki), spki);
    }

    @Override
    public VerificationKey.Type type() {
        return curve.type();
    }

    @Override
    public int bits() {
        return curve.domain().getCurve().getFieldSize();
    }

    @Override
    public int cost() {
        return curve.cost();
    }

    @Override
    public byte[] spki() {
        return spki.clone();
    }

    @Override
    public List<SignatureAlgorithm> algorithms() {
        return curve.algorithms();
    }

    @Override
    public boolean couldHaveMade(byte[] der) {
        try {
            return EcdsaSignature.parse(der, curve.order()).isPresent();
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    @Override
    public boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] der) throws MalformedEvidenceException {
        Optional<EcdsaSignature> signature = EcdsaSignature.parse(der, curve.order());
        return signature.isPresent() && holds(algorithm.hash().of(message), signature.get(), der);
    }

    @Override
    public boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] der)
            throws MalformedEvidenceException {
        Optional<EcdsaSignature> signature = EcdsaSignature.parse(der, curve.order());
        return signature.isPresent() && holds(digest, signature.get(), der);
    }

    private boolean holds(byte[] digest, EcdsaSignature signature, byte[] der) {
        return equation.holds(digest, signature.r(), signature.s(), der);
    }
}
