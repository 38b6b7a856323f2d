package dev.pratique.config;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.trust.GitHubIdentity;
import dev.pratique.attestations.trust.GitLabIdentity;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.config.yaml.Section;
import dev.pratique.config.yaml.Shape;
import dev.pratique.config.yaml.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Identities as their providers speak of them. */
final class ShorthandReader {
    static final Shape.Keys GITHUB = Shape.keys(
                    "host",
                    "issuer",
                    "owner",
                    "ownerId",
                    "repository",
                    "repositoryId",
                    "workflow",
                    "environment",
                    "runner")
            .with("repositories", Shape.VALUES)
            .with("refs", Shape.VALUES)
            .with("triggers", Shape.VALUES);
    static final Shape.Keys GITLAB = Shape.keys("host", "issuer", "project", "config", "environment", "runner")
            .with("refs", Shape.VALUES)
            .with("triggers", Shape.VALUES);
    static final Shape.Keys GOOGLE = Shape.keys("serviceAccount");

    private static final int MOST_WILDCARDS = 4;

    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?");
    private static final Pattern ISSUER = Pattern.compile("https?://[^\\s/?#*]+(/[^\\s?#*]*)?");
    private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
    private static final Pattern REPOSITORY = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Pattern WORKFLOW = Pattern.compile("[^\\s/@*]+\\.ya?ml");
    private static final Pattern WORKFLOW_ELSEWHERE = Pattern.compile(
            "[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+/\\.github/workflows/[^\\s/@*]+\\.ya?ml(@[^\\s@]+)?");
    private static final Pattern REF = Pattern.compile("refs/[^\\s@]+");
    private static final Pattern TRIGGER = Pattern.compile("[a-z][a-z_]{0,63}");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,18}");
    private static final Pattern ENVIRONMENT = Pattern.compile("[^*\\p{Cntrl}]{1,255}");
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+");
    private static final Pattern CONFIG = Pattern.compile("[^\\s@*:]+\\.ya?ml");
    private static final Pattern CONFIG_ELSEWHERE =
            Pattern.compile("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+//[^\\s@*:]+\\.ya?ml(@[^\\s@]+)?");
    private static final Pattern SERVICE_ACCOUNT =
            Pattern.compile("[a-z0-9][a-z0-9.-]*@[a-z0-9][a-z0-9.-]*\\.gserviceaccount\\.com");

    private ShorthandReader() {}

    static List<IdentityRule> github(Section section) {
        Optional<String> owner = required(section, "owner", OWNER, "a user or organisation, as acme");
        List<String> repositories = new ArrayList<>();
        if (section.has("repository") && section.has("repositories")) {
            section.refuse(section.path() + " says repository and repositories", "keep one of the two");
        }
        section.find("repository")
                .flatMap(value -> like(value, REPOSITORY, "the name without its owner, as app"))
                .ifPresent(repositories::add);
        section.values("repositories")
                .forEach(value -> like(value, REPOSITORY, "the name without its owner, as app")
                        .ifPresent(repositories::add));
        Map<FulcioExtension, String> ids = new EnumMap<>(FulcioExtension.class);
        optional(section, "ownerId", NUMBER, "the number that GitHub's API gives as id")
                .ifPresent(id -> ids.put(FulcioExtension.SOURCE_REPOSITORY_OWNER_IDENTIFIER, id));
        optional(section, "repositoryId", NUMBER, "the number that GitHub's API gives as id")
                .ifPresent(id -> ids.put(FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER, id));
        if (section.has("repositoryId") && !section.has("repository")) {
            section.refuse("repositoryId", "repositoryId is that of one repository", "say repository: NAME beside it");
        }
        GitHubIdentity identity = new GitHubIdentity(
                host(section, GitHubIdentity.DEFAULT_HOST),
                issuer(section),
                owner.orElse(""),
                repositories,
                workflow(section),
                refs(section, GitHubIdentity.DEFAULT_REFS),
                triggers(section, GitHubIdentity.DEFAULT_TRIGGERS),
                environment(section),
                section.oneOf("runner", List.of("github-hosted", "self-hosted")),
                ids);
        return owner.isEmpty() ? List.of() : identity.rules();
    }

    private static Optional<String> workflow(Section section) {
        return section.find("workflow").flatMap(value -> {
            boolean here = WORKFLOW.matcher(value.text()).matches();
            return here
                    ? Optional.of(value.text())
                    : like(
                            value,
                            WORKFLOW_ELSEWHERE,
                            "a file of .github/workflows, as release.yml; of another repository"
                                    + " OWNER/NAME/.github/workflows/FILE.yml@REF");
        });
    }

    static List<IdentityRule> gitlab(Section section) {
        Optional<String> project = required(section, "project", PROJECT, "the project with its groups, as group/app");
        GitLabIdentity identity = new GitLabIdentity(
                host(section, GitLabIdentity.DEFAULT_HOST),
                issuer(section),
                project.orElse(""),
                config(section).orElse(GitLabIdentity.DEFAULT_CONFIG),
                refs(section, GitLabIdentity.DEFAULT_REFS),
                triggers(section, GitLabIdentity.DEFAULT_TRIGGERS),
                environment(section),
                section.oneOf("runner", List.of("gitlab-hosted", "self-hosted")));
        return project.isEmpty() ? List.of() : List.of(identity.rule());
    }

    private static Optional<String> config(Section section) {
        return section.find("config").flatMap(value -> {
            boolean elsewhere = value.text().contains("//");
            return like(
                    value,
                    elsewhere ? CONFIG_ELSEWHERE : CONFIG,
                    "a path in the project, as .gitlab-ci.yml; of another project GROUP/NAME//PATH.yml@REF");
        });
    }

    static List<IdentityRule> google(Section section) {
        return required(
                        section,
                        "serviceAccount",
                        SERVICE_ACCOUNT,
                        "its address, as NAME@PROJECT.iam.gserviceaccount.com; people are identities: [{issuer, subject}]")
                .map(address -> List.of(IdentityRule.googleServiceAccount(address)))
                .orElse(List.of());
    }

    private static String host(Section section, String usual) {
        return optional(section, "host", HOST, "host and port alone, without https://")
                .orElse(usual);
    }

    private static Optional<String> issuer(Section section) {
        return optional(section, "issuer", ISSUER, "the iss of its tokens, as https://ci.example");
    }

    private static Optional<String> environment(Section section) {
        return optional(section, "environment", ENVIRONMENT, "the name of one deployment environment");
    }

    private static List<Glob> refs(Section section, List<Glob> usual) {
        List<Glob> refs = new ArrayList<>();
        for (Value value : section.values("refs")) {
            Glob glob = new Glob(value.text());
            if (glob.wildcards() > MOST_WILDCARDS || value.text().contains("***")) {
                value.refuse(
                        value.quoted() + " has more than " + MOST_WILDCARDS + " wildcards or two stars in a row",
                        "write several patterns");
            } else {
                like(value, REF, "it in full, as refs/heads/main or refs/tags/v*")
                        .ifPresent(ref -> refs.add(glob));
            }
        }
        return refs.isEmpty() ? usual : refs;
    }

    private static List<String> triggers(Section section, List<String> usual) {
        List<String> triggers = new ArrayList<>();
        section.values("triggers")
                .forEach(
                        value -> like(value, TRIGGER, "an event as the provider names it, as push or workflow_dispatch")
                                .ifPresent(triggers::add));
        return triggers.isEmpty() ? usual : triggers;
    }

    private static Optional<String> required(Section section, String key, Pattern form, String wanted) {
        return section.require(key).flatMap(value -> like(value, form, wanted));
    }

    private static Optional<String> optional(Section section, String key, Pattern form, String wanted) {
        return section.find(key).flatMap(value -> like(value, form, wanted));
    }

    private static Optional<String> like(Value value, Pattern form, String wanted) {
        if (form.matcher(value.text()).matches()) {
            return Optional.of(value.text());
        }
        value.refuse(value.path() + " cannot be " + value.quoted(), "write " + wanted);
        return Optional.empty();
    }
}
