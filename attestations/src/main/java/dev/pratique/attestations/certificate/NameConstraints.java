package dev.pratique.attestations.certificate;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which names may stand below an authority (RFC 5280 section 4.2.1.10). Constraints on forms other than addresses, hosts, URIs
 * and directory names are not understood: a certificate with such a name under such a constraint is refused.
 */
record NameConstraints(List<GeneralName> permitted, List<GeneralName> excluded) {
    private static final String WHAT = "the name constraints of a certificate";
    private static final int PERMITTED = 0xa0;
    private static final int EXCLUDED = 0xa1;

    static NameConstraints parse(Extension extension) throws MalformedEvidenceException {
        Der outer = extension.read(WHAT);
        Der lists = outer.enter(Der.SEQUENCE);
        outer.end();
        List<GeneralName> permitted = subtrees(lists, PERMITTED);
        List<GeneralName> excluded = subtrees(lists, EXCLUDED);
        lists.end();
        return new NameConstraints(permitted, excluded);
    }

    private static List<GeneralName> subtrees(Der lists, int tag) throws MalformedEvidenceException {
        if (!lists.nextIs(tag)) {
            return List.of();
        }
        Der list = lists.enter(tag);
        List<GeneralName> subtrees = new ArrayList<>();
        do {
            if (subtrees.size() == CertificateLimits.MAX_SUBTREES) {
                throw list.malformed("have more than " + CertificateLimits.MAX_SUBTREES + " subtrees");
            }
            Der subtree = list.enter(Der.SEQUENCE);
            subtrees.add(GeneralName.next(subtree));
            // "the minimum MUST be zero, and maximum MUST be absent"; zero is the default, which DER leaves out.
            subtree.end();
        } while (list.hasNext());
        return List.copyOf(subtrees);
    }

    /** That all of a certificate's names are within. */
    void check(Certificate below) throws UnprovenException, MalformedEvidenceException {
        Extension names = below.extensions.get(Extension.SUBJECT_ALTERNATIVE_NAME);
        if (names != null) {
            for (GeneralName name : GeneralName.parseAll(names)) {
                check(name);
            }
        }
        if (!below.subject.isEmpty()) {
            check(new GeneralName(GeneralName.DIRECTORY, below.subject.der()));
        }
        // "the rfc822Name constraint MUST be applied to the attribute of type emailAddress in the subject distinguished
        // name" where there is no alternative name; and here where there is one, too.
        for (String address : below.subject.emailAddresses()) {
            check(new GeneralName(GeneralName.EMAIL, address.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void check(GeneralName name) throws UnprovenException, MalformedEvidenceException {
        List<GeneralName> within =
                permitted.stream().filter(one -> one.tag() == name.tag()).toList();
        List<GeneralName> without =
                excluded.stream().filter(one -> one.tag() == name.tag()).toList();
        if (within.isEmpty() && without.isEmpty()) {
            return;
        }
        boolean allowed = within.isEmpty();
        for (GeneralName subtree : within) {
            allowed |= contains(subtree, name);
        }
        for (GeneralName subtree : without) {
            // RFC 5280 says of hosts alone what an empty name is: all of them. Whoever excludes it of another form
            // means that, too.
            allowed &= subtree.content().length > 0 && !contains(subtree, name);
        }
        if (!allowed) {
            throw unfit("its certificate has a name that an authority above it may not certify");
        }
    }

    private static boolean contains(GeneralName subtree, GeneralName name)
            throws UnprovenException, MalformedEvidenceException {
        return switch (name.tag()) {
            case GeneralName.DIRECTORY -> name.directory().isWithin(subtree.directory());
            case GeneralName.EMAIL -> containsAddress(host(subtree), name.ascii());
            case GeneralName.DNS -> containsHost(host(subtree), labelled(name.ascii()));
            case GeneralName.URI -> containsUri(host(subtree), name.ascii());
            default -> throw unfit("its certificate has a name under a constraint that is not understood");
        };
    }

    private static String host(GeneralName subtree) throws UnprovenException, MalformedEvidenceException {
        String text = Der.text(subtree.content(), WHAT).toLowerCase(Locale.ROOT);
        int at = text.lastIndexOf('@');
        String host = text.substring(at + 1);
        if (!text.isEmpty() && (at == 0 || host.isEmpty() || host.equals("."))) {
            throw unfit("a constraint above its certificate names no host");
        }
        labelled(host.startsWith(".") && at < 0 ? host.substring(1) : host);
        return text;
    }

    // RFC 1034 section 3.1: a name with a dot at its end is the same host, written otherwise; comparing texts would let
    // it out of what is excluded. RFC 5280 has no such names.
    private static String labelled(String host) throws UnprovenException {
        if (host.startsWith(".") || host.endsWith(".") || host.contains("..")) {
            throw unfit("its certificate, or a constraint above it, has a host with an empty label");
        }
        return host.toLowerCase(Locale.ROOT);
    }

    // "To indicate all addresses on a particular host, the constraint is specified as the host name"; with a period
    // before it, all within the domain; else it is one mailbox.
    private static boolean containsAddress(String subtree, String address) throws UnprovenException {
        int at = address.lastIndexOf('@');
        if (at <= 0 || at == address.length() - 1) {
            throw unfit("its certificate has an address under a constraint that is none");
        }
        String host = labelled(address.substring(at + 1));
        int mailbox = subtree.lastIndexOf('@');
        if (mailbox >= 0) {
            // The part before the @ may tell cases apart (RFC 5321 section 2.4); who may exclude it means all of them.
            return subtree.equals(address.toLowerCase(Locale.ROOT));
        }
        return subtree.startsWith(".") ? host.endsWith(subtree) : host.equals(subtree);
    }

    // "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name
    // satisfies the name constraint."
    private static boolean containsHost(String subtree, String host) {
        if (subtree.isEmpty() || subtree.startsWith(".")) {
            return host.endsWith(subtree);
        }
        return host.equals(subtree) || host.endsWith("." + subtree);
    }

    // "When the constraint begins with a period, it MAY be expanded with one or more labels. […] When the constraint
    // does not begin with a period, it specifies a host." And: where a URI "does not include an authority component
    // with a host name specified as a fully qualified domain name (e.g., if the URI either does not include an
    // authority component or includes an authority component in which the host name is specified as an IP address),
    // then the application MUST reject the certificate."
    private static boolean containsUri(String subtree, String uri) throws UnprovenException {
        String host = labelled(
                host(uri).orElseThrow(() -> unfit("its certificate has a URI without a host, under a constraint")));
        return subtree.startsWith(".") ? host.endsWith(subtree) : host.equals(subtree);
    }

    private static Optional<String> host(String uri) {
        int from = uri.indexOf("://");
        if (from < 0) {
            return Optional.empty();
        }
        String authority = uri.substring(from + 3).split("[/?#\\\\]", 2)[0];
        String host = authority.substring(authority.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        int port = host.indexOf(':');
        String name = port < 0 ? host : host.substring(0, port);
        boolean isName = name.matches("[a-z0-9][a-z0-9._-]*") && !name.endsWith("-") && !name.matches("[0-9.]+");
        return isName ? Optional.of(name) : Optional.empty();
    }

    private static UnprovenException unfit(String saw) {
        return new UnprovenException(Rejection.CERTIFICATE_UNFIT, saw);
    }
}
