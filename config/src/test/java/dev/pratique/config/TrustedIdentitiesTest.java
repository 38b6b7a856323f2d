package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustedRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** trust.yaml's roots, and the signers whom certificates name. */
class TrustedIdentitiesTest {
    private static final String POLICY = "rules: [{name: x, repositories: [\"**\"], signedBy: {%s}}]\n";

    private static final TestPem OWN = TestPem.authority("root");

    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void write() throws IOException {
        config = new TestConfig(directory)
                .write("roots/acme.json", Files.readString(Path.of("src/test/resources/trusted_root.json")))
                .write("roots/byo.json", Files.readString(Path.of("src/test/resources/trusted_root.byo.json")))
                .write("pki/root.pem", OWN.certificatePem())
                .write("pki/other.pem", TestPem.authority("root").certificatePem())
                .write("pki/signer.pem", OWN.certify("signer", false).certificatePem());
    }

    private TrustRoots trust(String yaml) {
        return config.write("trust.yaml", yaml)
                .write("policy.yaml", "rules: [{name: all, repositories: [\"**\"], base: catalog}]\n")
                .snapshot()
                .trust();
    }

    private NamedSigner signer(String signer) {
        return trust("signers: {a: " + signer + "}\n").signers().get(0);
    }

    // ---- roots

    @Test
    void where_no_root_is_written_the_public_sigstore_counts() {
        List<Root> roots = trust("signers: {a: {key: keys/acme.pub}}\n").roots();
        assertThat(roots).hasSize(1);
        Root sigstore = roots.get(0);
        assertThat(sigstore.name()).isEqualTo("sigstore");
        assertThat(sigstore.material()).isEqualTo(BuiltInRoot.publicGood());
        assertThat(List.of(sigstore.logs(), sigstore.timestamps(), sigstore.certificateLogs()))
                .containsExactly(1, 0, 1);
        assertThat(sigstore.repositories()).isEmpty();
        assertThat(sigstore.material().authorities()).isNotEmpty();
    }

    @Test
    void what_is_written_replaces_it() {
        assertThat(trust("roots: {}\nsigners: {a: {key: keys/acme.pub}}\n").roots())
                .isEmpty();
        assertThat(trust("roots: {mine: {certificates: [pki/root.pem]}}\n").roots())
                .extracting(Root::name)
                .containsExactly("mine");
    }

    @Test
    void a_root_says_how_much_is_asked_and_for_which_repositories_it_speaks() {
        Root acme = trust("roots: {acme: {trustedRoot: roots/acme.json, logs: 2, timestamps: 1, certificateLogs: 0,"
                        + " repositories: [\"ghcr.io/acme/**\"]}}\n")
                .roots()
                .get(0);
        assertThat(List.of(acme.logs(), acme.timestamps(), acme.certificateLogs()))
                .containsExactly(2, 1, 0);
        assertThat(acme.repositories()).hasToString("[ghcr.io/acme/**]");
        assertThat(acme.material().logs()).hasSize(2);
        assertThat(acme.material().timestampAuthorities()).hasSize(1);
    }

    @Test
    void authorities_of_ones_own_have_neither_logs_nor_timestamps_and_take_intermediates() {
        Root own =
                trust("roots: {own: {certificates: [pki/root.pem]}}\n").roots().get(0);
        assertThat(List.of(own.logs(), own.timestamps(), own.certificateLogs())).containsExactly(0, 0, 0);
        assertThat(own.material().authorities()).hasSize(1);
        assertThat(own.material().authorities().get(0).takesIntermediates()).isTrue();
    }

    @Test
    void authorities_of_ones_own_beside_a_trusted_root_certify_alone_and_its_logs_and_timestamps_say_when() {
        Root whole =
                trust("roots: {acme: {trustedRoot: roots/acme.json}}\n").roots().get(0);
        Root own = trust("roots: {acme: {certificates: [pki/root.pem], trustedRoot: roots/acme.json}}\n")
                .roots()
                .get(0);
        assertThat(List.of(own.logs(), own.timestamps(), own.certificateLogs())).containsExactly(1, 0, 0);
        assertThat(own.material().logs()).isEqualTo(whole.material().logs());
        assertThat(own.material().timestampAuthorities())
                .isEqualTo(whole.material().timestampAuthorities());
        assertThat(own.material().authorities())
                .isEqualTo(trust("roots: {acme: {certificates: [pki/root.pem]}}\n")
                        .roots()
                        .get(0)
                        .material()
                        .authorities());
        assertThat(config.snapshot().roots().get(0).from()).isEqualTo("authorities of one's own");
    }

