package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.certificate.SubjectName;
import dev.pratique.attestations.certificate.SubjectName.Kind;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.trust.IdentityRule.Claims;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Identities that nobody means: a pattern that one of them fits takes whoever comes. Their hosts are below {@code .invalid}
 * (RFC 2606 section 2), their accounts have names that nobody has.
 */
final class Strangers {
    private static final String NOBODY = "nobody-7c41e09b";

    private static final String GITHUB = "https://token.actions.githubusercontent.com";

    private static final String GITHUB_HOST = "https://github.com/";
    private static final String GITLAB = "https://gitlab.com";
    private static final String GITLAB_HOST = "https://gitlab.com/";

    private static final List<String> ISSUERS = List.of(
            "https://" + NOBODY + ".invalid",
            "https://" + NOBODY + ".invalid/" + NOBODY,
            "http://" + NOBODY + ".invalid");

    private static final List<String> SUBJECTS = List.of(
            NOBODY + "@" + NOBODY + ".invalid",
            "https://" + NOBODY + ".invalid/" + NOBODY,
            "https://" + NOBODY + ".invalid/" + NOBODY + "/" + NOBODY
                    + "/.github/workflows/release.yml@refs/heads/main",
            NOBODY + ".invalid",
            NOBODY + "!" + NOBODY + ".invalid");

    /** One each at the providers whose tokens anybody can have. */
    static final List<Claims> KNOWN = List.of(
            workflow(GITHUB, GITHUB_HOST, NOBODY, "/.github/workflows/release.yml@refs/heads/main"),
            workflow(GITHUB, GITHUB_HOST, NOBODY, "/.github/workflows/release.yaml@refs/tags/v1.0.0"),
            workflow(GITLAB, GITLAB_HOST, NOBODY, "//.gitlab-ci.yml@refs/heads/main"),
            person("https://accounts.google.com", NOBODY + "@gmail.com"),
            person("https://accounts.google.com", NOBODY + "@" + NOBODY + ".iam.gserviceaccount.com"),
            person("https://github.com/login/oauth", NOBODY + "@users.noreply.github.com"),
            person("https://login.microsoftonline.com", NOBODY + "@outlook.com"),
            person("https://oauth2.sigstore.dev/auth", NOBODY + "@gmail.com"));

    // How a rule may name a workflow's file and the ref that it ran for.
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_.-]{1,60}\\.ya?ml");
    private static final Pattern REF = Pattern.compile("refs/(?:heads|tags)/[A-Za-z0-9_./-]{1,60}");
    // Where one may stand for a repository's name: what follows a slash and is followed by one, or ends it.
    private static final Pattern REPOSITORY = Pattern.compile("/([A-Za-z0-9_.-]{1,60})(?=$|/|@|:|\\$)");
    private static final int NAMES = 8;

    private Strangers() {}

    /** Strangers who call their repositories, files and branches as the rule does. */
    static Stream<Claims> likening(IdentityRule rule) {
        // A text is somebody's or another's; only patterns fit several.
        if (Stream.concat(rule.subject().stream(), rule.extensions().values().stream())
                .anyMatch(TextPattern.Exact.class::isInstance)) {
            return Stream.empty();
        }
        Set<String> files = new LinkedHashSet<>(List.of("release.yml"));
        Set<String> refs = new LinkedHashSet<>(List.of("refs/heads/main", "refs/tags/v1.0.0"));
        Set<String> repositories = new LinkedHashSet<>(List.of(NOBODY));
        Stream.concat(rule.subject().stream(), rule.extensions().values().stream())
                .map(pattern -> pattern.toString().replace("\\", ""))
                .forEach(text -> {
                    FILE.matcher(text).results().limit(NAMES).forEach(found -> files.add(found.group()));
                    REF.matcher(text).results().limit(NAMES).forEach(found -> refs.add(found.group()));
                    REPOSITORY.matcher(text).results().limit(NAMES).forEach(found -> repositories.add(found.group(1)));
                });
        return repositories.stream()
                .flatMap(repository -> refs.stream()
                        .flatMap(ref -> Stream.concat(
                                files.stream()
                                        .map(file -> workflow(
                                                GITHUB,
                                                GITHUB_HOST,
                                                repository,
                                                "/.github/workflows/" + file + "@" + ref)),
                                Stream.of(workflow(GITLAB, GITLAB_HOST, repository, "//.gitlab-ci.yml@" + ref)))));
    }

    static boolean areIssuers(TextPattern issuer) {
        return ISSUERS.stream().anyMatch(issuer::matches);
    }

    static boolean areSubjects(TextPattern subject) {
        return SUBJECTS.stream().anyMatch(subject::matches);
    }

    private static Claims person(String issuer, String address) {
        return new Claims(Optional.of(issuer), List.of(new SubjectName(Kind.EMAIL, address)), Map.of());
    }

    private static Claims workflow(String issuer, String host, String name, String config) {
        String owner = host + NOBODY;
        String repository = owner + "/" + name;
        String subject = repository + config;
        EnumMap<FulcioExtension, String> claims = new EnumMap<>(FulcioExtension.class);
        claims.put(FulcioExtension.BUILD_SIGNER_URI, subject);
        claims.put(FulcioExtension.BUILD_CONFIG_URI, subject);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_URI, repository);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, owner);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER, "4294967291");
        claims.put(FulcioExtension.SOURCE_REPOSITORY_OWNER_IDENTIFIER, "4294967279");
        claims.put(FulcioExtension.RUN_INVOCATION_URI, repository + "/actions/runs/1/attempts/1");
        claims.put(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, NOBODY + "/" + name);
        claims.put(
                FulcioExtension.TOKEN_SUBJECT, tokenSubject(issuer, name, config.substring(config.indexOf('@') + 1)));
        return new Claims(Optional.of(issuer), List.of(new SubjectName(Kind.URI, subject)), claims);
    }

    // GitHub's "About security hardening with OpenID Connect" and GitLab's "ID token payload" have the two forms.
    private static String tokenSubject(String issuer, String name, String ref) {
        String named = NOBODY + "/" + name;
        return issuer.equals(GITHUB)
                ? "repo:" + named + ":ref:" + ref
                : "project_path:" + named + ":ref_type:branch:ref:" + ref.substring(ref.lastIndexOf('/') + 1);
    }
}
