package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The two numbers of an ECDSA signature.
 *
 * @param r from 1 to n - 1
 * @param s from 1 to n - 1
 */
record EcdsaSignature(BigInteger r, BigInteger s) {
    private static final int SEQUENCE = 0x30;
    private static final int INTEGER = 2;
    /** X.690 section 8.1.3.5: the length is in the one byte that follows. */
    private static final int ONE_BYTE_LENGTH = 0x81;
    /** Longer than the signatures of any curve that is in use, shorter than those of any RSA key that is. */
    private static final int LONGEST = 200;

    /**
     * Ed25519 and the two numbers of P-256 behind one another, of P-384, RSA of 1024 bits, P-521. One in 256 of them begins
     * as DER does.
     */
    private static final Set<Integer> RAW_LENGTHS = Set.of(64, 96, 128, 132);

    /**
     * Reads one that a key of this curve can have made: strict DER (X.690 section 10) of {@code Ecdsa-Sig-Value} (RFC 3279
     * section 2.2.3), from 1 to n - 1 (FIPS 186-5 section 6.4.2).
     *
     * @param order n
     * @return none for the signatures of other kinds of keys: raw bytes, RSA's, larger curves'
     */
    static Optional<EcdsaSignature> parse(byte[] der, BigInteger order) throws MalformedEvidenceException {
        if (der.length == 0 || der.length > LONGEST || der[0] != SEQUENCE) {
            return Optional.empty();
        }
        if (RAW_LENGTHS.contains(der.length) && !isTwoNumbers(der)) {
            return Optional.empty();
        }
        Reader reader = new Reader(der);
        if (reader.length(SEQUENCE) != reader.left()) {
            throw notStrict();
        }
        BigInteger r = reader.integer();
        BigInteger s = reader.integer();
        if (reader.left() != 0) {
            throw notStrict();
        }
        if (r.signum() <= 0 || s.signum() <= 0) {
            throw outsideRange();
        }
        if (Math.max(r.bitLength(), s.bitLength()) > order.bitLength()) {
            return Optional.empty();
        }
        if (r.compareTo(order) >= 0 || s.compareTo(order) >= 0) {
            throw outsideRange();
        }
        return Optional.of(new EcdsaSignature(r, s));
    }

    /** Whether tags and lengths are those of a sequence of two integers, whatever is in them. */
    private static boolean isTwoNumbers(byte[] der) {
        int first = der[1] == (byte) ONE_BYTE_LENGTH ? 3 : 2;
        int second = first + 2 + (der[first + 1] & 0xff);
        return (der[first - 1] & 0xff) == der.length - first
                && der[first] == INTEGER
                && second + 2 <= der.length
                && der[second] == INTEGER
                && second + 2 + (der[second + 1] & 0xff) == der.length;
    }

    private static MalformedEvidenceException outsideRange() {
        return new MalformedEvidenceException("the signature's numbers are outside 1 to n - 1");
    }

    private static MalformedEvidenceException notStrict() {
        return new MalformedEvidenceException("the signature is not strict DER");
    }

    private static final class Reader {
        private final byte[] der;
        private int at;

        Reader(byte[] der) {
            this.der = der;
        }

        int left() {
            return der.length - at;
        }

        private int next() throws MalformedEvidenceException {
            if (left() == 0) {
                throw notStrict();
            }
            return der[at++] & 0xff;
        }

        int length(int tag) throws MalformedEvidenceException {
            if (next() != tag) {
                throw notStrict();
            }
            int length = next();
            if (length < 0x80) {
                return length;
            }
            int longer = next();
            // X.690 section 10.1: the length is in as few bytes as it can be.
            if (length != ONE_BYTE_LENGTH || longer < 0x80) {
                throw notStrict();
            }
            return longer;
        }

        BigInteger integer() throws MalformedEvidenceException {
            int length = length(INTEGER);
            if (length == 0 || length > left()) {
                throw notStrict();
            }
            byte[] bytes = Arrays.copyOfRange(der, at, at + length);
            at += length;
            // X.690 section 8.3.2: the first nine bits are neither all ones nor all zeros.
            if (length > 1 && bytes[0] == (bytes[1] < 0 ? -1 : 0)) {
                throw notStrict();
            }
            return new BigInteger(bytes);
        }
    }
}
