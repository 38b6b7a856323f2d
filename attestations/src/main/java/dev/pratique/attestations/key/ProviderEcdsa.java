package dev.pratique.attestations.key;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;

/** ECDSA by a provider of the Java Cryptography Architecture, which need not be an installed one. */
final class ProviderEcdsa implements EcdsaArithmetic {
    private final Provider provider;

    private ProviderEcdsa(Provider provider) {
        this.provider = provider;
    }

    /** None where the provider does not know a good signature from a bad one. */
    static Optional<EcdsaArithmetic> by(Provider provider) {
        try {
            Equation known = new ProviderEcdsa(provider).equation(KnownAnswer.SPKI, (hash, r, s, der) -> false);
            boolean right = known.holds(KnownAnswer.HASH, KnownAnswer.R, KnownAnswer.S, KnownAnswer.der(false))
                    && !known.holds(KnownAnswer.HASH, KnownAnswer.R, KnownAnswer.S, KnownAnswer.der(true));
            return right ? Optional.of(new ProviderEcdsa(provider)) : Optional.empty();
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    @Override
    public Equation of(EcdsaCurve curve, BigInteger x, BigInteger y, byte[] spki) {
        try {
            return equation(
                    spki,
                    (hash, r, s, der) ->
                            JavaEcdsa.INSTANCE.of(curve, x, y, spki).holds(hash, r, s, der));
        } catch (GeneralSecurityException e) {
            return JavaEcdsa.INSTANCE.of(curve, x, y, spki);
        }
    }

    /** @param instead where the provider gives no answer */
    private Equation equation(byte[] spki, Equation instead) throws GeneralSecurityException {
        PublicKey key = KeyFactory.getInstance("EC", provider).generatePublic(new X509EncodedKeySpec(spki));
        return (hash, r, s, der) -> {
            try {
                Signature verifier = Signature.getInstance("NONEwithECDSA", provider);
                verifier.initVerify(key);
                verifier.update(hash);
                return verifier.verify(der);
            } catch (GeneralSecurityException e) {
                return instead.holds(hash, r, s, der);
            }
        };
    }

    @Override
    public String name() {
        return provider.getName() + " " + provider.getVersionStr();
    }

    /** RFC 6979 appendix A.2.5: P-256, SHA-256, the message "sample". */
    private static final class KnownAnswer {
        static final byte[] SPKI = HexFormat.of()
                .parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200"
                        + "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
        static final byte[] HASH =
                HexFormat.of().parseHex("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf");
        static final BigInteger R =
                new BigInteger("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", 16);
        static final BigInteger S =
                new BigInteger("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8", 16);

        static byte[] der(boolean wrong) {
            byte[] der = HexFormat.of().parseHex("3046022100" + R.toString(16) + "022100" + S.toString(16));
            der[der.length - 1] = (byte) (der[der.length - 1] ^ (wrong ? 1 : 0));
            return der;
        }
    }
}
