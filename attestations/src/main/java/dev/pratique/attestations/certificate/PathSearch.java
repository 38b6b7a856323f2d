package dev.pratique.attestations.certificate;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The way from a leaf into an authority's chain. No pair of certificates costs more than one signature check, and only what
 * the authority certified, itself or through others, is ever stepped on: what a stranger adds leads nowhere and takes nothing
 * away.
 */
final class PathSearch {
    private final PathRules rules;
    private final CertificateAuthority authority;
    private final Certificate leaf;
    private final List<Certificate> between;
    private final Map<Pair, Boolean> signed = new HashMap<>();
    private int steps;
    private UnprovenException furthest;

    private record Pair(Certificate issued, Certificate issuer) {}

    /** @throws UnprovenException LIMIT where more certificates are offered than are looked at */
    PathSearch(PathRules rules, CertificateAuthority authority, Certificate leaf, List<Certificate> offered)
            throws UnprovenException {
        this.rules = rules;
        this.authority = authority;
        this.leaf = leaf;
        this.furthest = untrusted(leaf, authority);
        this.between = certified(offered(authority, leaf, offered));
    }

    private static Set<Certificate> offered(CertificateAuthority authority, Certificate leaf, List<Certificate> offered)
            throws UnprovenException {
        if (!authority.takesIntermediates()) {
            return Set.of();
        }
        Set<Certificate> between = new LinkedHashSet<>(offered);
        between.remove(leaf);
        authority.chain().forEach(between::remove);
        if (between.size() > CertificateLimits.MAX_OFFERED) {
            throw new UnprovenException(
                    Rejection.LIMIT,
                    between.size() + " certificates come with it; up to " + CertificateLimits.MAX_OFFERED
                            + " are looked at");
        }
        return between;
    }

    /**
     * Those to which a way leads from above: signed by the authority, or by an authority so signed. A stranger's certificates
     * cost a look at one signature each; what they signed of each other costs none.
     */
    private List<Certificate> certified(Set<Certificate> offered) {
        List<Certificate> authorities = new ArrayList<>(authority.chain());
        List<Certificate> certified = new ArrayList<>();
        // The list grows while it is gone through.
        for (int i = 0; i < authorities.size(); i++) {
            for (Certificate one : offered) {
                if (!certified.contains(one) && isSigned(one, authorities.get(i))) {
                    certified.add(one);
                    if (one.isAuthority()) {
                        authorities.add(one);
                    }
                }
            }
        }
        return certified;
    }

    /**
     * Certificates from the leaf's issuer to the root.
     *
     * @throws UnprovenException the furthest failure, where there is no path that holds
     */
    List<Certificate> find() throws UnprovenException {
        Optional<List<Certificate>> found = extend(new ArrayList<>(), leaf);
        if (found.isEmpty()) {
            throw furthest;
        }
        return found.get();
    }

    /** Whether there is any way, holding or not. */
    boolean leads() {
        return Stream.concat(authority.chain().stream(), between.stream().filter(Certificate::isAuthority))
                .anyMatch(issuer -> isSigned(leaf, issuer));
    }

    private Optional<List<Certificate>> extend(List<Certificate> path, Certificate last) {
        if (++steps > CertificateLimits.MAX_STEPS || path.size() > CertificateLimits.MAX_PATH) {
            failed(new UnprovenException(Rejection.LIMIT, "its certificate's path is longer than is looked at"));
            return Optional.empty();
        }
        Optional<List<Certificate>> whole = close(path, last);
        if (whole.isPresent()) {
            return whole;
        }
        for (Certificate next : between) {
            if (!path.contains(next) && isSigned(last, next)) {
                path.add(next);
                Optional<List<Certificate>> found = extend(path, next);
                if (found.isPresent()) {
                    return found;
                }
                path.remove(path.size() - 1);
            }
        }
        return Optional.empty();
    }

    /** With the authority's own certificates behind it, if one of them signed the last. */
    private Optional<List<Certificate>> close(List<Certificate> path, Certificate last) {
        List<Certificate> chain = authority.chain();
        for (int i = 0; i < chain.size(); i++) {
            if (!isSigned(last, chain.get(i))) {
                continue;
            }
            List<Certificate> whole = new ArrayList<>(path);
            whole.addAll(chain.subList(i, chain.size()));
            try {
                requireLinked(i);
                rules.check(whole, authority);
                return Optional.of(List.copyOf(whole));
            } catch (UnprovenException e) {
                failed(e);
            }
        }
        return Optional.empty();
    }

    private void requireLinked(int index) throws UnprovenException {
        if (!authority.isLinkedFrom(index)) {
            throw new UnprovenException(
                    Rejection.CERTIFICATE_UNFIT,
                    "the chain that is configured for " + authority.name() + " is not signed from its end");
        }
    }

    private boolean isSigned(Certificate issued, Certificate issuer) {
        if (!issued.issuer.equals(issuer.subject)) {
            return false;
        }
        CertifiedKey key =
                authority.chain().contains(issuer) ? issuer.key() : issuer.key().ofEvidence();
        if (key.key().isEmpty()) {
            failed(new UnprovenException(
                    Rejection.CERTIFICATE_UNFIT,
                    "the key of '" + Printable.line(issuer.subject.toString()) + "', which issued its certificate, is"
                            + " none to verify with: " + key.problem()));
            return false;
        }
        return signed.computeIfAbsent(new Pair(issued, issuer), pair -> pair.issued.isIssuedBy(pair.issuer));
    }

    private void failed(UnprovenException failure) {
        furthest = CertificatePath.further(furthest, failure);
    }

    private static UnprovenException untrusted(Certificate leaf, CertificateAuthority authority) {
        boolean sameName = authority.chain().stream().anyMatch(one -> one.subject.equals(leaf.issuer));
        String issuer = "'" + Printable.line(leaf.issuer.toString()) + "'";
        return new UnprovenException(
                Rejection.CERTIFICATE_UNTRUSTED,
                sameName
                        ? "its certificate says that " + issuer + " issued it, whose key of " + authority.name()
                                + " did not sign it"
                        : "its certificate is issued by " + issuer + ", which does not lead to " + authority.name());
    }
}