    @Test
    void whom_they_certify_needs_no_issuer_and_is_no_publisher_whatever_stands_beside_them() {
        String roots = "roots: {acme: {certificates: [pki/root.pem], builtIn: public-good}}\n";
        NamedSigner subject = trust(roots + "signers: {a: {identities: [{subject: release@acme.example}]}}\n")
                .signers()
                .get(0);
        assertThat(subject.identities())
                .singleElement()
                .satisfies(one -> assertThat(one.roots()).containsExactly("acme"));
        // It is refreshed, and who certifies is what a file says all the same; before it was ever fetched too.
        config.write("roots/tuf.json", new String(BuiltInRoot.pinnedRoot(), StandardCharsets.UTF_8));
        assertThat(trust("roots: {acme: {certificates: [pki/root.pem],"
                                + " tuf: {url: \"https://tuf.acme.example\", root: roots/tuf.json}}}\n"
                                + "signers: {a: {certificate: pki/signer.pem}}\n")
                        .signers()
                        .get(0)
                        .identities())
                .singleElement()
                .satisfies(one -> assertThat(one.roots()).containsExactly("acme"));
        NamedSigner pinned = trust(roots + "signers: {a: {certificate: pki/signer.pem}}\n")
                .signers()
                .get(0);
        assertThat(pinned.identities())
                .singleElement()
                .satisfies(one -> assertThat(one.roots()).containsExactly("acme"));
        assertThat(config.write("trust.yaml", roots + "signers: {a: {publisher: kubernetes}}\n")
                        .problems())
                .anySatisfy(problem -> assertThat(problem.toString()).contains("no root of trust.yaml is that"));
        assertThat(config.write("trust.yaml", roots + "signers: {a: {github: {owner: acme}}}\n")
                        .problems())
                .anySatisfy(problem -> assertThat(problem.toString()).contains("rests on no root"));
    }

    @Test
    void what_an_update_took_away_is_lacking_and_no_problem_and_of_ones_own_files_it_is_one() {
        String asked =
                "roots: {s: {builtIn: public-good, logs: 9, timestamps: 9}}\nsigners: {a: {github: {owner: acme}}}\n";
        Root root = trust(asked).roots().get(0);
        assertThat(List.of(root.logs(), root.timestamps())).containsExactly(9, 9);
        assertThat(config.snapshot().roots().get(0).lacking())
                .satisfiesExactly(
                        logs -> assertThat(logs).startsWith("logs is 9, and it has only "),
                        stamps -> assertThat(stamps).startsWith("timestamps is 9, and it has only "));
        assertThat(config.write("trust.yaml", asked.replace("builtIn: public-good", "trustedRoot: roots/acme.json"))
                        .problems())
                .extracting(Problem::what)
                .containsExactly(
                        "roots.s.logs is 9, and the root has only 2",
                        "roots.s.timestamps is 9, and the root has only 1");
    }

    @Test
    void a_root_that_asks_nothing_takes_nothing_of_what_others_ask_of_the_key_beside_a_certificate() {
        NamedSigner both = trust("""
                roots:
                  acme: {trustedRoot: roots/acme.json, certificateLogs: 0}
                  own: {certificates: [pki/root.pem]}
                signers:
                  a: {key: keys/acme.pub, certificate: pki/signer.pem, roots: [acme, own]}
                """).signers().get(0);
        assertThat(both.keys())
                .singleElement()
                .satisfies(key -> assertThat(key.roots()).containsExactly("acme"));
        assertThat(both.identities())
                .singleElement()
                .satisfies(one -> assertThat(one.roots()).containsExactlyInAnyOrder("acme", "own"));
    }

