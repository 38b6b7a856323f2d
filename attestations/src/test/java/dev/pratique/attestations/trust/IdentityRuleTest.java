package dev.pratique.attestations.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.FulcioExtension;
import dev.pratique.attestations.certificate.SubjectName;
import dev.pratique.attestations.certificate.SubjectName.Kind;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.pattern.UnusablePatternException;
import dev.pratique.attestations.trust.IdentityRule.Claims;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom rules take, and whom they do not. The claims are those of the samples' certificates. */
class IdentityRuleTest {
    private static final String GITHUB = "https://token.actions.githubusercontent.com";
    private static final String RELEASE = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";
    private static final String BUILDERS =
            "https://github.com/acme/builders/.github/workflows/build.yml@refs/tags/v2.0.0";

    private static SubjectName uri(String text) {
        return new SubjectName(Kind.URI, text);
    }

    private static SubjectName email(String text) {
        return new SubjectName(Kind.EMAIL, text);
    }

    private static GitHubIdentity github(String workflow, String... refs) {
        return new GitHubIdentity(
                "github.com",
                Optional.empty(),
                "acme",
                List.of("app"),
                workflow.isEmpty() ? Optional.empty() : Optional.of(workflow),
                refs.length == 0
                        ? GitHubIdentity.DEFAULT_REFS
                        : List.of(refs).stream().map(Glob::new).toList(),
                GitHubIdentity.DEFAULT_TRIGGERS,
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    /** A run of acme/app on main, with something changed. */
    private static final class Run {
        private String issuer = GITHUB;
        private String subject = RELEASE;
        private final EnumMap<FulcioExtension, String> claims = new EnumMap<>(FulcioExtension.class);

        Run() {
            with(FulcioExtension.GITHUB_WORKFLOW_TRIGGER, "push");
            with(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, "acme/app");
            with(FulcioExtension.GITHUB_WORKFLOW_REF, "refs/heads/main");
            with(FulcioExtension.BUILD_SIGNER_URI, RELEASE);
            with(FulcioExtension.RUNNER_ENVIRONMENT, "github-hosted");
            with(FulcioExtension.SOURCE_REPOSITORY_URI, "https://github.com/acme/app");
            with(FulcioExtension.SOURCE_REPOSITORY_REF, "refs/heads/main");
            with(FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER, "1001");
            with(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, "https://github.com/acme");
            with(FulcioExtension.SOURCE_REPOSITORY_OWNER_IDENTIFIER, "2002");
            with(FulcioExtension.BUILD_CONFIG_URI, RELEASE);
            with(FulcioExtension.BUILD_TRIGGER, "push");
        }

        /** Before Fulcio had claims for every provider. */
        static Run old() {
            Run run = new Run();
            run.claims.keySet().removeIf(one -> one.compareTo(FulcioExtension.GITHUB_WORKFLOW_REF) > 0);
            return run;
        }

        Run subject(String now) {
            subject = now;
            return this;
        }

        Run issuer(String now) {
            issuer = now;
            return this;
        }

        Run with(FulcioExtension extension, String value) {
            claims.put(extension, value);
            return this;
        }

        Run of(String owner, String repository) {
            String uri = "https://github.com/" + owner + "/" + repository;
            claims.replace(FulcioExtension.SOURCE_REPOSITORY_URI, uri);
            claims.replace(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, "https://github.com/" + owner);
            claims.replace(FulcioExtension.GITHUB_WORKFLOW_REPOSITORY, owner + "/" + repository);
            return subject(uri + "/.github/workflows/release.yml@refs/heads/main");
        }

        boolean passes(GitHubIdentity identity) {
            Claims now = new Claims(Optional.of(issuer), List.of(uri(subject)), claims);
            return identity.rules().stream().anyMatch(rule -> rule.matches(now));
        }
    }

    @Test
    void a_run_of_the_repository_passes() {
        assertThat(new Run().passes(github(""))).isTrue();
        assertThat(new Run().passes(github("release.yml"))).isTrue();
        assertThat(new Run().passes(github("release.yml", "refs/heads/main"))).isTrue();
        assertThat(new Run().passes(github("release.yml", "refs/tags/*", "refs/heads/*")))
                .isTrue();
    }

    @Test
    void another_workflow_ref_or_issuer_does_not() {
        assertThat(new Run().passes(github("release.yaml"))).isFalse();
        assertThat(new Run().passes(github("release.yml", "refs/tags/**"))).isFalse();
        assertThat(new Run().issuer("https://gitlab.com").passes(github(""))).isFalse();
        assertThat(new Run().issuer(GITHUB + "/acme").passes(github(""))).isFalse();
        assertThat(new Run()
                        .with(FulcioExtension.SOURCE_REPOSITORY_REF, "refs/heads/evil")
                        .passes(github("", "refs/heads/main")))
                .isFalse();
        assertThat(new Run()
                        .subject(RELEASE.replace("heads/main", "heads/evil"))
                        .passes(github("", "refs/heads/main")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"mallory, app", "acme, app2", "acme, ap", "acme-evil, app", "ACME, app", "mallory/acme, app"})
    void a_fork_or_a_repository_of_a_similar_name_does_not(String owner, String repository) {
        assertThat(new Run().of(owner, repository).passes(github(""))).isFalse();
        assertThat(new Run().of(owner, repository).passes(github("release.yml")))
                .isFalse();
    }

    @Test
    void a_workflow_of_another_repository_that_ours_calls_signs_only_where_it_is_named() {
        Run called = new Run().subject(BUILDERS).with(FulcioExtension.BUILD_SIGNER_URI, BUILDERS);
        assertThat(called.passes(github(""))).isFalse();
        assertThat(called.passes(github("build.yml"))).isFalse();
        String named = "acme/builders/.github/workflows/build.yml";
        assertThat(called.passes(github(named))).isTrue();
        assertThat(called.passes(github(named + "@refs/tags/v2.*"))).isTrue();
        assertThat(called.passes(github(named + "@refs/tags/v3.*"))).isFalse();
    }

    @Test
    void a_stranger_who_calls_the_workflow_that_is_named_does_not_sign_for_us() {
        Run stranger =
                new Run().of("mallory", "app").subject(BUILDERS).with(FulcioExtension.BUILD_SIGNER_URI, BUILDERS);
        assertThat(stranger.passes(github("acme/builders/.github/workflows/build.yml")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"pull_request", "pull_request_target", "issue_comment", "workflow_run", "merge_group", "''"})
    void what_anybody_can_start_does_not_sign_unless_it_is_said(String trigger) {
        Run run = new Run().with(FulcioExtension.BUILD_TRIGGER, trigger);
        assertThat(run.passes(github("release.yml", "refs/heads/main"))).isFalse();
    }

    @Test
    void what_a_pull_request_builds_is_neither_a_branch_nor_a_tag() {
        String merge = "refs/pull/7/merge";
        Run run = new Run()
                .subject("https://github.com/acme/app/.github/workflows/release.yml@" + merge)
                .with(FulcioExtension.SOURCE_REPOSITORY_REF, merge);
        assertThat(run.passes(github(""))).isFalse();
    }

    @Test
    void an_owner_means_all_repositories_of_that_owner_and_no_others() {
        GitHubIdentity owner = new GitHubIdentity(
                "github.com",
                Optional.empty(),
                "acme",
                List.of(),
                Optional.empty(),
                GitHubIdentity.DEFAULT_REFS,
                GitHubIdentity.DEFAULT_TRIGGERS,
                Optional.empty(),
                Optional.empty(),
                Map.of());
        assertThat(new Run().passes(owner)).isTrue();
        assertThat(new Run().of("acme", "other").passes(owner)).isTrue();
        assertThat(new Run().of("mallory", "app").passes(owner)).isFalse();
        assertThat(new Run().of("acme", "other/deeper").passes(owner)).isFalse();
    }

    @Test
    void several_repositories_each_sign_with_their_own_workflow() {
        GitHubIdentity both = new GitHubIdentity(
                "github.com",
                Optional.empty(),
                "acme",
                List.of("app", "other"),
                Optional.of("release.yml"),
                GitHubIdentity.DEFAULT_REFS,
                GitHubIdentity.DEFAULT_TRIGGERS,
                Optional.empty(),
                Optional.empty(),
                Map.of());
        assertThat(new Run().of("acme", "other").passes(both)).isTrue();
        assertThat(new Run()
                        .with(FulcioExtension.SOURCE_REPOSITORY_URI, "https://github.com/acme/other")
                        .passes(both))
                .isFalse();
    }

    @Test
    void runner_environment_and_numbers_are_compared_where_they_are_said() {
        GitHubIdentity strict = new GitHubIdentity(
                "github.com",
                Optional.empty(),
                "acme",
                List.of("app"),
                Optional.empty(),
                GitHubIdentity.DEFAULT_REFS,
                GitHubIdentity.DEFAULT_TRIGGERS,
                Optional.of("production"),
                Optional.of("github-hosted"),
                Map.of(FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER, "1001"));
        Run right = new Run().with(FulcioExtension.DEPLOYMENT_ENVIRONMENT, "production");
        assertThat(right.passes(strict)).isTrue();
        assertThat(new Run().passes(strict)).isFalse();
        assertThat(right.with(FulcioExtension.RUNNER_ENVIRONMENT, "self-hosted").passes(strict))
                .isFalse();
        right.with(FulcioExtension.RUNNER_ENVIRONMENT, "github-hosted");
        assertThat(right.with(FulcioExtension.SOURCE_REPOSITORY_IDENTIFIER, "6666")
                        .passes(strict))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "github.com, https://token.actions.githubusercontent.com",
        "github.acme.example, https://github.acme.example/_services/token",
        "acme.ghe.com, https://token.actions.acme.ghe.com"
    })
    void each_host_has_its_issuer(String host, String issuer) {
        GitHubIdentity identity = new GitHubIdentity(
                host,
                Optional.empty(),
                "acme",
                List.of("app"),
                Optional.of("release.yml"),
                List.of(new Glob("refs/heads/main")),
                List.of("push"),
                Optional.empty(),
                Optional.empty(),
                Map.of());
        assertThat(identity.rules().get(0).lines())
                .containsExactly(
                        "issuer: " + issuer,
                        "subject: https://" + host + "/acme/app/.github/workflows/release.yml@refs/heads/main",
                        "sourceRepositoryUri: https://" + host + "/acme/app",
                        "sourceRepositoryRef: refs/heads/main",
                        "sourceRepositoryOwnerUri: https://" + host + "/acme",
                        "buildTrigger: push");
    }

    // ---- certificates from before 2023

    @Test
    void in_an_old_certificate_the_deprecated_claims_stand_in_for_the_new_ones() {
        assertThat(Run.old().passes(github("release.yml", "refs/heads/main"))).isTrue();
        assertThat(Run.old().of("mallory", "app").passes(github(""))).isFalse();
        Run pulled = Run.old().with(FulcioExtension.GITHUB_WORKFLOW_TRIGGER, "pull_request");
        assertThat(pulled.passes(github(""))).isFalse();
        Run branch = Run.old().with(FulcioExtension.GITHUB_WORKFLOW_REF, "refs/heads/evil");
        assertThat(branch.passes(github("", "refs/heads/main"))).isFalse();
    }

    @Test
    void a_new_claim_is_not_overruled_by_a_deprecated_one() {
        Run run = new Run().with(FulcioExtension.BUILD_TRIGGER, "pull_request");
        assertThat(run.passes(github(""))).isFalse();
        Run fork = new Run().with(FulcioExtension.SOURCE_REPOSITORY_URI, "https://github.com/mallory/app");
        assertThat(fork.passes(github(""))).isFalse();
    }

    @Test
    void deprecated_claims_of_another_issuer_stand_in_for_nothing() {
        GitHubIdentity elsewhere = new GitHubIdentity(
                "github.com",
                Optional.of("https://ci.example"),
                "acme",
                List.of("app"),
                Optional.empty(),
                GitHubIdentity.DEFAULT_REFS,
                GitHubIdentity.DEFAULT_TRIGGERS,
                Optional.empty(),
                Optional.empty(),
                Map.of());
        assertThat(new Run().issuer("https://ci.example").passes(elsewhere)).isTrue();
        assertThat(Run.old().issuer("https://ci.example").passes(elsewhere)).isFalse();
    }

    @Test
    void an_old_certificate_says_nothing_of_its_runner() {
        GitHubIdentity hosted = new GitHubIdentity(
                "github.com",
                Optional.empty(),
                "acme",
                List.of("app"),
                Optional.empty(),
                GitHubIdentity.DEFAULT_REFS,
                GitHubIdentity.DEFAULT_TRIGGERS,
                Optional.empty(),
                Optional.of("github-hosted"),
                Map.of());
        assertThat(Run.old().passes(hosted)).isFalse();
    }

    // ---- GitLab, Google

    private static Claims gitlab(String subject, String project, String trigger) {
        return new Claims(
                Optional.of("https://gitlab.com"),
                List.of(uri(subject)),
                Map.of(
                        FulcioExtension.SOURCE_REPOSITORY_URI,
                        "https://gitlab.com/" + project,
                        FulcioExtension.SOURCE_REPOSITORY_REF,
                        "refs/heads/main",
                        FulcioExtension.BUILD_TRIGGER,
                        trigger,
                        FulcioExtension.RUNNER_ENVIRONMENT,
                        "gitlab-hosted"));
    }

    private static IdentityRule gitlab(String config) {
        return new GitLabIdentity(
                        "gitlab.com",
                        Optional.empty(),
                        "acme/app",
                        config,
                        List.of(new Glob("refs/heads/main")),
                        GitLabIdentity.DEFAULT_TRIGGERS,
                        Optional.empty(),
                        Optional.of("gitlab-hosted"))
                .rule();
    }

    @ParameterizedTest
    @CsvSource({
        "acme/app//.gitlab-ci.yml@refs/heads/main,      acme/app,    push,                .gitlab-ci.yml, true",
        "acme/app//.gitlab-ci.yml@refs/heads/evil,      acme/app,    push,                .gitlab-ci.yml, false",
        "mallory/app//.gitlab-ci.yml@refs/heads/main,   mallory/app, push,                .gitlab-ci.yml, false",
        "acme/shared//ci.yml@refs/heads/main,           acme/app,    push,                .gitlab-ci.yml, false",
        "acme/shared//ci.yml@refs/tags/v1,              acme/app,    push,                acme/shared//ci.yml, true",
        "acme/shared//ci.yml@refs/tags/v1,              acme/app,    push,                acme/shared//ci.yml@refs/tags/v2, false",
        "acme/shared//ci.yml@refs/tags/v1,              mallory/app, push,                acme/shared//ci.yml, false",
        "acme/app//.gitlab-ci.yml@refs/heads/main,      acme/app,    merge_request_event, .gitlab-ci.yml, false",
        "acme/app//.gitlab-ci.yml@refs/heads/main,      acme/app,    parent_pipeline,     .gitlab-ci.yml, false"
    })
    void a_pipeline_signs_for_its_project_with_the_configuration_that_is_said(
            String subject, String project, String trigger, String config, boolean passes) {
        assertThat(gitlab(config).matches(gitlab("https://gitlab.com/" + subject, project, trigger)))
                .isEqualTo(passes);
    }

    @Test
    void a_service_account_is_its_address_at_google() {
        IdentityRule rule = IdentityRule.googleServiceAccount("images@acme.iam.gserviceaccount.com");
        List<SubjectName> images = List.of(email("images@acme.iam.gserviceaccount.com"));
        assertThat(rule.matches(new Claims(Optional.of("https://accounts.google.com"), images, Map.of())))
                .isTrue();
        assertThat(rule.matches(new Claims(Optional.of("https://accounts.example.com"), images, Map.of())))
                .isFalse();
        assertThat(rule.matches(new Claims(Optional.empty(), images, Map.of()))).isFalse();
        assertThat(rule.matches(new Claims(
                        Optional.of("https://accounts.google.com"),
                        List.of(email("Ximages@acme.iam.gserviceaccount.com")),
                        Map.of())))
                .isFalse();
    }

    // ---- rules in full

    private static IdentityRule rule(String issuer, String subject, Map<FulcioExtension, TextPattern> extensions)
            throws UnusablePatternException {
        return new IdentityRule(pattern(issuer), pattern(subject), extensions);
    }

    private static Optional<TextPattern> pattern(String said) throws UnusablePatternException {
        if (said == null || said.isEmpty()) {
            return Optional.empty();
        }
        if (said.startsWith("r:")) {
            return Optional.of(TextPattern.regexp(said.substring(2)));
        }
        return Optional.of(said.contains("*") ? TextPattern.glob(said) : TextPattern.exact(said));
    }

    @ParameterizedTest
    @EnumSource(value = FulcioExtension.class, mode = EnumSource.Mode.EXCLUDE, names = "ISSUER")
    void CRT_04_each_field_alone_is_enforced(FulcioExtension extension) throws UnusablePatternException {
        IdentityRule rule = rule("", "", Map.of(extension, TextPattern.regexp("wanted-[0-9]")));
        Claims has = new Claims(Optional.of("i"), List.of(uri("s:s")), Map.of(extension, "wanted-1"));
        assertThat(rule.matches(has)).isTrue();
        assertThat(rule.matches(new Claims(Optional.of("i"), List.of(uri("s:s")), Map.of(extension, "wanted-12"))))
                .isFalse();
        assertThat(rule.matches(new Claims(Optional.of("i"), List.of(uri("s:s")), Map.of())))
                .isFalse();
    }

    @Test
    void CRT_04_an_issuer_or_subject_that_is_only_an_expression_is_enforced() throws UnusablePatternException {
        Claims mallory =
                new Claims(Optional.of("https://evil.example"), List.of(email("mallory@evil.example")), Map.of());
        assertThat(rule("r:https://ci\\.example", "", Map.of()).matches(mallory))
                .isFalse();
        assertThat(rule("", "r:.*@acme\\.example", Map.of()).matches(mallory)).isFalse();
    }

    @Test
    void one_of_several_subjects_is_enough() throws UnusablePatternException {
        IdentityRule rule = rule("https://ci.example", "b@acme.example", Map.of());
        assertThat(rule.matches(new Claims(
                        Optional.of("https://ci.example"),
                        List.of(email("a@acme.example"), email("b@acme.example")),
                        Map.of())))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    r:.*                                        ; dev@acme.example                       ; takes any issuer, so it names nobody
                    r:https://.+                                ; dev@acme.example                       ; takes any issuer, so it names nobody
                    **                                          ; dev@acme.example                       ; takes any issuer, so it names nobody
                    https://*                                   ; dev@acme.example                       ; takes any issuer, so it names nobody
                    https://ci.example                          ; r:.*                                   ; takes any subject, so it names nobody
                    https://ci.example                          ; r:[^x]+                                ; takes any subject, so it names nobody
                    https://ci.example                          ; *@*                                    ; takes any subject, so it names nobody
                    https://ci.example                          ; https://**                             ; takes any subject, so it names nobody
                    https://ci.example                          ;                                        ; names nobody
                    ''                                          ; r:.*                                   ; takes any subject, so it names nobody
                    https://token.actions.githubusercontent.com ; https://github.com/**                  ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    https://token.actions.githubusercontent.com ; r:https://github.com/.*@refs/tags/v.*  ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    https://gitlab.com                          ; https://gitlab.com/**                  ; takes any subject of https://gitlab.com, so it names nobody
                    https://accounts.google.com                 ; *@*.iam.gserviceaccount.com            ; takes any subject of https://accounts.google.com, so it names nobody
                    https://accounts.google.com                 ; *@gmail.com                            ; takes any subject of https://accounts.google.com, so it names nobody
                    ''                                          ; r:https://github.com/.+/release.yml@refs/heads/main ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    https://token.actions.githubusercontent.com ; r:https://github\\.com/.+/build\\.yml@.+ ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    https://token.actions.githubusercontent.com ; https://github.com/*/*/.github/workflows/ship.yaml@refs/heads/prod ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    ''                                          ; *@gmail.com                            ; takes any subject of https://accounts.google.com, so it names nobody
                    https://token.actions.githubusercontent.com ; https://github.com/*/app/.github/workflows/release.yml@refs/heads/main ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    https://token.actions.githubusercontent.com ; r:https://github\\.com/[^/]+/app/\\.github/workflows/ship\\.yml@refs/tags/.* ; takes any subject of https://token.actions.githubusercontent.com, so it names nobody
                    https://gitlab.com                          ; https://gitlab.com/*/app//.gitlab-ci.yml@refs/heads/main ; takes any subject of https://gitlab.com, so it names nobody
                    """)
    void a_rule_that_takes_strangers_names_nobody(String issuer, String subject, String fault)
            throws UnusablePatternException {
        assertThat(rule(issuer, subject, Map.of()).fault()).contains(fault);
        Map<FulcioExtension, TextPattern> claims = Map.of(
                FulcioExtension.BUILD_TRIGGER, TextPattern.exact("release"),
                FulcioExtension.RUNNER_ENVIRONMENT, TextPattern.exact("self-hosted"));
        assertThat(rule(issuer, subject, claims).fault()).contains(fault);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
                    https://token.actions.githubusercontent.com ; https://github.com/acme/**
                    https://token.actions.githubusercontent.com ; r:https://github\\.com/acme/(app|tools)/.*
                    https://accounts.google.com                 ; *@acme.iam.gserviceaccount.com
                    r:https://(a|b)\\.ci\\.example              ; *@acme.example
                    ''                                          ; release@acme.test
                    """)
    void a_rule_that_takes_somebody_has_no_fault(String issuer, String subject) throws UnusablePatternException {
        assertThat(rule(issuer, subject, Map.of()).fault()).isEmpty();
    }

    @Test
    void a_claim_that_names_somebody_is_as_good_as_a_subject() throws UnusablePatternException {
        Map<FulcioExtension, TextPattern> acme =
                Map.of(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, TextPattern.exact("https://github.com/acme"));
        assertThat(rule(GITHUB, "", acme).fault()).isEmpty();
        assertThat(rule(GITHUB, "https://github.com/**", acme).fault()).isEmpty();
        Map<FulcioExtension, TextPattern> anybody =
                Map.of(FulcioExtension.SOURCE_REPOSITORY_OWNER_URI, TextPattern.glob("https://github.com/*"));
        assertThat(rule(GITHUB, "", anybody).fault()).isPresent();
    }

    @ParameterizedTest
    @EnumSource(
            value = FulcioExtension.class,
            names = {"SOURCE_REPOSITORY_DIGEST", "BUILD_SIGNER_DIGEST", "BUILD_CONFIG_DIGEST", "GITHUB_WORKFLOW_SHA"})
    void a_commit_names_nobody_for_whoever_can_read_it_can_push_it(FulcioExtension digest)
            throws UnusablePatternException {
        Map<FulcioExtension, TextPattern> commit = Map.of(digest, TextPattern.exact("7c41e09b".repeat(5)));
        assertThat(rule(GITHUB, "", commit).fault()).contains("names nobody");
        // Beside somebody it narrows.
        Map<FulcioExtension, TextPattern> both = new EnumMap<>(commit);
        both.put(FulcioExtension.SOURCE_REPOSITORY_URI, TextPattern.exact("https://github.com/acme/app"));
        assertThat(rule(GITHUB, "", both).fault()).isEmpty();
    }

    @Test
    void a_repository_of_the_same_name_of_anybody_names_nobody() throws UnusablePatternException {
        for (String pattern : List.of("https://github.com/*/app", "https://github.com/**/app")) {
            Map<FulcioExtension, TextPattern> any =
                    Map.of(FulcioExtension.SOURCE_REPOSITORY_URI, TextPattern.glob(pattern));
            assertThat(rule(GITHUB, "", any).fault()).as(pattern).isPresent();
        }
        Map<FulcioExtension, TextPattern> ours =
                Map.of(FulcioExtension.SOURCE_REPOSITORY_URI, TextPattern.glob("https://github.com/acme/*"));
        assertThat(rule(GITHUB, "", ours).fault()).isEmpty();
    }

    @Test
    void shorthands_have_no_fault() {
        assertThat(github("").rules().get(0).fault()).isEmpty();
        assertThat(github("acme/builders/.github/workflows/build.yml")
                        .rules()
                        .get(0)
                        .fault())
                .isEmpty();
        assertThat(gitlab(".gitlab-ci.yml").fault()).isEmpty();
    }
}
