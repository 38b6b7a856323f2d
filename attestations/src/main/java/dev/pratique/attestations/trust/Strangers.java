package dev.pratique.attestations.trust;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.trust.IdentityRule.Claims;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Identities that nobody means: a pattern that one of them fits takes whoever comes. Their hosts are below {@code .invalid}
 * (RFC 2606 section 2), their accounts have names that nobody has.
 */
final class Strangers {
    private static final String NOBODY = "nobody-7c41e09b";

    private static final String COMMIT = "7c41e09b".repeat(5);

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
            workflow(
                    "https://token.actions.githubusercontent.com",
                    "https://github.com/",
                    "/.github/workflows/release.yml@refs/heads/main"),
            workflow(
                    "https://token.actions.githubusercontent.com",
                    "https://github.com/",
                    "/.github/workflows/release.yaml@refs/tags/v1.0.0"),
            workflow("https://gitlab.com", "https://gitlab.com/", "//.gitlab-ci.yml@refs/heads/main"),
            person("https://accounts.google.com", NOBODY + "@gmail.com"),
            person("https://accounts.google.com", NOBODY + "@" + NOBODY + ".iam.gserviceaccount.com"),
            person("https://github.com/login/oauth", NOBODY + "@users.noreply.github.com"),
            person("https://login.microsoftonline.com", NOBODY + "@outlook.com"),
            person("https://oauth2.sigstore.dev/auth", NOBODY + "@gmail.com"));

    private Strangers() {}

    static boolean areIssuers(TextPattern issuer) {
        return ISSUERS.stream().anyMatch(issuer::matches);
    }

    static boolean areSubjects(TextPattern subject) {
        return SUBJECTS.stream().anyMatch(subject::matches);
    }

    private static Claims person(String issuer, String address) {
        return new Claims(Optional.of(issuer), List.of(address), Map.of());
    }

    private static Claims workflow(String issuer, String host, String config) {
        String owner = host + NOBODY;
        String repository = owner + "/" + NOBODY;
        String subject = repository + config;
        EnumMap<FulcioExtension, String> claims = new EnumMap<>(FulcioExtension.class);
        claims.put(FulcioExtension.BUILD_SIGNER_URI, subject);
        claims.put(FulcioExtension.BUILD_CONFIG_URI, subject);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_URI, repository);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, owner);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER, "4294967291");
        claims.put(FulcioExtension.SOURCE_REPOSITORY_OWNER_IDENTIFIER, "4294967279");
        claims.put(FulcioExtension.BUILD_SIGNER_DIGEST, COMMIT);
        claims.put(FulcioExtension.BUILD_CONFIG_DIGEST, COMMIT);
        claims.put(FulcioExtension.SOURCE_REPOSITORY_DIGEST, COMMIT);
        claims.put(FulcioExtension.GITHUB_WORKFLOW_SHA, COMMIT);
        claims.put(FulcioExtension.RUN_INVOCATION_URI, repository + "/actions/runs/1/attempts/1");
        claims.put(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, NOBODY + "/" + NOBODY);
        return new Claims(Optional.of(issuer), List.of(subject), claims);
    }
}
