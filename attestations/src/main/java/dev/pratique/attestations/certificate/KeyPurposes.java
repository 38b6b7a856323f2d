package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a certificate's key is for.
 *
 * @param authority whether it is a certification authority's (RFC 5280 section 4.2.1.9)
 * @param pathLength how many authorities may follow below it
 * @param usages bits of the key usage, the first one the lowest; none where the extension is missing
 * @param extended purposes by their identifiers; none where the extension is missing
 */
record KeyPurposes(boolean authority, OptionalInt pathLength, OptionalInt usages, Optional<ExtendedKeyUsage> extended) {
    /** RFC 5280 section 4.2.1.3. */
    private static final int DIGITAL_SIGNATURE = 1;

    private static final int NON_REPUDIATION = 1 << 1;
    private static final int KEY_CERT_SIGN = 1 << 5;

    record ExtendedKeyUsage(Set<String> purposes, boolean critical) {
        static final String ANY = "2.5.29.37.0";
        static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
        static final String TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
    }

    static KeyPurposes of(Map<String, Extension> extensions) throws MalformedEvidenceException {
        boolean authority = false;
        OptionalInt pathLength = OptionalInt.empty();
        Extension basic = extensions.get(Extension.BASIC_CONSTRAINTS);
        if (basic != null) {
            Der outer = basic.read("the basic constraints of the certificate");
            Der constraints = outer.enter(Der.SEQUENCE);
            outer.end();
            authority = constraints.flag();
            pathLength = pathLength(constraints);
        }
        Extension usage = extensions.get(Extension.KEY_USAGE);
        Extension extended = extensions.get(Extension.EXTENDED_KEY_USAGE);
        return new KeyPurposes(
                authority,
                pathLength,
                usage == null ? OptionalInt.empty() : OptionalInt.of(bits(usage)),
                extended == null ? Optional.empty() : Optional.of(purposes(extended)));
    }

    private static OptionalInt pathLength(Der constraints) throws MalformedEvidenceException {
        OptionalInt pathLength = OptionalInt.empty();
        if (constraints.hasNext()) {
            BigInteger value = constraints.integer(Der.INTEGER);
            if (value.signum() < 0) {
                throw constraints.malformed("have a path length below zero");
            }
            pathLength = OptionalInt.of(
                    value.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValueExact());
        }
        constraints.end();
        return pathLength;
    }

    // X.690 section 11.2: unused bits are zero, and a list of named bits has no zero bits at its end. RFC 5280 section
    // 4.2.1.3: "When the keyUsage extension appears in a certificate, at least one of the bits MUST be set to 1."
    private static int bits(Extension usage) throws MalformedEvidenceException {
        Der outer = usage.read("the key usage of the certificate");
        byte[] value = outer.content(Der.BIT_STRING);
        outer.end();
        int last = value.length < 2 ? 0 : value[value.length - 1] & 0xff;
        if (value.length < 2 || value.length > 3 || last == 0 || Integer.numberOfTrailingZeros(last) != value[0]) {
            throw outer.malformed("is not a list of named bits in DER");
        }
        int first = Integer.reverse(value[1] & 0xff) >>> 24;
        return value.length == 2 ? first : first | (Integer.reverse(value[2] & 0xff) >>> 24) << 8;
    }

    private static ExtendedKeyUsage purposes(Extension extended) throws MalformedEvidenceException {
        Der outer = extended.read("the extended key usage of the certificate");
        Der list = outer.enter(Der.SEQUENCE);
        outer.end();
        Set<String> purposes = new LinkedHashSet<>();
        do {
            if (purposes.size() == CertificateLimits.MAX_PURPOSES) {
                throw list.malformed("has more than " + CertificateLimits.MAX_PURPOSES + " purposes");
            }
            if (!purposes.add(list.identifier())) {
                throw list.malformed("has a purpose twice");
            }
        } while (list.hasNext());
        return new ExtendedKeyUsage(Set.copyOf(purposes), extended.critical());
    }

    boolean maySignContent() {
        return has(DIGITAL_SIGNATURE);
    }

    boolean maySignReceipts() {
        return has(DIGITAL_SIGNATURE) || has(NON_REPUDIATION);
    }

    boolean maySignCertificates() {
        return has(KEY_CERT_SIGN);
    }

    private boolean has(int bit) {
        return usages.isPresent() && (usages.getAsInt() & bit) != 0;
    }
}
