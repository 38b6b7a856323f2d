package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.StrictBase64;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An X.509 certificate (RFC 5280 section 4) that nobody has vouched for yet: whom and what it names is not to be had before
 * {@link CertificatePath} has proved it. Two are equal where their bytes are. Immutable, thread safe.
 */
public final class Certificate {
    private static final String WHAT = "the certificate";
    /** RFC 5652 section 5.3: "subjectKeyIdentifier [0] SubjectKeyIdentifier". */
    private static final int KEY_IDENTIFIER = 0x80;

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private final byte[] der;
    final byte[] signed;
    final byte[] algorithm;
    final byte[] signature;
    final BigInteger serial;
    final DistinguishedName issuer;
    final DistinguishedName subject;
    final Instant notBefore;
    final Instant notAfter;
    final Map<String, Extension> extensions;
    final KeyPurposes purposes;
    private final byte[] spki;
    /**
     * Whose key signed this one, when it was last looked at: both are bytes that do not change, so it did for good. What is
     * configured is looked at with every signature, and costs its check but once.
     */
    private volatile @Nullable Certificate issuedBy;
    /** What its key is, once somebody asked. */
    private volatile @Nullable CertifiedKey key;

    private Certificate(byte[] der, byte[] signed, byte[] algorithm, byte[] signature, TbsCertificate tbs) {
        this.der = der;
        this.signed = signed;
        this.algorithm = algorithm;
        this.signature = signature;
        this.serial = tbs.serial();
        this.issuer = tbs.issuer();
        this.subject = tbs.subject();
        this.notBefore = tbs.notBefore();
        this.notAfter = tbs.notAfter();
        this.spki = tbs.spki();
        this.extensions = tbs.extensions();
        this.purposes = tbs.purposes();
    }

    /**
     * Reads one certificate of version 3 in DER.
     *
     * @throws MalformedEvidenceException where it is none, is not in DER where that matters, has an extension twice, or is
     *     larger than 64 KiB; a key that is not verified with is no reason, for that is told where it would be used
     */
    public static Certificate parse(byte[] der) throws MalformedEvidenceException {
        if (der.length > CertificateLimits.MAX_BYTES) {
            throw new MalformedEvidenceException(
                    "the certificate has " + der.length + " bytes; up to " + CertificateLimits.MAX_BYTES + " are read");
        }
        Der outer = new Der(der.clone(), WHAT);
        Der parts = outer.enter(Der.SEQUENCE);
        outer.end();
        byte[] signed = parts.element(Der.SEQUENCE);
        byte[] algorithm = parts.element(Der.SEQUENCE);
        byte[] signature = parts.wholeBits();
        parts.end();
        TbsCertificate tbs = TbsCertificate.parse(signed);
        // RFC 5280 section 4.1.1.2: "This field MUST contain the same algorithm identifier as the signature field in
        // the sequence tbsCertificate".
        if (!Arrays.equals(algorithm, tbs.algorithm())) {
            throw new MalformedEvidenceException("the certificate names two signature algorithms");
        }
        return new Certificate(der.clone(), signed, algorithm, signature, tbs);
    }

    /**
     * Reads {@code CERTIFICATE} blocks (RFC 7468 section 5) in their order. Text outside of blocks is skipped, as section 2
     * allows; blocks of other types are not.
     *
     * @param max how many there may be
     * @throws MalformedEvidenceException where there is none, are more, or one cannot be read
     */
    public static List<Certificate> parsePem(String pem, int max) throws MalformedEvidenceException {
        List<Certificate> certificates = new ArrayList<>();
        int at = 0;
        while (true) {
            int begin = pem.indexOf("-----BEGIN", at);
            if (begin < 0) {
                break;
            }
            // Behind the first line: its last dashes may be taken for the last line's first.
            int end = pem.indexOf(END, begin + BEGIN.length());
            if (!pem.startsWith(BEGIN, begin) || end < 0) {
                throw new MalformedEvidenceException("a PEM block that is no whole certificate");
            }
            if (certificates.size() == max) {
                throw new MalformedEvidenceException("more than " + max + " certificates");
            }
            certificates.add(parse(decode(pem.substring(begin + BEGIN.length(), end))));
            at = end + END.length();
        }
        if (certificates.isEmpty()) {
            throw new MalformedEvidenceException("no PEM block of type CERTIFICATE");
        }
        return List.copyOf(certificates);
    }

