package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.SubjectName.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A name in one of the forms of RFC 5280 section 4.2.1.6.
 *
 * @param tag that tells the form
 */
record GeneralName(int tag, byte[] content) {
    static final int OTHER = 0xa0;
    static final int EMAIL = 0x81;
    static final int DNS = 0x82;
    static final int DIRECTORY = 0xa4;
    static final int URI = 0x86;
    static final int IP = 0x87;

    private static final int EXPLICIT = 0xa0;
    private static final String WHAT = "a subject alternative name of the certificate";

    /** The names of a GeneralNames, at least one. */
    static List<GeneralName> parseAll(Extension extension) throws MalformedEvidenceException {
        Der outer = extension.read(WHAT);
        Der list = outer.enter(Der.SEQUENCE);
        outer.end();
        List<GeneralName> names = new ArrayList<>();
        do {
            if (names.size() == CertificateLimits.MAX_NAMES) {
                throw new MalformedEvidenceException(
                        "the certificate has more than " + CertificateLimits.MAX_NAMES + " subject alternative names");
            }
            names.add(next(list));
        } while (list.hasNext());
        return List.copyOf(names);
    }

    static GeneralName next(Der from) throws MalformedEvidenceException {
        int tag = from.tag();
        return new GeneralName(tag, from.content(tag));
    }

    /**
     * Whom it names; empty for forms that nothing here compares.
     *
     * @throws MalformedEvidenceException where it is not as its form asks: an authority that wrote such a name did not see
     *     to what it certified
     */
    Optional<SubjectName> subject() throws MalformedEvidenceException {
        return switch (tag) {
            case EMAIL -> Optional.of(new SubjectName(Kind.EMAIL, NameSyntax.mailbox(ascii())));
            case DNS -> Optional.of(new SubjectName(Kind.DNS, NameSyntax.dns(ascii())));
            case URI -> Optional.of(new SubjectName(Kind.URI, NameSyntax.uri(ascii())));
            case IP -> Optional.of(new SubjectName(Kind.IP, address()));
            case DIRECTORY ->
                Optional.of(
                        new SubjectName(Kind.DIRECTORY_NAME, filled(directory().toString())));
            case OTHER -> userName();
            default -> Optional.empty();
        };
    }

    /** The text of one of the forms that are IA5Strings: visible ASCII and spaces. */
    String ascii() throws MalformedEvidenceException {
        String text = Der.text(content, WHAT);
        if (text.length() != content.length) {
            throw new MalformedEvidenceException(WHAT + " is not ASCII");
        }
        return filled(text);
    }

    DistinguishedName directory() throws MalformedEvidenceException {
        return DistinguishedName.parse(content, WHAT);
    }

    // RFC 5280: "the octet string MUST contain exactly four octets", or sixteen.
    private String address() throws MalformedEvidenceException {
        try {
            return InetAddress.getByAddress(content).getHostAddress();
        } catch (UnknownHostException e) {
            throw new MalformedEvidenceException(WHAT + " is no IP address", e);
        }
    }

    // fulcio, docs/oid-info.md: 1.3.6.1.4.1.57264.1.7 "is formatted as a DER-encoded string in the
    // SubjectAlternativeName".
    private Optional<SubjectName> userName() throws MalformedEvidenceException {
        Der parts = new Der(content, WHAT);
        String type = parts.identifier();
        Der value = parts.enter(EXPLICIT);
        parts.end();
        if (!type.equals(FulcioExtension.USER_NAME)) {
            return Optional.empty();
        }
        String name = filled(Der.text(value.content(Der.UTF8_STRING), WHAT));
        value.end();
        return Optional.of(new SubjectName(Kind.OTHER_NAME, NameSyntax.userName(name)));
    }

    private static String filled(String text) throws MalformedEvidenceException {
        if (text.isBlank()) {
            throw new MalformedEvidenceException(WHAT + " is empty");
        }
        return text;
    }
}
