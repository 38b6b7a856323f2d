package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.pattern.TextPattern;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;

/**
 * Pipelines of GitLab CI. The subject is the configuration that the pipeline ran (ci_config_ref_uri), which may be another
 * project's; the source repository is the project (sigstore/fulcio, docs/oid-info.md). Both are compared.
 *
 * @param host {@code gitlab.com}, or that of a server of one's own
 * @param issuer of its tokens, where it is not {@code https://host}
 * @param project with its groups, as {@code group/sub/app}
 * @param config path of the configuration in the project; or another project's, as {@code group/other//path.yml}, with or
 *     without {@code @ref}
 * @param refs that were built, and from which the project's own configuration was read
 * @param triggers sources of pipelines
 * @param environment of the job
 * @param runner {@code gitlab-hosted} or {@code self-hosted}
 */
public record GitLabIdentity(
        String host,
        Optional<String> issuer,
        String project,
        String config,
        List<Glob> refs,
        List<String> triggers,
        Optional<String> environment,
        Optional<String> runner) {

    public static final String DEFAULT_HOST = "gitlab.com";
    public static final String DEFAULT_CONFIG = ".gitlab-ci.yml";

    /** Branches and tags. */
    public static final List<Glob> DEFAULT_REFS = GitHubIdentity.DEFAULT_REFS;

    /**
     * Sources that only who may push to the project or run its pipelines can cause. A merge request's pipeline is not among
     * them, nor are child pipelines, which may be those of a merge request.
     */
    public static final List<String> DEFAULT_TRIGGERS =
            List.of("push", "web", "schedule", "api", "trigger", "pipeline");

    public GitLabIdentity {
        refs = List.copyOf(refs);
        triggers = List.copyOf(triggers);
    }

    /** What certificates must say. */
    public IdentityRule rule() {
        String server = "https://" + host;
        EnumMap<FulcioExtension, TextPattern> extensions = new EnumMap<>(FulcioExtension.class);
        extensions.put(FulcioExtension.SOURCE_REPOSITORY_URI, GitHubIdentity.pattern(server + "/" + project));
        extensions.put(
                FulcioExtension.SOURCE_REPOSITORY_REF,
                GitHubIdentity.either(refs.stream().map(Glob::pattern).toList()));
        extensions.put(FulcioExtension.BUILD_TRIGGER, GitHubIdentity.either(triggers));
        environment.ifPresent(
                name -> extensions.put(FulcioExtension.DEPLOYMENT_ENVIRONMENT, GitHubIdentity.pattern(name)));
        runner.ifPresent(kind -> extensions.put(FulcioExtension.RUNNER_ENVIRONMENT, GitHubIdentity.pattern(kind)));
        return new IdentityRule(
                Optional.of(GitHubIdentity.pattern(issuer.orElse(server))), Optional.of(subject(server)), extensions);
    }

    private TextPattern subject(String server) {
        if (config.contains("//")) {
            return GitHubIdentity.pattern(server + "/" + config + (config.contains("@") ? "" : "@**"));
        }
        String path = server + "/" + project + "//" + config + "@";
        return GitHubIdentity.either(
                refs.stream().map(ref -> path + ref.pattern()).toList());
    }
}
