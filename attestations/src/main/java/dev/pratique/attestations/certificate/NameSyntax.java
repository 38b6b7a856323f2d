package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What text addresses, URIs, DNS names and user names have. No text is of two of these forms, nor an IP address's: whoever may
 * certify the one only could otherwise write the text of another, past constraints on that, and rules compare texts.
 */
final class NameSyntax {
    private static final int MAX_HOST = 253;
    /** Letters, digits and hyphens; underscores are not of the standard, and in use. */
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    /** RFC 5321 section 4.1.2: Dot-string, wherever its dots are, or Quoted-string. */
    private static final Pattern LOCAL = Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+|\"[ -~]*\"");
    /** RFC 3986 section 3.1, and the characters of section 2 behind it. */
    private static final Pattern URI =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\\[\\]@!$&'()*+,;=%-]+");

    /** As Java writes it. */
    private static final Pattern IP_VERSION_6 = Pattern.compile("(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}");

    private static final Pattern HIERARCHICAL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*");

    private NameSyntax() {}

    // RFC 5280 section 4.2.1.6: "An rfc822Name is a 'Mailbox' as defined in Section 4.1.2 of [RFC2821]."
    static String mailbox(String text) throws MalformedEvidenceException {
        int at = text.lastIndexOf('@');
        if (at < 0 || !LOCAL.matcher(text.substring(0, at)).matches() || !isHost(text.substring(at + 1))) {
            throw not("an address, which is a name, '@' and a host");
        }
        return text;
    }

    // "The name MUST NOT be a relative URI, and it MUST follow the URI syntax and encoding rules specified in
    // [RFC3986]. The name MUST include both a scheme (e.g., "http" or "ftp") and a scheme-specific-part."
    static String uri(String text) throws MalformedEvidenceException {
        boolean ofAnother = !isHierarchical(text) && isUserName(text)
                || IP_VERSION_6.matcher(text).matches();
        if (ofAnother || !URI.matcher(text).matches()) {
            throw not("a URI with a scheme");
        }
        return text;
    }

    // "the dNSName […] MUST be in the 'preferred name syntax', as specified by Section 3.5 of [RFC1034]"; the first
    // label of those for several hosts is an asterisk (RFC 9525 section 6.3).
    static String dns(String text) throws MalformedEvidenceException {
        if (!isHost(text.startsWith("*.") ? text.substring(2) : text)) {
            throw not("a DNS name");
        }
        return text;
    }

    // fulcio, docs/oidc.md, "Username": "sub!SubjectDomain"; there is no other exclamation mark
    // (pkg/identity/username).
    static String userName(String text) throws MalformedEvidenceException {
        if (isHierarchical(text) || !isUserName(text)) {
            throw not("a user name, which is a name, '!' and a domain");
        }
        return text;
    }

    private static boolean isUserName(String text) {
        int mark = text.indexOf('!');
        return mark > 0 && !text.substring(0, mark).isBlank() && isHost(text.substring(mark + 1));
    }

    private static boolean isHierarchical(String text) {
        return HIERARCHICAL.matcher(text).matches();
    }

    // RFC 3696 section 2: "the top-level domain name […] will not be all-numeric", by which addresses are told apart.
    private static boolean isHost(String text) {
        String[] labels = text.split("\\.", -1);
        return text.length() <= MAX_HOST
                && Arrays.stream(labels).allMatch(label -> LABEL.matcher(label).matches())
                && !NUMBER.matcher(labels[labels.length - 1]).matches();
    }

    private static MalformedEvidenceException not(String form) {
        return new MalformedEvidenceException("a subject alternative name of the certificate is not " + form);
    }
}
