package dev.pratique.attestations.key;

import java.math.BigInteger;

/**
 * Who computes ECDSA's verification (FIPS 186-5 section 6.4.2, steps 3 to 8). What reaches it was read and checked before,
 * so whoever computes gives the same answers: a key is a point of its curve, a signature is strict DER of two numbers from
 * 1 to n - 1. Thread safe.
 */
sealed interface EcdsaArithmetic permits JavaEcdsa, ProviderEcdsa, DeferredEcdsa {

    /** What this process computes with: a library of the machine where the program brings one, else Java. */
    static EcdsaArithmetic ofThisProcess() {
        return DeferredEcdsa.INSTANCE;
    }

    /**
     * @param x of a point of the curve
     * @param y of that point
     * @param spki of that point, as DER
     */
    Equation of(EcdsaCurve curve, BigInteger x, BigInteger y, byte[] spki);

    /** Its name for people, with a version. */
    String name();

    /** The verification with one key. Thread safe. */
    interface Equation {
        /**
         * @param hash of the message, of any length; what is longer than n is cut as step 3 says
         * @param r from 1 to n - 1
         * @param s from 1 to n - 1
         * @param der of both, strict
         */
        boolean holds(byte[] hash, BigInteger r, BigInteger s, byte[] der);
    }
}
