package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.Rule;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyMistakesTest {
    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void write() {
        config = new TestConfig(directory);
    }

    @ParameterizedTest
    @DisplayName("POL-09: a policy that says nothing, or says it wrong, is no policy")
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                                             | is empty
                    '# nothing'                                                    | is empty
                    'rules:'                                                       | rules has no value
                    'rules: []'                                                    | rules is an empty list
                    'rules: {}'                                                    | rules is not a list
                    '{}'                                                           | is empty
                    'environments: {a: {match: {listener: default}}}'              | the policy has no rules
                    'rules: [{name: a, repositories: ["**"]}]'                     | rules[0] asks for no evidence
                    'rules: [{name: a, repositories: ["**"], mode: warn}]'         | rules[0] asks for no evidence
                    'rules: [{name: a, repositories: ["**"], signedBy: {}}]'       | rules[0].signedBy is empty
                    'rules: [{name: a, repositories: ["**"], signedBy: {any: []}}]' | rules[0].signedBy.any is an empty list
                    'rules: [{name: a, repositories: ["**"], signedBy: [acme-ci]}]' | rules[0].signedBy is not a mapping of keys to values
                    'rules: [{name: a, repositories: ["**"], signedby: {any: [acme-ci]}}]' | unknown key "signedby" in rules[0]
                    'rules: [{name: a, repositories: ["**"], base: catalog, mode: "Strict "}]' | rules[0].mode is "Strict ", not enforce or warn
                    'rules: [{name: a, repositories: ["**"], base: catalog, mode: Enforce}]' | rules[0].mode is "Enforce", not enforce or warn
                    'rules: [{name: a, repositories: ["**"], base: Catalog}]'      | rules[0].base is "Catalog", not catalog or scratch
                    'rules: [{name: a, repositories: ["**"], admit: everything}]'  | rules[0].admit is "everything", not unverified
                    'rules: [{name: a, repositories: ["**"], sbom: required}]'     | unknown key "sbom" in rules[0]
                    'rules: [{name: a, repositories: ["**"], signedBy: {each: [acme-ci]}}]' | unknown key "each" in rules[0].signedBy
                    'rules: [{name: a, repositories: ["**"], signedBy: {any: [acme-ci], all: [acme-ci]}}]' | rules[0].signedBy does not say who in one way
                    'rules: [{name: a, repositories: ["**"], signedBy: {of: [acme-ci]}}]' | rules[0].signedBy does not say who in one way
                    'rules: [{name: a, repositories: ["**"], signedBy: {atLeast: 1}}]' | rules[0].signedBy does not say who in one way
                    'rules: [{name: a, repositories: ["**"], signedBy: {atLeast: 0, of: [acme-ci]}}]' | rules[0].signedBy.atLeast is "0", not a whole number from 1 to 100
                    'rules: [{name: a, repositories: ["**"], signedBy: {atLeast: 2, of: [acme-ci]}}]' | rules[0].signedBy.atLeast is 2, and of names only 1 signer
                    'rules: [{name: a, repositories: ["**"], signedBy: {all: [acme-ci, acme-ci]}}]' | "acme-ci" is named twice
                    'rules: [{name: a, repositories: ["**"], base: catalog, provenance: {signedBy: {atLeast: 2, of: [acme-ci]}}}]' | rules[0].provenance.signedBy.atLeast is 2, and of names only 1 signer
                    'rules: [{name: a, repositories: ["**"], provenance: {builders: [github-hosted]}}]' | rules[0].provenance does not say who must have signed it
                    'rules: [{name: a, repositories: ["**"], provenance: {}}]'     | rules[0].provenance is empty
                    'rules: [{name: a, repositories: ["**"], admit: unverified, base: catalog}]' | rules[0] says admit and base
                    'rules: [{name: a, repositories: ["**"], refuse: no, mode: warn}]' | rules[0] says refuse and mode
                    'rules: [{name: a, repositories: ["**"], signedBy: {any: [acme-ci]}, artifacts: allow}]' | artifacts: allow lifts what base asks, and the rule asks for no base
                    'rules: [{name: a, repositories: ["**"], base: catalog, foreignLayers: yes}]' | rules[0].foreignLayers is "yes", not allow
                    'rules: [{name: a, repositories: ["**"], foreignLayers: allow}]' | rules[0] asks for no evidence
                    'rules: [{name: a, repositories: ["**"], admit: unverified, foreignLayers: allow}]' | rules[0] says admit and foreignLayers
                    'rules: [{name: a, repositories: ["quay.io/**"], base: catalog}]' | "quay.io/**" is about no upstream of proxy.yaml
                    'rules: [{name: a, repositories: ["**"], refuse: no}, {name: b, repositories: ["ghcr.io/x/*"], base: catalog}]' | can never match: the rule in line 1 matches all of it before
                    """)
    void pol09EmptyPolicy(String policy, String what) {
        config.write("policy.yaml", policy + "\n");
        assertThat(config.problems()).extracting(Problem::what).contains(what);
    }

    @Test
    @DisplayName("POL-09: what no rule is about is refused by none being found")
    void pol09NoRule() throws MalformedEvidenceException {
        config.write("policy.yaml", "rules: [{name: a, repositories: [\"ghcr.io/**\"], base: catalog}]\n");
        assertThat(config.snapshot().policy().ruleFor(Repository.parse("docker.io", "nginx"), "default"))
                .isEmpty();
    }

    @ParameterizedTest
    @DisplayName("POL-10: another spelling in a rule is a Problem that says the right one")
    @CsvSource(delimiter = '|', textBlock = """
                    index.docker.io/library/nginx      | write docker.io/library/nginx
                    registry-1.docker.io/library/nginx | write docker.io/library/nginx
                    DOCKER.IO/library/nginx            | write docker.io/library/nginx
                    docker.io:443/library/nginx        | write docker.io/library/nginx
                    docker.io./library/nginx           | write docker.io/library/nginx
                    nginx                              | write docker.io/library/nginx
                    docker.io/nginx                    | write docker.io/library/nginx
                    docker.io/*                        | write docker.io/library/*
                    docker.io                          | write docker.io/**
                    library/nginx                      | write docker.io/library/nginx
                    docker.io/library/Nginx            | write docker.io/library/nginx
                    https://docker.io/library/nginx    | write docker.io/library/nginx
                    docker.io/library%2Fnginx          | lower-case letters, digits, '.', '_', '-' and '/'
                    docker.io//nginx                   | lower-case letters, digits, '.', '_', '-' and '/'
                    docker.io/library/nginx/           | lower-case letters, digits, '.', '_', '-' and '/'
                    /library/nginx                     | write host/name, as ghcr.io/acme/**
                    *                                  | write **: a single star ends at a slash
                    ghrc.io/acme/**                    | did you mean ghcr.io?
                    ghcr.io/*/*/*/*/*                  | write several patterns
                    ghcr.io/acme/***                   | write **
                    """)
    void pol10Spelling(String pattern, String hint) {
        config.write("policy.yaml", "rules: [{name: a, repositories: [\"" + pattern + "\"], base: catalog}]\n");
        assertThat(config.problems()).hasSize(1).extracting(Problem::hint).containsExactly(hint);
    }

    @ParameterizedTest
    @DisplayName("POL-10: every name of a repository finds its rule, or is no name")
    @ValueSource(
            strings = {
                "docker.io|library/nginx",
                "docker.io|nginx",
                "index.docker.io|library/nginx",
                "registry-1.docker.io|library/nginx",
                "DOCKER.IO|library/nginx",
                "docker.io:443|library/nginx",
                "docker.io.|library/nginx",
                "docker.io|library%2Fnginx",
                "docker.io|library//nginx",
                "docker.io|LIBRARY/nginx"
            })
    void pol10Request(String spelt) {
        config.write(
                "policy.yaml",
                "rules: [{name: hub, repositories: [\"docker.io/library/nginx\"], refuse: not this one},"
                        + " {name: rest, repositories: [\"**\"], admit: unverified}]\n");
        String host = spelt.substring(0, spelt.indexOf('|'));
        String name = spelt.substring(spelt.indexOf('|') + 1);
        Optional<Repository> repository = parsed(host, name);
        repository.ifPresent(one -> assertThat(config.snapshot().policy().ruleFor(one, "default"))
                .map(Rule::name)
                .contains("hub"));
        assertThat(repository.isPresent()).isEqualTo(!name.matches(".*(%|//|[A-Z]).*"));
    }

    private static Optional<Repository> parsed(String host, String name) {
        try {
            return Optional.of(Repository.parse(host, name));
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    @Test
    void environmentsFollowTheListener() {
        config.write(
                        "proxy.yaml",
                        TestConfig.PROXY
                                + "listen: [{name: a, address: 127.0.0.1:1}, {name: b, address: 127.0.0.1:2, upstream: ghcr.io}]\n")
                .write("policy.yaml", "environments: {dev: {match: {listener: b}}}\n" + TestConfig.POLICY);
        Snapshot snapshot = config.snapshot();
        assertThat(snapshot.environmentOf("a")).isEqualTo("default");
        assertThat(snapshot.environmentOf("b")).isEqualTo("dev");
        assertThat(snapshot.proxy().listeners().get(1).upstream()).contains("ghcr.io");
    }

    @Test
    void namesOfABrokenFileAreNotComplainedAboutInTheOthers() {
        config.write("trust.yaml", "signers: {acme-ci: [\n");
        assertThat(config.problems()).extracting(Problem::file).containsOnly("trust.yaml");
        config.write("trust.yaml", "signers: {acme-ci: {key: keys/acme.pub}}\n").write("proxy.yaml", "\tx: 1\n");
        assertThat(config.problems()).hasSize(1).first().satisfies(problem -> {
            assertThat(problem).hasToString("proxy.yaml:1: cannot be read as YAML from here on");
            assertThat(problem.hint()).isEqualTo("indent with spaces, not with tabs");
        });
    }

    @Test
    void aRuleBecomesItsRequirements() {
        config.write(
                        "trust.yaml",
                        "signers: {acme-ci: {key: keys/acme.pub}}\nbuilders: {ours: \"https://ci.example/b@v1\"}\n")
                .write("policy.yaml", """
                        rules:
                          - name: all
                            repositories: ["**"]
                            mode: warn
                            signedBy: {any: [acme-ci]}
                            provenance: {builders: [ours, github-hosted], sources: ["https://github.com/acme/*"]}
                            base: scratch
                            platforms: [linux/arm64/v8]
                            artifacts: allow
                            foreignLayers: allow
                            tags: {refuse: [latest, "*-snapshot"]}
                        """);
        Rule rule = config.snapshot().policy().rules().get(0);
        assertThat(rule.refusesTag("latest") && rule.refusesTag("1-snapshot") && !rule.refusesTag("1"))
                .isTrue();
        assertThat(((Rule.Require) rule.effect()).requirements())
                .hasToString("Requirements[mode=WARN, signedBy=Optional[acme-ci], provenance="
                        + ((Rule.Require) rule.effect()).requirements().provenance()
                        + ", base=SCRATCH, platforms=[linux/arm64], artifactsAllowed=true, foreignLayersAllowed=true]");
        assertThat(((Rule.Require) rule.effect())
                        .requirements()
                        .provenance()
                        .orElseThrow()
                        .builders())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder(
                        "https://ci.example/b@v1", "https://github.com/actions/runner/github-hosted");
    }
}
