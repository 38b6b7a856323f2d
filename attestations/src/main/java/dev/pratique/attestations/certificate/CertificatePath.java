package dev.pratique.attestations.certificate;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.key.VerificationKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Path validation (RFC 5280 section 6), without revocation: what Fulcio certifies lives for ten minutes. */
public final class CertificatePath {
    private CertificatePath() {}

    /** As {@link #prove(Purpose, Certificate, List, List, List)}, for code signing, at one time. */
    public static ProvedCertificate prove(
            Certificate leaf, List<Certificate> offered, List<CertificateAuthority> authorities, Instant at)
            throws UnprovenException {
        return prove(Purpose.CODE_SIGNING, leaf, offered, authorities, List.of(at));
    }

    /**
     * That an authority certified this key for this purpose, at each of these times. Signatures are checked once, however
     * many times there are.
     *
     * @param offered what the evidence brings besides the leaf, in any order; looked at only for authorities that take it.
     *     One that leads nowhere changes nothing
     * @param times at least one
     * @throws UnprovenException with CERTIFICATE_UNTRUSTED where it leads to none of the authorities, CERTIFICATE_UNFIT where
     *     it or one above it is none to sign with, CERTIFICATE_TIME where one of the times lies outside, MALFORMED where what
     *     it says cannot be read, LIMIT where more is offered than is looked at; of several failures the furthest
     */
    public static ProvedCertificate prove(
            Purpose purpose,
            Certificate leaf,
            List<Certificate> offered,
            List<CertificateAuthority> authorities,
            List<Instant> times)
            throws UnprovenException {
        if (times.isEmpty()) {
            throw new IllegalArgumentException("a path is proved at a time");
        }
        return search(purpose, leaf, offered, authorities, times);
    }

    /**
     * Whom one of these authorities certified for code signing, whenever that was and whatever became of it: enough to see
     * that a certificate is of no use, never that it is of any.
     *
     * @throws UnprovenException as {@link #prove(Purpose, Certificate, List, List, List)}, but for times
     */
    public static Named identify(Certificate leaf, List<Certificate> offered, List<CertificateAuthority> authorities)
            throws UnprovenException {
        ProvedCertificate found = search(Purpose.CODE_SIGNING, leaf, offered, authorities, List.of());
        return new Named(found.identity(), found.key());
    }

    /** Whom an authority certified for which key, at no time in particular. */
    public record Named(CertificateIdentity identity, VerificationKey key) {}

    /** What it costs to look for a path, in checks of P-256 signatures; nothing where the names alone lead nowhere. */
    public static int cost(Certificate leaf, List<Certificate> offered, List<CertificateAuthority> authorities) {
        int cost = 0;
        for (CertificateAuthority authority : authorities) {
            // Each that is brought may claim to be of the authority, which its signature tells.
            cost += authority.takesIntermediates() ? offered.size() : 0;
        }
        boolean named = authorities.stream()
                .flatMap(authority -> authority.chain().stream())
                .anyMatch(one -> one.subject.equals(leaf.issuer));
        return named || cost > 0 ? cost + EvidenceLimits.CHECKS_PER_PATH : 0;
    }

    /**
     * Whether this authority's key, or one of an authority that it certified, signed the certificate, whatever else is to be
     * said of either.
     *
     * @throws UnprovenException LIMIT where more is offered than is looked at
     */
    public static boolean leads(Certificate leaf, List<Certificate> offered, CertificateAuthority authority)
            throws UnprovenException {
        PathRules none = new PathRules(Purpose.CODE_SIGNING, leaf, List.of());
        return new PathSearch(none, authority, leaf, offered).leads();
    }

    private static ProvedCertificate search(
            Purpose purpose,
            Certificate leaf,
            List<Certificate> offered,
            List<CertificateAuthority> authorities,
            List<Instant> times)
            throws UnprovenException {
        PathRules.requireFitLeaf(leaf, purpose);
        PathRules rules = new PathRules(purpose, leaf, times);
        Optional<UnprovenException> furthest = Optional.empty();
        for (CertificateAuthority authority : authorities) {
            try {
                List<Certificate> path = new PathSearch(rules, authority, leaf, offered).find();
                VerificationKey key = PathRules.requireKey(leaf);
                // Rules compare names of who signs code. A timestamp authority is trusted by its certificate,
                // whatever it is called.
                CertificateIdentity identity =
                        purpose == Purpose.TIME_STAMPING ? CertificateIdentity.bySubject(leaf) : identity(leaf);
                return new ProvedCertificate(
                        leaf, identity, key, path.get(0), authority, rules.window(path, authority));
            } catch (UnprovenException e) {
                furthest = Optional.of(furthest.isPresent() ? further(furthest.get(), e) : e);
            }
        }
        throw furthest.orElseGet(() -> new UnprovenException(
                Rejection.CERTIFICATE_UNTRUSTED, "no authority for certificates is trusted here"));
    }

    private static CertificateIdentity identity(Certificate leaf) throws UnprovenException {
        try {
            CertificateIdentity identity = CertificateIdentity.of(leaf);
            if (identity.subjects().isEmpty() && identity.subjectDn().isEmpty()) {
                throw new UnprovenException(
                        Rejection.CERTIFICATE_UNFIT, "its certificate names nobody in a form that is compared");
            }
            return identity;
        } catch (MalformedEvidenceException e) {
            throw new UnprovenException(Rejection.MALFORMED, e.getMessage());
        }
    }

    static UnprovenException further(UnprovenException one, UnprovenException other) {
        return progress(other) > progress(one) ? other : one;
    }

    private static int progress(UnprovenException failure) {
        return switch (failure.rejection()) {
            case CERTIFICATE_UNTRUSTED -> 0;
            case LIMIT -> 1;
            case CERTIFICATE_UNFIT -> 2;
            case CERTIFICATE_TIME -> 3;
            default -> 4;
        };
    }
}
