package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** trust.yaml's signers, and how many of them policy.yaml asks for. */
class SignersTest {
    @TempDir
    Path directory;

    private TestConfig config;

    @BeforeEach
    void write() {
        config = new TestConfig(directory)
                .write("keys/p384.pub", TestConfig.pem("EC", "secp384r1", 0))
                .write("keys/rsa.pub", TestConfig.pem("RSA", "", 2048))
                .write("keys/ed.pub", TestConfig.pem("Ed25519", "", 0));
    }

    private List<SigningKey> keys(String signer) {
        config.write("trust.yaml", "signers:\n  acme-ci: " + signer + "\n");
        return config.snapshot().trust().signers().get(0).keys();
    }

    private static List<String> names(SigningKey key) {
        return key.algorithms().stream().map(SignatureAlgorithm::name).sorted().toList();
    }

    @Test
    void a_key_has_the_algorithm_of_its_kind_unless_others_are_said() {
        assertThat(names(keys("{key: keys/p384.pub}").get(0))).containsExactly("ecdsa-sha2-384-nistp384");
        assertThat(names(keys("{key: keys/ed.pub}").get(0))).containsExactly("ed25519");
        assertThat(names(keys("{key: keys/rsa.pub}").get(0))).containsExactly("rsa-sign-pkcs1-2048-sha256");
        assertThat(names(keys("{key: keys/ed.pub, algorithms: [ed25519-ph]}").get(0)))
                .containsExactly("ed25519-ph");
        assertThat(names(keys("{keys: [keys/acme.pub, {key: keys/rsa.pub, algorithms: [rsa-sign-pss-2048-sha256,"
                                + " rsa-sign-pkcs1-2048-sha512]}]}")
                        .get(1)))
                .containsExactly("rsa-sign-pkcs1-2048-sha512", "rsa-sign-pss-2048-sha256");
    }

    @Test
    void a_rotation_has_two_keys_whose_days_overlap() {
        List<SigningKey> keys = keys(
                "{keys: [{key: keys/acme.pub, validUntil: 2027-01-31}, {key: keys/p384.pub, validFrom: 2027-01-01}]}");
        Instant begin = Instant.parse("2027-01-01T00:00:00Z");
        Instant end = Instant.parse("2027-01-31T00:00:00Z");
        assertThat(keys)
                .extracting(SigningKey::validity)
                .containsExactly(
                        new Validity(Optional.empty(), Optional.of(end)),
                        new Validity(Optional.of(begin), Optional.empty()));
        assertThat(keys("{key: keys/acme.pub, validFrom: 2027-01-01, validUntil: 2027-01-31}")
                        .get(0)
                        .validity())
                .isEqualTo(new Validity(Optional.of(begin), Optional.of(end)));
    }

    @Test
    void the_revision_changes_with_the_validity_and_the_algorithms() {
        String plain = revision("{key: keys/acme.pub}");
        assertThat(revision("{key: keys/acme.pub, validUntil: 2027-01-31}")).isNotEqualTo(plain);
        assertThat(revision("{key: keys/acme.pub, algorithms: [ecdsa-sha2-512-nistp256]}"))
                .isNotEqualTo(plain);
    }

    private String revision(String signer) {
        config.write("trust.yaml", "signers: {acme-ci: " + signer + "}\n");
        return config.snapshot().revision().toString();
    }

