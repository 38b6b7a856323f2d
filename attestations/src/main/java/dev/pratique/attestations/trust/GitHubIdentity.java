package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.pattern.TextPattern;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Workflows of GitHub Actions. What is said of the token's claims in Fulcio's certificates (sigstore/fulcio,
 * docs/oid-info.md): the subject is the workflow <em>that signs</em> (job_workflow_ref), which for a reusable workflow is
 * another repository's file; the source repository is the one that was built. So both are compared: with the subject alone
 * anybody who calls the reusable workflow could sign, with the repository alone any reusable workflow that it calls. Owner
 * and repository are compared as URIs, so that neither a fork nor a repository of the same name elsewhere passes.
 *
 * @param host {@code github.com}, or that of a GitHub Enterprise Server
 * @param issuer of its tokens, where it is not the usual one of the host
 * @param owner a user or organisation
 * @param repositories names without the owner; empty: all of the owner's
 * @param workflow file below {@code .github/workflows} of the repository itself; or of another repository, as
 *     {@code owner/name/.github/workflows/file.yml}, with or without {@code @ref}; empty: any of the repository itself
 * @param refs that were built, and from which a workflow of the repository itself was read
 * @param triggers events
 * @param environment deployment environment of the job
 * @param runner {@code github-hosted} or {@code self-hosted}
 * @param ids numbers that GitHub gives to owner and repository and never again, by their extension
 */
public record GitHubIdentity(
        String host,
        Optional<String> issuer,
        String owner,
        List<String> repositories,
        Optional<String> workflow,
        List<Glob> refs,
        List<String> triggers,
        Optional<String> environment,
        Optional<String> runner,
        Map<FulcioExtension, String> ids) {

    /** Branches and tags: what a pull request builds is below {@code refs/pull}. */
    public static final List<Glob> DEFAULT_REFS = List.of(new Glob("refs/heads/**"), new Glob("refs/tags/**"));

    /**
     * Events that only who may write to the repository can cause with content of its branches and tags. Pull requests,
     * comments and what follows them (workflow_run) are caused by anybody.
     */
    public static final List<String> DEFAULT_TRIGGERS =
            List.of("push", "release", "schedule", "workflow_dispatch", "repository_dispatch");

    public static final String DEFAULT_HOST = "github.com";

    public GitHubIdentity {
        repositories = List.copyOf(repositories);
        refs = List.copyOf(refs);
        triggers = List.copyOf(triggers);
        ids = Map.copyOf(ids);
    }

    /** What certificates must say; any of them. */
    public List<IdentityRule> rules() {
        List<IdentityRule> rules = new ArrayList<>();
        for (String repository : repositories.isEmpty() ? List.of("*") : repositories) {
            rules.add(rule(repository));
        }
        return List.copyOf(rules);
    }

    private IdentityRule rule(String repository) {
        String ownerUri = "https://" + host + "/" + owner;
        EnumMap<FulcioExtension, TextPattern> extensions = new EnumMap<>(FulcioExtension.class);
        extensions.put(FulcioExtension.SOURCE_REPOSITORY_URI, pattern(ownerUri + "/" + repository));
        extensions.put(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, pattern(ownerUri));
        extensions.put(
                FulcioExtension.SOURCE_REPOSITORY_REF,
                either(refs.stream().map(Glob::pattern).toList()));
        extensions.put(FulcioExtension.BUILD_TRIGGER, either(triggers));
        environment.ifPresent(name -> extensions.put(FulcioExtension.DEPLOYMENT_ENVIRONMENT, pattern(name)));
        runner.ifPresent(kind -> extensions.put(FulcioExtension.RUNNER_ENVIRONMENT, pattern(kind)));
        ids.forEach((extension, id) -> extensions.put(extension, pattern(id)));
        return new IdentityRule(
                Optional.of(pattern(issuer.orElseGet(this::usualIssuer))),
                Optional.of(subject(ownerUri + "/" + repository)),
                extensions);
    }

    private TextPattern subject(String repository) {
        String file = workflow.orElse("*");
        if (file.contains("/")) {
            return pattern("https://" + host + "/" + file + (file.contains("@") ? "" : "@**"));
        }
        String path = repository + "/.github/workflows/" + file + "@";
        return either(refs.stream().map(ref -> path + ref.pattern()).toList());
    }

    // docs.github.com, "OpenID Connect reference": a server of one's own issues tokens itself, data residency below
    // ghe.com.
    private String usualIssuer() {
        if (host.equals(DEFAULT_HOST)) {
            return "https://token.actions.githubusercontent.com";
        }
        return host.endsWith(".ghe.com") ? "https://token.actions." + host : "https://" + host + "/_services/token";
    }

    static TextPattern either(List<String> patterns) {
        return TextPattern.either(patterns.stream().map(GitHubIdentity::pattern).toList());
    }

    /** A star is a wildcard: no name of an owner, a repository or a file that the reader takes has one. */
    static TextPattern pattern(String text) {
        return text.contains("*") ? new TextPattern.Wildcards(new Glob(text)) : new TextPattern.Exact(text);
    }
}