    private static byte[] decode(String base64) throws MalformedEvidenceException {
        // Four characters for three bytes, and a line break after each 64 of them, of one character or two.
        if (base64.length() > CertificateLimits.MAX_BYTES * 3 / 2) {
            throw new MalformedEvidenceException("the certificate's PEM block is too long");
        }
        return StrictBase64.decode(base64.replaceAll("[ \\t\\r\\n]", ""), "the certificate's PEM block");
    }

    /** Its bytes. */
    public byte[] der() {
        return der.clone();
    }

    /** DER of its SubjectPublicKeyInfo, as it stands in the certificate. */
    public byte[] spki() {
        return spki.clone();
    }

    /** Read when it is first asked for: of what strangers bring it is so only where an authority certified it. */
    CertifiedKey key() {
        CertifiedKey known = key;
        if (known == null) {
            known = CertifiedKey.read(spki);
            key = known;
        }
        return known;
    }

    /** Whether it names itself as its issuer, as root certificates do; proves nothing. */
    public boolean isSelfIssued() {
        return subject.equals(issuer);
    }

    /** Whether it says that it is a certification authority's; proves nothing. */
    public boolean isAuthority() {
        return purposes.authority();
    }

    /** Whether this issuer gave it this number, by which others name it (RFC 5652 section 10.2.4); proves nothing. */
    public boolean isNumbered(byte[] issuerDer, BigInteger number) {
        return serial.equals(number) && Arrays.equals(issuer.der(), issuerDer);
    }

    /** Whether its key has this identifier (RFC 5280 section 4.2.1.2), by which others name it; proves nothing. */
    public boolean hasKeyIdentifier(byte[] identifier) {
        return keyIdentifier().map(own -> Arrays.equals(own, identifier)).orElse(false);
    }

    /** Empty also where it cannot be read: then nobody can name it by it. */
    Optional<byte[]> keyIdentifier() {
        Extension extension = extensions.get(Extension.SUBJECT_KEY_IDENTIFIER);
        if (extension == null) {
            return Optional.empty();
        }
        try {
            Der value = extension.read("the subject key identifier");
            byte[] own = value.content(Der.OCTET_STRING);
            value.end();
            return Optional.of(own);
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether these bytes name it anywhere as CMS names who signed (RFC 5652 section 5.3), by its issuer and number or its key's
     * identifier; proves nothing.
     */
    public boolean isNamedIn(byte[] bytes) {
        byte[] number = Precertificate.wrap(Der.INTEGER, serial.toByteArray());
        return holds(bytes, issuer.der(), number)
                || keyIdentifier()
                        .map(own -> holds(bytes, Precertificate.wrap(KEY_IDENTIFIER, own)))
                        .orElse(false);
    }

    /** Whether these bytes have its subject's name anywhere, as a certificate has that it issued; proves nothing. */
    public boolean hasSubjectIn(byte[] bytes) {
        return holds(bytes, subject.der());
    }

    private static boolean holds(byte[] bytes, byte[]... parts) {
        StringBuilder sought = new StringBuilder();
        for (byte[] part : parts) {
            sought.append(new String(part, StandardCharsets.ISO_8859_1));
        }
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(sought);
    }

    /** Whether the other's key signed this one, whose issuer has its name; says nothing of whether it may. */
    public boolean isIssuedBy(Certificate other) {
        Certificate known = issuedBy;
        if (known != null && known.equals(other)) {
            return true;
        }
        boolean issued = issuer.equals(other.subject)
                && SignatureIdentifier.of(algorithm)
                        .map(how -> other.key().hasSigned(how, signed, signature))
                        .orElse(false);
        if (issued) {
            issuedBy = other;
        }
        return issued;
    }

    /** What it says of itself, for people: one line of printable text, unverified. */
    public String brief() {
        String who = subject.isEmpty() ? "serial " + serial.toString(16) : "'" + subject + "'";
        return Printable.line("certificate " + who + " by '" + issuer + "', " + notBefore + " to " + notAfter);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Certificate certificate && Arrays.equals(der, certificate.der);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(der);
    }

    @Override
    public String toString() {
        return brief();
    }
}
