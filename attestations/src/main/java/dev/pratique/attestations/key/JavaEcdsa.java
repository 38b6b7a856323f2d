package dev.pratique.attestations.key;

import java.math.BigInteger;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * ECDSA wherever Java runs. BouncyCastle computes: the JDK's own takes fifteen times as long on P-256 and refuses signatures
 * whose point has an x-coordinate beyond the order.
 */
record JavaEcdsa() implements EcdsaArithmetic {
    static final JavaEcdsa INSTANCE = new JavaEcdsa();

    @Override
    public Equation of(EcdsaCurve curve, BigInteger x, BigInteger y, byte[] spki) {
        var point = curve.domain().getCurve().createPoint(x, y);
        var key = new ECPublicKeyParameters(point, curve.domain());
        return (hash, r, s, der) -> {
            ECDSASigner verifier = new ECDSASigner();
            verifier.init(false, key);
            return verifier.verifySignature(hash, r, s);
        };
    }

    @Override
    public String name() {
        return "Java";
    }
}
