package dev.pratique.attestations.timestamp;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;

/**
 * What an authority signs (RFC 3161 section 2.4.2). The serial number, the nonce, the order and the policy are for whoever
 * asked the authority; they are read for their form and nothing rests on them. The same goes for the authority's name: "the
 * actual identification of the entity that signed the response will always occur through the use of the certificate
 * identifier (ESSCertID Attribute)".
 */
record TstInfo(ASN1ObjectIdentifier hashAlgorithm, byte[] hashedMessage, Instant time, Optional<Duration> accuracy) {
    private static final String WHAT = "the timestamp's TSTInfo";

    /**
     * Section 2.4.2: "The syntax is: YYYYMMDDhhmmss[.s...]Z"; "The fractional-seconds elements, if present, MUST omit all
     * trailing 0's". Beyond nanoseconds nothing is read.
     */
    private static final Pattern TIME = Pattern.compile("(\\d{14})(?:\\.(\\d{0,8}[1-9]))?Z");

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final int NANOSECOND_DIGITS = 9;
    /** Accuracies are seconds; one that does not fit into an int is none. */
    private static final int MAX_ACCURACY_BITS = 31;

    private static final BigInteger THOUSAND = BigInteger.valueOf(1000);

    static TstInfo parse(byte[] der) throws MalformedEvidenceException {
        Der.Elements info = Der.sequence(Der.strict(der, WHAT), 5, 10, WHAT);
        // "The version field (currently v1) describes the version of the time-stamp token. Conforming time-stamping
        // servers MUST be able to provide version 1 time-stamp tokens."
        if (!Der.integer(info.next(), "the version of the TSTInfo").hasValue(1)) {
            throw new MalformedEvidenceException("the timestamp's TSTInfo is not of version 1");
        }
        Der.oid(info.next(), "the timestamp's policy");
        Der.Elements imprint = Der.sequence(info.next(), 2, 2, "the timestamp's message imprint");
        AlgorithmId hash = AlgorithmId.parse(imprint.next(), "the hash algorithm of the timestamp's message imprint");
        byte[] hashed = Der.octets(imprint.next(), "the timestamp's hashed message");
        Der.integer(info.next(), "the timestamp's serial number");
        Instant time = time(info.next());
        Optional<Duration> accuracy =
                info.nextIs(ASN1Sequence.class) ? Optional.of(accuracy(info.next())) : Optional.empty();
        optionals(info);
        return new TstInfo(hash.withoutParameters(), hashed, time, accuracy);
    }

    private static Instant time(ASN1Encodable value) throws MalformedEvidenceException {
        if (!(value instanceof ASN1GeneralizedTime time)) {
            throw new MalformedEvidenceException("the timestamp's genTime is not a GeneralizedTime");
        }
        Matcher parts = TIME.matcher(time.getTimeString());
        if (!parts.matches()) {
            throw new MalformedEvidenceException("the timestamp's genTime is not in the form YYYYMMDDhhmmss[.s...]Z");
        }
        String fraction = parts.group(2) == null ? "0" : parts.group(2);
        long nanos = Long.parseLong(fraction + "0".repeat(NANOSECOND_DIGITS - fraction.length()));
        try {
            return LocalDateTime.parse(parts.group(1), SECONDS)
                    .toInstant(ZoneOffset.UTC)
                    .plusNanos(nanos);
        } catch (DateTimeParseException e) {
            throw new MalformedEvidenceException("the timestamp's genTime is no time of any day", e);
        }
    }

    /** Section 2.4.2: Accuracy ::= SEQUENCE { seconds INTEGER OPTIONAL, millis [0] INTEGER (1..999), micros [1] likewise } */
    private static Duration accuracy(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements parts = Der.sequence(value, 0, 3, "the timestamp's accuracy");
        Duration accuracy = Duration.ZERO;
        if (parts.nextIs(ASN1Integer.class)) {
            BigInteger seconds =
                    Der.integer(parts.next(), "the accuracy's seconds").getValue();
            if (seconds.signum() < 0 || seconds.bitLength() > MAX_ACCURACY_BITS) {
                throw new MalformedEvidenceException("the timestamp's accuracy is no number of seconds");
            }
            accuracy = accuracy.plusSeconds(seconds.intValue());
        }
        if (parts.nextIsTagged(0)) {
            accuracy = accuracy.plusMillis(thousandths(parts.next(), 0));
        }
        if (parts.nextIsTagged(1)) {
            accuracy = accuracy.plusNanos(1000L * thousandths(parts.next(), 1));
        }
        parts.end();
        return accuracy;
    }

    private static int thousandths(ASN1Encodable value, int tag) throws MalformedEvidenceException {
        BigInteger number =
                Der.implicitInteger(value, tag, "the timestamp's accuracy").getValue();
        if (number.signum() <= 0 || number.compareTo(THOUSAND) >= 0) {
            throw new MalformedEvidenceException("the timestamp's accuracy has a part that is not from 1 to 999");
        }
        return number.intValue();
    }

    /** ordering BOOLEAN DEFAULT FALSE, nonce INTEGER OPTIONAL, tsa [0] GeneralName OPTIONAL, extensions [1] OPTIONAL */
    private static void optionals(Der.Elements info) throws MalformedEvidenceException {
        if (info.nextIs(ASN1Boolean.class)) {
            info.next();
        }
        if (info.nextIs(ASN1Integer.class)) {
            info.next();
        }
        if (info.nextIsTagged(0)) {
            Der.explicit(info.next(), 0, "the timestamp's tsa");
        }
        if (info.nextIsTagged(1)) {
            extensions(info.next());
        }
        info.end();
    }

    // RFC 5280 section 4.2: "A certificate-using system MUST reject the certificate if it encounters a critical
    // extension it does not recognize"; RFC 3161 takes its extensions from there, and none is recognised here.
    private static void extensions(ASN1Encodable value) throws MalformedEvidenceException {
        Der.Elements extensions = Der.sequence(
                Der.implicitSequence(value, 1, "the timestamp's extensions"),
                1,
                TimestampLimits.MAX_EXTENSIONS,
                "the timestamp's extensions");
        while (extensions.hasNext()) {
            Der.Elements extension = Der.sequence(extensions.next(), 2, 3, "an extension of the timestamp");
            Der.oid(extension.next(), "the name of an extension of the timestamp");
            if (extension.nextIs(ASN1Boolean.class) && ((ASN1Boolean) extension.next()).isTrue()) {
                throw new MalformedEvidenceException("the timestamp has a critical extension that is not known");
            }
            Der.octets(extension.next(), "an extension of the timestamp");
            extension.end();
        }
    }
}