    @Test
    void a_root_that_was_never_fetched_stays_so_whoever_certifies() {
        config.write("roots/tuf.json", new String(BuiltInRoot.pinnedRoot(), StandardCharsets.UTF_8));
        Root acme = trust("roots: {acme: {certificates: [pki/root.pem],"
                        + " tuf: {url: \"https://tuf.acme.example\", root: roots/tuf.json}}}\n")
                .roots()
                .get(0);
        assertThat(acme.isNeverFetched()).isTrue();
        assertThat(acme.isStale(Instant.EPOCH)).isTrue();
    }

    @Test
    void a_root_that_was_never_fetched_is_undecided_and_its_signers_are_in_order() {
        config.write("roots/tuf.json", new String(BuiltInRoot.pinnedRoot(), StandardCharsets.UTF_8));
        String yaml = """
                roots:
                  acme: {tuf: {url: "https://tuf.acme.example", root: roots/tuf.json}, logs: 2}
                signers:
                  a: {github: {owner: acme}}
                """;
        Root acme = trust(yaml).roots().get(0);
        assertThat(acme.material().authorities()).isEmpty();
        assertThat(acme.isStale(Instant.EPOCH)).isTrue();
        ConfiguredRoot shown = config.snapshot().roots().get(0);
        assertThat(shown.material()).isEmpty();
        assertThat(shown.inUse()).isTrue();
    }

    @Test
    void stale_metadata_counts_as_the_root_says() {
        Root used = trust("roots: {s: {builtIn: public-good}}\n").roots().get(0);
        assertThat(used.isStale(Instant.MAX)).isFalse();
        Root doubted = trust("roots: {s: {builtIn: public-good, whenStale: undecided}}\n")
                .roots()
                .get(0);
        Instant expires =
                config.snapshot().roots().get(0).standing().orElseThrow().expires();
        assertThat(doubted.isStale(expires.minusSeconds(1))).isFalse();
        assertThat(doubted.isStale(expires)).isTrue();
    }

