package dev.pratique.attestations.key;

import java.math.BigInteger;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What this process computes with, looked for when the first signature is to be verified: whoever only reads keys does not
 * wait for a library.
 */
record DeferredEcdsa() implements EcdsaArithmetic {
    static final DeferredEcdsa INSTANCE = new DeferredEcdsa();

    /** A class of its own, so that it is looked for when it is asked for, once. */
    private static final class Found {
        static final EcdsaArithmetic ARITHMETIC = ServiceLoader.load(
                        SignatureProvider.class, SignatureProvider.class.getClassLoader())
                .findFirst()
                .flatMap(SignatureProvider::open)
                .flatMap(ProviderEcdsa::by)
                .orElse(JavaEcdsa.INSTANCE);
    }

    @Override
    public Equation of(EcdsaCurve curve, BigInteger x, BigInteger y, byte[] spki) {
        return new Deferred(curve, x, y, spki);
    }

    @Override
    public String name() {
        return Found.ARITHMETIC.name();
    }

    private static final class Deferred implements Equation {
        private final EcdsaCurve curve;
        private final BigInteger x;
        private final BigInteger y;
        private final byte[] spki;
        /** Two threads may both make it: either will do. */
        private volatile @Nullable Equation made;

        Deferred(EcdsaCurve curve, BigInteger x, BigInteger y, byte[] spki) {
            this.curve = curve;
            this.x = x;
            this.y = y;
            this.spki = spki;
        }

        @Override
        public boolean holds(byte[] hash, BigInteger r, BigInteger s, byte[] der) {
            Equation equation = made;
            if (equation == null) {
                equation = Found.ARITHMETIC.of(curve, x, y, spki);
                made = equation;
            }
            return equation.holds(hash, r, s, der);
        }
    }
}
