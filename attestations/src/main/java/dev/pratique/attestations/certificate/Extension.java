package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One extension of a certificate (RFC 5280 section 4.2).
 *
 * @param id in dots
 * @param value what its OCTET STRING has in it
 */
record Extension(String id, boolean critical, byte[] value) {
    static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    static final String KEY_USAGE = "2.5.29.15";
    static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    static final String BASIC_CONSTRAINTS = "2.5.29.19";
    static final String NAME_CONSTRAINTS = "2.5.29.30";
    static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    /** RFC 6962 section 3.3: the list of signed certificate timestamps. */
    static final String TIMESTAMP_LIST = "1.3.6.1.4.1.11129.2.4.2";
    /** RFC 6962 section 3.1: what marks a precertificate. */
    static final String POISON = "1.3.6.1.4.1.11129.2.4.3";

    /** What stands within {@code Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension}, by identifier, in order. */
    static Map<String, Extension> parseAll(Der extensions) throws MalformedEvidenceException {
        Map<String, Extension> all = new LinkedHashMap<>();
        while (extensions.hasNext()) {
            if (all.size() == CertificateLimits.MAX_EXTENSIONS) {
                throw new MalformedEvidenceException(
                        "the certificate has more than " + CertificateLimits.MAX_EXTENSIONS + " extensions");
            }
            Der parts = extensions.enter(Der.SEQUENCE);
            Extension one = new Extension(parts.identifier(), parts.flag(), parts.content(Der.OCTET_STRING));
            parts.end();
            // RFC 5280 section 4.2: "A certificate MUST NOT include more than one instance of a particular extension."
            if (all.put(one.id, one) != null) {
                throw new MalformedEvidenceException("the certificate has the extension " + one.id + " twice");
            }
        }
        if (all.isEmpty()) {
            throw new MalformedEvidenceException("the certificate has an empty list of extensions");
        }
        return all;
    }

    /** The value, to be read by {@code what} it is for people. */
    Der read(String what) {
        return new Der(value, what);
    }
}