    @Test
    void a_variable_sets_the_day_of_one_key() {
        config.write("trust.yaml", "signers: {acme-ci: {keys: [{key: keys/acme.pub, validUntil: 2027-01-31}]}}\n");
        Snapshot snapshot =
                TestConfig.valid(config.load(Map.of("PRATIQUE_TRUST_SIGNERS_ACME_CI_KEYS_0_VALIDUNTIL", "2027-03-01")));
        assertThat(snapshot.trust().signers().get(0).keys().get(0).validity().until())
                .contains(Instant.parse("2027-03-01T00:00:00Z"));
        config.write("trust.yaml", "signers: {acme-ci: {keys: [keys/none.pub]}}\n");
        snapshot = TestConfig.valid(config.load(Map.of("PRATIQUE_TRUST_SIGNERS_ACME_CI_KEYS_0", "keys/acme.pub")));
        assertThat(snapshot.trust().signers().get(0).keys()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {algorithms: [ed25519]}                                   | signers.acme-ci names nobody who signs
                    {key: keys/acme.pub, keys: [keys/ed.pub]}                 | signers.acme-ci gives its keys in more than one way
                    {keys: [{validFrom: 2027-01-01}]}                         | signers.acme-ci.keys[0] has no key
                    {keys: [{key: keys/acme.pub, until: 2027-01-01}]}         | unknown key "until" in signers.acme-ci.keys[0]
                    {keys: [[keys/acme.pub]]}                                 | signers.acme-ci.keys[0] is not a mapping of keys to values
                    {keys: [keys/acme.pub, keys/acme.pub]}                    | signers.acme-ci.keys has the same key twice
                    {keys: [keys/acme.pub], validUntil: 2027-01-01}           | signers.acme-ci.validUntil is said of one key, and keys lists several
                    {key: keys/acme.pub, algorithms: [sha256]}                | "sha256" is no algorithm of this ECDSA P-256 key
                    {key: keys/acme.pub, algorithms: [ecdsa-sha2-384-nistp384]} | "ecdsa-sha2-384-nistp384" is no algorithm of this ECDSA P-256 key
                    {key: keys/acme.pub, algorithms: []}                      | signers.acme-ci.algorithms is an empty list
                    {key: keys/acme.pub, validFrom: 2027-02-01, validUntil: 2027-01-01} | validUntil 2027-01-01 is not after validFrom 2027-02-01: the key would never count
                    {key: keys/acme.pub, validFrom: 2027-02-01, validUntil: 2027-02-01} | validUntil 2027-02-01 is not after validFrom 2027-02-01: the key would never count
                    {key: keys/acme.pub, validUntil: 2027-02-30}              | signers.acme-ci.validUntil is "2027-02-30", not a date
                    """)
    void what_is_wrong_with_a_signer_is_said(String signer, String what) {
        config.write("trust.yaml", "signers:\n  acme-ci: " + signer + "\n");
        assertThat(config.problems()).extracting(Problem::what).containsExactly(what);
    }

    @Test
    void the_hint_lists_what_the_key_can_do() {
        config.write("trust.yaml", "signers: {acme-ci: {key: keys/p384.pub, algorithms: [sha256]}}\n");
        assertThat(config.problems())
                .extracting(Problem::hint)
                .containsExactly(
                        "known here: ecdsa-sha2-256-nistp384, ecdsa-sha2-384-nistp384, ecdsa-sha2-512-nistp384");
    }

    // ---- how many

    private Requirements requirements(String rule) {
        config.write(
                        "trust.yaml",
                        "signers: {a: {key: keys/acme.pub}, b: {key: keys/p384.pub}, c: {key: keys/ed.pub}}\n")
                .write("policy.yaml", "rules: [{name: all, repositories: [\"**\"], " + rule + "}]\n");
        Policy policy = config.snapshot().policy();
        return ((Rule.Require) policy.rules().get(0).effect()).requirements();
    }

    @Test
    void a_rule_asks_for_any_all_or_so_many() {
        assertThat(requirements("signedBy: {any: [a, b]}").signedBy()).contains(new SignedBy(1, Set.of("a", "b")));
        assertThat(requirements("signedBy: {all: [a, b]}").signedBy()).contains(new SignedBy(2, Set.of("a", "b")));
        assertThat(requirements("signedBy: {atLeast: 2, of: [a, b, c]}").signedBy())
                .contains(new SignedBy(2, Set.of("a", "b", "c")));
    }

    @Test
    void provenance_asks_for_as_many_as_it_says_or_as_the_rule_says() {
        assertThat(requirements("signedBy: {any: [a]}, provenance: {signedBy: {atLeast: 2, of: [b, c]}}")
                        .provenance()
                        .orElseThrow()
                        .signedBy())
                .isEqualTo(new SignedBy(2, Set.of("b", "c")));
        assertThat(requirements("signedBy: {all: [a, b]}, provenance: {builders: [github-hosted]}")
                        .provenance()
                        .orElseThrow()
                        .signedBy())
                .isEqualTo(SignedBy.all(Set.of("a", "b")));
    }

    @Test
    void SIG_20_signers_that_share_their_keys_and_can_never_be_enough_are_a_problem() {
        config.write(
                "trust.yaml", "signers: {a: {key: keys/acme.pub}, b: {key: keys/acme.pub}, c: {key: keys/ed.pub}}\n");
        config.write("policy.yaml", "rules: [{name: x, repositories: [\"**\"], signedBy: {all: [a, b]}}]\n");
        assertThat(config.problems())
                .extracting(Problem::what)
                .containsExactly("rules[0].signedBy asks for 2 signers, and these have 1 key between them");
        config.write(
                "policy.yaml", "rules: [{name: x, repositories: [\"**\"], signedBy: {atLeast: 3, of: [a, b, c]}}]\n");
        assertThat(config.problems())
                .extracting(Problem::what)
                .containsExactly("rules[0].signedBy asks for 3 signers, and these have 2 different keys between them");
        config.write(
                "policy.yaml", "rules: [{name: x, repositories: [\"**\"], signedBy: {atLeast: 2, of: [a, b, c]}}]\n");
        assertThat(config.problems()).isEmpty();
    }
}