    @Test
    void the_revision_changes_with_every_byte_of_a_root() {
        String trust = "roots: {acme: {trustedRoot: roots/acme.json}}\nsigners: {acme-ci: {key: keys/acme.pub}}\n";
        String before = config.write("trust.yaml", trust).snapshot().revision().toString();
        assertThat(config.snapshot().revision()).hasToString(before);
        config.write("roots/acme.json", read("roots/acme.json") + " ");
        assertThat(config.snapshot().revision().toString()).isNotEqualTo(before);
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- signers

    @Test
    void a_shorthand_is_written_out() {
        NamedSigner signer = signer("{github: {owner: acme, repository: app, workflow: release.yml,"
                + " refs: [refs/heads/main, \"refs/tags/v*\"], triggers: push, runner: github-hosted}}"
                        .replace("triggers: push", "triggers: [push]"));
        assertThat(signer.keys()).isEmpty();
        assertThat(signer.identities()).hasSize(1);
        String file = "https://github.com/acme/app/.github/workflows/release.yml@";
        assertThat(signer.identities().get(0).lines())
                .containsExactly(
                        "issuer: https://token.actions.githubusercontent.com",
                        "subject: " + file + "refs/heads/main or glob " + file + "refs/tags/v*",
                        "runnerEnvironment: github-hosted",
                        "sourceRepositoryUri: https://github.com/acme/app",
                        "sourceRepositoryRef: refs/heads/main or glob refs/tags/v*",
                        "sourceRepositoryOwnerUri: https://github.com/acme",
                        "buildTrigger: push",
                        "by the root sigstore");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {gitlab: {project: acme/app}}                                       | subject: glob https://gitlab.com/acme/app//.gitlab-ci.yml@refs/heads/** or glob https://gitlab.com/acme/app//.gitlab-ci.yml@refs/tags/**
                    {gitlab: {project: acme/app, host: gitlab.acme.example}}            | issuer: https://gitlab.acme.example
                    {gitlab: {project: acme/app, config: acme/ci//build.yml@refs/tags/v1}} | subject: https://gitlab.com/acme/ci//build.yml@refs/tags/v1
                    {google: {serviceAccount: a@b.iam.gserviceaccount.com}}             | subject: a@b.iam.gserviceaccount.com
                    {github: {owner: acme, issuer: "http://127.0.0.1:8080/gh"}}         | issuer: http://127.0.0.1:8080/gh
                    {github: {owner: acme, ownerId: 2002}}                              | sourceRepositoryOwnerIdentifier: 2002
                    {github: {owner: acme, workflow: acme/b/.github/workflows/c.yml}}   | subject: glob https://github.com/acme/b/.github/workflows/c.yml@**
                    {publisher: kubernetes}                                             | subject: krel-trust@k8s-releng-prod.iam.gserviceaccount.com
                    {identities: [{issuer: "https://a.example", subject: {regexp: "b+"}}]} | subject: regexp b+
                    """)
    void what_is_said_is_asked(String signer, String line) {
        assertThat(signer(signer).identities().get(0).lines()).contains(line);
    }

    @Test
    void a_signer_may_have_a_key_and_be_named_by_certificates() {
        NamedSigner signer = signer("{key: keys/acme.pub, github: {owner: acme, repositories: [a, b]},"
                + " google: {serviceAccount: a@b.iam.gserviceaccount.com}}");
        assertThat(signer.keys()).hasSize(1);
        assertThat(signer.identities()).hasSize(3);
    }

    @Test
    void what_counts_is_what_is_said() {
        assertThat(signer("{key: keys/acme.pub}").counts()).containsExactly(Counts.SIGN);
        assertThat(signer("{key: keys/acme.pub, counts: [message, any-statement]}")
                        .counts())
                .containsExactlyInAnyOrder(Counts.MESSAGE, Counts.ANY_STATEMENT);
    }

    @Test
    void an_identity_rests_on_the_roots_that_can_know_it() {
        TrustRoots trust = trust("""
                roots:
                  sigstore: {builtIn: public-good}
                  acme: {trustedRoot: roots/acme.json}
                  byo: {trustedRoot: roots/byo.json, certificateLogs: 0}
                  own: {certificates: [pki/root.pem]}
                signers:
                  workflow: {github: {owner: acme}}
                  chosen: {github: {owner: acme}, roots: [acme]}
                  known: {publisher: distroless}
                  subject: {identities: [{subject: release@acme.example}]}
                  one: {identities: [{subject: release@acme.example}], roots: [own]}
                  pinned: {certificate: pki/signer.pem, roots: [own, byo]}
                """);
        assertThat(trust.signers())
                .extracting(signer -> signer.identities().get(0).roots())
                .containsExactly(
                        Set.of("sigstore", "acme", "byo"),
                        Set.of("acme"),
                        Set.of("sigstore"),
                        Set.of("own"),
                        Set.of("own"),
                        Set.of("own", "byo"));
    }

    /**
     * Who holds the key of a certificate that has ended, stolen or not, gets a new one from the public Sigstore with any
     * account: it must not make him the signer again.
     */
    @Test
    void a_pinned_certificate_rests_on_the_roots_that_issued_it_where_no_root_is_said() {
        TestPem between = OWN.certify("between", true);
        TestPem signer = between.certify("", false, new GeneralName(GeneralName.rfc822Name, "release@acme.example"));
        config.write("pki/chain.pem", signer.certificatePem() + between.certificatePem())
                .write("pki/between.pem", between.certificatePem() + OWN.certificatePem());
        List<NamedSigner> signers = trust("""
                roots:
                  sigstore: {builtIn: public-good}
                  acme: {trustedRoot: roots/acme.json}
                  own: {certificates: [pki/root.pem]}
                  same-name: {certificates: [pki/other.pem]}
                  below: {certificates: [pki/between.pem]}
                signers:
                  direct: {certificate: pki/signer.pem}
                  between: {certificate: pki/chain.pem}
                """).signers();
        assertThat(signers)
                .extracting(one -> one.identities().get(0).roots())
                .containsExactly(Set.of("own", "below"), Set.of("own", "below"));
        List<String> lines = signers.get(1).identities().get(0).lines();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("a certificate of the key sha256:");
        assertThat(lines.subList(1, 3))
                .containsExactly("subject: release@acme.example (email)", "by the root below or own");
        assertThat(signers.get(0).identities().get(0).lines()).contains("subject name: CN=signer");
    }

    @Test
    void a_root_that_is_refreshed_issues_no_pinned_certificate_unless_it_is_said() throws Exception {
        RefreshedRoot refreshed = RefreshedRoot.publicGood("fetched");
        TrustedRoot material = new TrustedRoot(
                List.of(new CertificateAuthority(
                        "own", Certificate.parsePem(OWN.certificatePem(), 1), Validity.ALWAYS, false)),
                List.of(),
                List.of(),
                List.of());
        ConfiguredRoot fetched = ConfiguredRoot.refreshed(
                refreshed, "", Optional.of(material), Optional.empty(), Optional.empty(), false);
        ConfiguredRoot file = ConfiguredRoot.ofFiles("file", "", material, false);
        KnownRoots roots = new KnownRoots(
                KnownNames.of("root", "trust.yaml", Set.of("fetched", "file", "unusable")),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Map.of("fetched", Optional.of(fetched), "file", Optional.of(file), "unusable", Optional.empty()));
        PinnedCertificate pinned = PinnedCertificate.of(
                Certificate.parsePem(OWN.certify("signer", false).certificatePem(), 1));
        assertThat(roots.thatIssued(pinned)).containsExactlyInAnyOrder("file", "unusable");
        assertThat(roots.refreshedThatIssued(pinned)).contains("fetched");
    }

    @Test
    void the_roots_of_a_signer_are_said_of_its_keys_too_and_are_in_use() {
        TrustRoots trust = trust("""
                roots:
                  sigstore: {builtIn: public-good}
                  acme: {trustedRoot: roots/acme.json}
                  own: {certificates: [pki/root.pem]}
                signers:
                  alone: {key: keys/acme.pub}
                  logged: {keys: [keys/acme.pub], roots: [acme]}
                  both: {key: keys/acme.pub, certificate: pki/signer.pem, roots: [own]}
                """);
        assertThat(trust.signers())
                .extracting(signer -> signer.keys().get(0).roots())
                .containsExactly(Set.of(), Set.of("acme"), Set.of("own"));
        assertThat(config.snapshot().roots())
                .extracting(root -> root.name() + " " + root.inUse())
                .containsExactly("sigstore false", "acme true", "own true");
    }

    @Test
    void every_shipped_publisher_says_who_it_is_and_which_page_says_so() {
        assertThat(Publisher.all())
                .extracting(Publisher::name)
                .containsExactly("kubernetes", "distroless", "chainguard");
        assertThat(Publisher.all()).allSatisfy(publisher -> {
            assertThat(publisher.source()).startsWith("https://");
            assertThat(publisher.about()).isNotBlank();
            assertThat(publisher.identities()).isNotEmpty();
            assertThat(read(Path.of("../docs/configuration.md")))
                    .contains("| " + publisher.name() + " |", publisher.source());
            assertThat(ConfigSchema.of("trust.yaml")).contains("\"" + publisher.name() + "\"");
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- how many

    @Test
    void SIG_20_signers_whom_the_same_identity_is_can_never_be_two() {
        config.write("trust.yaml", """
                signers:
                  a: {google: {serviceAccount: x@acme.iam.gserviceaccount.com}}
                  b: {google: {serviceAccount: x@acme.iam.gserviceaccount.com}}
                  c: {github: {owner: acme}}
                """);
        config.write("policy.yaml", POLICY.formatted("all: [a, b]"));
        assertThat(config.problems())
                .extracting(Problem::what)
                .containsExactly("rules[0].signedBy asks for 2 signers, and these have 1 key or identity between them");
        config.write("policy.yaml", POLICY.formatted("all: [a, c]"));
        assertThat(config.problems()).isEmpty();
    }

    @Test
    void a_variable_sets_a_part_of_an_identity() {
        config.write("trust.yaml", "signers: {acme-ci: {github: {owner: acme, workflow: a.yml}}}\n");
        Snapshot snapshot =
                TestConfig.valid(config.load(Map.of("PRATIQUE_TRUST_SIGNERS_ACME_CI_GITHUB_WORKFLOW", "release.yml")));
        assertThat(snapshot.trust().signers().get(0).identities().get(0).lines().get(1))
                .contains("release.yml");
    }
}
