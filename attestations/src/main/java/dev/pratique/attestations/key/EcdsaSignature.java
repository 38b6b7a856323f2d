package dev.pratique.attestations.key;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

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

    private static final int ED25519_SIGNATURE = 64;

    /**
     * Reads one that a key of this curve can have made: strict DER (X.690 section 10) of {@code Ecdsa-Sig-Value} (RFC 3279
     * section 2.2.3), from 1 to n - 1 (FIPS 186-5 section 6.4.2).
     *
     * @param order n
     * @return none for the signatures of other kinds of keys: raw bytes, RSA's, larger curves'
     */
    static Optional<EcdsaSignature> parse(byte[] der, BigInteger order) throws MalformedEvidenceException {
        boolean raw = der.length == ED25519_SIGNATURE && der[1] != ED25519_SIGNATURE - 2;
        if (der.length == 0 || der.length > LONGEST || der[0] != SEQUENCE || raw) {
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
