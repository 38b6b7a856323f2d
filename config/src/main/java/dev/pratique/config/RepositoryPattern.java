package dev.pratique.config;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.config.yaml.NearestName;
import dev.pratique.config.yaml.Value;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A rule's pattern over repositories. Repositories come in one spelling, so a pattern in another would be about none of
 * them without anybody noticing.
 */
final class RepositoryPattern {
    /** Matching costs the text's length to the power of the wildcards. */
    static final int MAX_WILDCARDS = 4;

    private static final int MAX_LENGTH = 512;
    private static final Pattern REST = Pattern.compile("[a-z0-9*._-]+(/[a-z0-9*._-]+)*");

    private final KnownNames upstreams;

    RepositoryPattern(KnownNames upstreams) {
        this.upstreams = upstreams;
    }

    /** The pattern; complains, and hands out the pattern all the same, where it is not one. */
    Glob read(Value value) {
        wrong(value.text())
                .ifPresent(complaint -> value.refuse(value.quoted() + " " + complaint.what(), complaint.hint()));
        return new Glob(value.text());
    }

    private record Complaint(String what, String hint) {}

    private Optional<Complaint> wrong(String pattern) {
        if (pattern.equals("**")) {
            return Optional.empty();
        }
        Optional<Complaint> wildcards = wildcards(pattern);
        if (wildcards.isPresent()) {
            return wildcards;
        }
        if (pattern.contains("://")) {
            return complaint("is a URL, not a repository", instead(pattern.substring(pattern.indexOf("://") + 3)));
        }
        int slash = pattern.indexOf('/');
        if (slash < 0) {
            return bare(pattern);
        }
        String host = pattern.substring(0, slash);
        String rest = pattern.substring(slash + 1);
        Optional<Complaint> name = name(host, rest);
        return name.isPresent() ? name : host(host, rest);
    }

    private static Optional<Complaint> wildcards(String pattern) {
        if (pattern.length() > MAX_LENGTH || new Glob(pattern).wildcards() > MAX_WILDCARDS) {
            return complaint(
                    "has more than " + MAX_WILDCARDS + " wildcards or " + MAX_LENGTH + " characters",
                    "write several patterns");
        }
        return pattern.contains("***") ? complaint("has more than two stars in a row", "write **") : Optional.empty();
    }

    private static Optional<Complaint> bare(String pattern) {
        if (pattern.equals("*")) {
            return complaint("matches no repository", "write **: a single star ends at a slash");
        }
        boolean host = pattern.indexOf('.') >= 0 || pattern.indexOf(':') >= 0;
        return complaint(
                "names no registry and repository", instead(host ? pattern + "/**" : "docker.io/library/" + pattern));
    }

    private static Optional<Complaint> name(String host, String rest) {
        if (rest.indexOf(':') >= 0 || rest.indexOf('@') >= 0) {
            String bare = rest.split("[:@]", 2)[0];
            return complaint(
                    "has a tag or digest; rules are about repositories",
                    instead(host + "/" + bare) + ", and tags: {refuse: [...]} for tags");
        }
        if (!REST.matcher(rest).matches()) {
            String lower = rest.toLowerCase(Locale.ROOT);
            boolean onlyCase = REST.matcher(lower).matches();
            return complaint(
                    "has what no repository's name has after the registry",
                    onlyCase ? instead(host + "/" + lower) : "lower-case letters, digits, '.', '_', '-' and '/'");
        }
        return Optional.empty();
    }

    private Optional<Complaint> host(String host, String rest) {
        if (host.indexOf('*') >= 0) {
            boolean some = !upstreams.readable()
                    || host.contains("**")
                    || upstreams.names().stream().anyMatch(new Glob(host)::matches);
            return some
                    ? Optional.empty()
                    : complaint(
                            "is about no upstream of proxy.yaml", "add one to the upstreams, or remove the pattern");
        }
        String canonical;
        try {
            canonical = Repository.canonicalRegistry(host);
        } catch (MalformedEvidenceException e) {
            return complaint("does not begin with a registry", "write host/name, as ghcr.io/acme/**");
        }
        // Docker's rule: a first part without dot, colon and "localhost" is not a host, unless an upstream says it is.
        boolean hub =
                !canonical.matches(".*[.:].*|localhost") && !upstreams.names().contains(canonical);
        if (hub && upstreams.readable()) {
            return complaint("does not begin with a registry", instead("docker.io/" + host + "/" + rest));
        }
        String right = canonical.equals("docker.io") && rest.indexOf('/') < 0 && !rest.contains("**")
                ? "library/" + rest
                : rest;
        if (!canonical.equals(host) || !right.equals(rest)) {
            return complaint("is not how the repository is spelt here", instead(canonical + "/" + right));
        }
        if (upstreams.readable() && !upstreams.names().contains(host)) {
            return complaint(
                    "is about no upstream of proxy.yaml",
                    NearestName.find(host, upstreams.names())
                            .map(nearest -> "did you mean " + nearest + "?")
                            .orElse("add " + host + " to the upstreams, or remove the pattern"));
        }
        return Optional.empty();
    }

    private static String instead(String pattern) {
        return "write " + pattern;
    }

    private static Optional<Complaint> complaint(String what, String hint) {
        return Optional.of(new Complaint(what, hint));
    }
}
