package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;

/** What of a certificate is signed (RFC 5280 section 4.1.2). */
record TbsCertificate(
        BigInteger serial,
        byte[] algorithm,
        DistinguishedName issuer,
        Instant notBefore,
        Instant notAfter,
        DistinguishedName subject,
        byte[] spki,
        Map<String, Extension> extensions,
        KeyPurposes purposes) {
    private static final String WHAT = "the certificate";
    private static final int VERSION = 0xa0;
    private static final int ISSUER_UNIQUE_ID = 0x81;
    private static final int SUBJECT_UNIQUE_ID = 0x82;
    static final int EXTENSIONS = 0xa3;
    private static final BigInteger V3 = BigInteger.TWO;
    private static final int MAX_SERIAL_BYTES = 20;

    static TbsCertificate parse(byte[] der) throws MalformedEvidenceException {
        Der tbs = new Der(der, WHAT).enter(Der.SEQUENCE);
        // RFC 5280 section 4.1.2.1: "When extensions are used, as expected in this profile, version MUST be 3 (value is
        // 2)."
        if (!tbs.nextIs(VERSION)) {
            throw new MalformedEvidenceException("the certificate is not of X.509 version 3");
        }
        Der version = tbs.enter(VERSION);
        if (!version.integer(Der.INTEGER).equals(V3)) {
            throw new MalformedEvidenceException("the certificate is not of X.509 version 3");
        }
        version.end();
        BigInteger serial = serial(tbs);
        byte[] algorithm = tbs.element(Der.SEQUENCE);
        DistinguishedName issuer = DistinguishedName.parse(tbs.element(Der.SEQUENCE), "the issuer of the certificate");
        Der validity = tbs.enter(Der.SEQUENCE);
        Instant notBefore = time(validity);
        Instant notAfter = time(validity);
        validity.end();
        DistinguishedName subject =
                DistinguishedName.parse(tbs.element(Der.SEQUENCE), "the subject of the certificate");
        byte[] spki = tbs.element(Der.SEQUENCE);
        Map<String, Extension> extensions = extensions(tbs);
        return new TbsCertificate(
                serial, algorithm, issuer, notBefore, notAfter, subject, spki, extensions, KeyPurposes.of(extensions));
    }

    // RFC 5280 section 4.1.2.2: "Certificate users MUST be able to handle serialNumber values up to 20 octets", and
    // should handle those that are zero or negative; one more byte is the sign's.
    private static BigInteger serial(Der tbs) throws MalformedEvidenceException {
        BigInteger serial = tbs.integer(Der.INTEGER);
        if (serial.bitLength() > 8 * MAX_SERIAL_BYTES) {
            throw new MalformedEvidenceException("the certificate's serial number has more than 20 bytes");
        }
        return serial;
    }

    private static Map<String, Extension> extensions(Der tbs) throws MalformedEvidenceException {
        if (tbs.nextIs(ISSUER_UNIQUE_ID)) {
            tbs.element();
        }
        if (tbs.nextIs(SUBJECT_UNIQUE_ID)) {
            tbs.element();
        }
        if (!tbs.hasNext()) {
            return Map.of();
        }
        Der tagged = tbs.enter(EXTENSIONS);
        tbs.end();
        Map<String, Extension> extensions = Extension.parseAll(tagged.enter(Der.SEQUENCE));
        tagged.end();
        return extensions;
    }

    // RFC 5280 section 4.1.2.5: times "MUST be expressed in Greenwich Mean Time (Zulu) and MUST include seconds";
    // UTCTime of a year from 50 on is in the 1900s.
    private static Instant time(Der validity) throws MalformedEvidenceException {
        boolean utc = validity.nextIs(Der.UTC_TIME);
        String text =
                new String(validity.content(utc ? Der.UTC_TIME : Der.GENERALIZED_TIME), StandardCharsets.ISO_8859_1);
        if (!text.matches(utc ? "[0-9]{12}Z" : "[0-9]{14}Z")) {
            throw new MalformedEvidenceException("the certificate's validity is not of two times in UTC");
        }
        String century = text.charAt(0) >= '5' ? "19" : "20";
        String full = utc ? century + text : text;
        int year = Integer.parseInt(full, 0, 4, 10);
        int month = Integer.parseInt(full, 4, 6, 10);
        int day = Integer.parseInt(full, 6, 8, 10);
        int hour = Integer.parseInt(full, 8, 10, 10);
        int minute = Integer.parseInt(full, 10, 12, 10);
        int second = Integer.parseInt(full, 12, 14, 10);
        boolean exists = month >= 1
                && month <= 12
                && day >= 1
                && day <= YearMonth.of(year, month).lengthOfMonth()
                && hour < 24
                && minute < 60
                && second < 60;
        if (!exists) {
            throw new MalformedEvidenceException("the certificate's validity has a time that never was");
        }
        return LocalDateTime.of(year, month, day, hour, minute, second).toInstant(ZoneOffset.UTC);
    }
}
