package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.testing.Generator;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.verify.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who has to sign, how many of them, with which keys, in which way and when. */
class SignersAndKeysTest {
    private static final TestKey OLD = TestKey.A;
    private static final TestKey NEW = TestKey.B;

    private final Shelf image = new Shelf();

    static Stream<TestKey> kinds() {
        return Stream.of(TestKey.A, TestKey.P384, TestKey.P521, TestKey.ED25519, TestKey.RSA);
    }

    private Layer signedBy(TestKey key) {
        return Evidence.simple(image.subject, key);
    }

    private static Requirements atLeast(int number, String... names) {
        return Shelf.signedBy(Optional.of(new SignedBy(number, Set.of(names))));
    }

    // ---- kinds of keys

    @ParameterizedTest
    @MethodSource("kinds")
    void every_kind_of_key_admits_in_every_layout(TestKey key) {
        for (Shelf shelf : List.of(
                new Shelf().sig(signedBy(key)),
                new Shelf().referrer(Evidence.bundle(Evidence.signed(image.subject), key)),
                new Shelf().att(Evidence.envelope(Evidence.signed(image.subject), key)))) {
            assertThat(answer(shelf.judge(Shelf.roots("acme", key), Shelf.signedBy("acme"))))
                    .isEqualTo("ADMITTED");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void SIG_11_another_valid_key_of_any_kind_is_by_nobody_who_is_trusted(TestKey key) {
        image.sig(signedBy(TestKey.C));
        assertThat(answer(image.judge(Shelf.roots("acme", key), Shelf.signedBy("acme"))))
                .isEqualTo("SIGNATURE_UNTRUSTED");
        Shelf other = new Shelf().sig(signedBy(key));
        assertThat(answer(other.judge(Shelf.roots("acme", TestKey.C), Shelf.signedBy("acme"))))
                .isEqualTo("SIGNATURE_UNTRUSTED");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void SIG_03_a_statement_of_another_type_by_any_kind_of_key_is_no_signature(TestKey key) {
        image.referrer(Evidence.bundle(Evidence.statement("https://spdx.dev/Document", image.subject, Map.of()), key));
        assertThat(answer(image.judge(Shelf.roots("acme", key), Shelf.signedBy("acme"))))
                .isEqualTo("NOT_A_SIGNATURE");
    }

    // ---- ways of signing

    private static NamedSigner signingWith(String name, TestKey key, String... algorithms) {
        Set<SignatureAlgorithm> ways = new java.util.HashSet<>();
        for (String algorithm : algorithms) {
            ways.add(key.trusted().algorithm(algorithm).orElseThrow());
        }
        return new NamedSigner(name, List.of(new SigningKey(key.trusted(), ways, Validity.ALWAYS)));
    }

    @Test
    void another_digest_than_the_keys_own_counts_only_where_the_signer_says_so() {
        image.sig(signedBy(TestKey.P384.signingWith("SHA256withECDSA")));
        Requirements acme = Shelf.signedBy("acme");
        assertThat(answer(image.judge(Shelf.roots("acme", TestKey.P384), acme))).isEqualTo("SIGNATURE_UNTRUSTED");
        TrustRoots explicit = Shelf.roots(signingWith("acme", TestKey.P384, "ecdsa-sha2-256-nistp384"));
        Verdict admitted = image.judge(explicit, acme);
        assertThat(answer(admitted)).isEqualTo("ADMITTED");
        assertThat(admitted.findings()).anyMatch(finding -> finding.saw().contains(", ecdsa-sha2-256-nistp384)"));
        // What is said replaces the default: nothing is tried that nobody asked for.
        Shelf usual = new Shelf().sig(signedBy(TestKey.P384));
        assertThat(answer(usual.judge(explicit, acme))).isEqualTo("SIGNATURE_UNTRUSTED");
        TrustRoots both =
                Shelf.roots(signingWith("acme", TestKey.P384, "ecdsa-sha2-256-nistp384", "ecdsa-sha2-384-nistp384"));
        assertThat(answer(usual.judge(both, acme))).isEqualTo("ADMITTED");
        assertThat(answer(image.judge(both, acme))).isEqualTo("ADMITTED");
    }

    @Test
    void a_way_of_signing_counts_for_the_signer_that_says_it_and_not_for_another_with_the_same_key() {
        image.sig(signedBy(TestKey.P384.signingWith("SHA256withECDSA")));
        TrustRoots roots = Shelf.roots(
                Shelf.signer("lab", TestKey.P384), signingWith("acme", TestKey.P384, "ecdsa-sha2-256-nistp384"));
        assertThat(answer(image.judge(roots, Shelf.signedBy("acme")))).isEqualTo("ADMITTED");
        assertThat(answer(image.judge(roots, Shelf.signedBy("lab")))).isEqualTo("WRONG_SIGNER");
    }

    @Test
    void ed25519ph_and_rsa_pss_count_only_where_the_signer_says_so() {
        byte[] payload = Evidence.payload(image.subject);
        Requirements acme = Shelf.signedBy("acme");
        Shelf prehashed = new Shelf().sig(Evidence.simple(payload, TestKey.ED25519.signPrehashed(payload)));
        assertThat(answer(prehashed.judge(Shelf.roots("acme", TestKey.ED25519), acme)))
                .isEqualTo("SIGNATURE_UNTRUSTED");
        assertThat(answer(prehashed.judge(Shelf.roots(signingWith("acme", TestKey.ED25519, "ed25519-ph")), acme)))
                .isEqualTo("ADMITTED");
        TrustRoots pss = Shelf.roots(signingWith("acme", TestKey.RSA, "rsa-sign-pss-2048-sha256"));
        Shelf padded = new Shelf().sig(Evidence.simple(payload, TestKey.RSA.signPss("SHA-256", 32, payload)));
        assertThat(answer(padded.judge(Shelf.roots("acme", TestKey.RSA), acme))).isEqualTo("SIGNATURE_UNTRUSTED");
        assertThat(answer(padded.judge(pss, acme))).isEqualTo("ADMITTED");
        Shelf otherSalt = new Shelf().sig(Evidence.simple(payload, TestKey.RSA.signPss("SHA-256", 20, payload)));
        assertThat(answer(otherSalt.judge(pss, acme))).isEqualTo("SIGNATURE_UNTRUSTED");
        assertThat(answer(new Shelf().sig(signedBy(TestKey.RSA)).judge(pss, acme)))
                .isEqualTo("SIGNATURE_UNTRUSTED");
    }

    // ---- how many

    @Test
    void all_asks_for_each_and_says_who_is_missing() {
        TrustRoots roots = Shelf.roots(
                Shelf.signer("dev", TestKey.A), Shelf.signer("qa", TestKey.P521), Shelf.signer("ops", TestKey.ED25519));
        Requirements all = Shelf.signedBy(Optional.of(SignedBy.all(Set.of("dev", "qa", "ops"))));
        image.sig(signedBy(TestKey.A), signedBy(TestKey.P521));
        Verdict.Refused refused = (Verdict.Refused) image.judge(roots, all);
        assertThat(refused.reason()).isEqualTo(RefusalReason.TOO_FEW_SIGNERS);
        assertThat(refused.detail())
                .isEqualTo("fewer signers have signed it than the rule asks for (signedBy: all of dev, ops, qa, each"
                        + " with a key of its own; found 2: dev, qa; missing: ops)");
        image.referrer(Evidence.bundle(Evidence.signed(image.subject), TestKey.ED25519));
        Verdict admitted = image.judge(roots, all);
        assertThat(answer(admitted)).isEqualTo("ADMITTED");
        assertThat(admitted.findings())
                .extracting(Finding::saw)
                .contains("signature by ops counts for signedBy: all of dev, ops, qa");
    }

    @Test
    void SIG_20_two_signatures_by_one_key_are_one_of_two() {
        TrustRoots roots =
                Shelf.roots(Shelf.signer("a", TestKey.A), Shelf.signer("b", TestKey.B), Shelf.signer("c", TestKey.C));
        image.sig(signedBy(TestKey.A), signedBy(TestKey.A));
        image.referrer(Evidence.bundle(Evidence.signed(image.subject), TestKey.A));
        image.att(Evidence.envelope(Evidence.signed(image.subject), TestKey.A, TestKey.A));
        assertThat(answer(image.judge(roots, atLeast(2, "a", "b", "c")))).isEqualTo("TOO_FEW_SIGNERS");
        assertThat(answer(image.judge(roots, atLeast(1, "a", "b", "c")))).isEqualTo("ADMITTED");
    }

    @Test
    void SIG_20_one_key_under_two_names_is_one_of_two() {
        TrustRoots roots = Shelf.roots(
                Shelf.signer("a", TestKey.A), Shelf.signer("also a", TestKey.A), Shelf.signer("c", TestKey.C));
        image.sig(signedBy(TestKey.A));
        assertThat(answer(image.judge(roots, atLeast(2, "a", "also a", "c")))).isEqualTo("TOO_FEW_SIGNERS");
        image.sig(signedBy(TestKey.A), signedBy(TestKey.C));
        assertThat(answer(image.judge(roots, atLeast(2, "a", "also a", "c")))).isEqualTo("ADMITTED");
        assertThat(answer(image.judge(roots, atLeast(3, "a", "also a", "c")))).isEqualTo("TOO_FEW_SIGNERS");
    }

    @Test
    void SIG_20_one_signer_with_two_keys_is_one_of_two() {
        TrustRoots roots = Shelf.roots(Shelf.signer("a", OLD, NEW), Shelf.signer("c", TestKey.C));
        image.sig(signedBy(OLD), signedBy(NEW));
        assertThat(answer(image.judge(roots, atLeast(2, "a", "c")))).isEqualTo("TOO_FEW_SIGNERS");
    }

    @Test
    void SIG_20_one_key_in_two_ways_of_signing_is_one_of_two() {
        TrustRoots roots =
                Shelf.roots(Shelf.signer("a", TestKey.P384), signingWith("b", TestKey.P384, "ecdsa-sha2-256-nistp384"));
        image.sig(signedBy(TestKey.P384), signedBy(TestKey.P384.signingWith("SHA256withECDSA")));
        assertThat(answer(image.judge(roots, atLeast(2, "a", "b")))).isEqualTo("TOO_FEW_SIGNERS");
        assertThat(answer(image.judge(roots, atLeast(1, "b")))).isEqualTo("ADMITTED");
    }

    @Test
    void who_shares_a_key_is_counted_with_the_one_that_nobody_else_needs() {
        // Counted one after the other, "a" would take the shared key and leave "b" without any.
        TrustRoots roots = Shelf.roots(Shelf.signer("a", TestKey.A, TestKey.B), Shelf.signer("b", TestKey.A));
        image.sig(signedBy(TestKey.A), signedBy(TestKey.B));
        assertThat(answer(image.judge(roots, atLeast(2, "a", "b")))).isEqualTo("ADMITTED");
    }

    @Test
    void the_matching_of_signers_and_keys_is_the_largest_there_is() {
        for (Generator random : Generator.runs("matching", 2000)) {
            Map<String, List<Integer>> keys = new TreeMap<>();
            for (String name : List.of("a", "b", "c", "d")) {
                keys.put(name, random.someOf(List.of(1, 2, 3, 4), 35));
            }
            Map<String, Integer> matched = SignerMatching.of(keys);
            assertThat(matched).as("%s", random).hasSize(largest(new ArrayList<>(keys.values()), Set.of()));
            assertThat(matched.values()).as("%s", random).doesNotHaveDuplicates();
            matched.forEach((name, key) -> assertThat(keys.get(name)).contains(key));
        }
    }

    /** By trying everything. */
    private static int largest(List<List<Integer>> left, Set<Integer> used) {
        if (left.isEmpty()) {
            return 0;
        }
        List<List<Integer>> rest = left.subList(1, left.size());
        int best = largest(rest, used);
        for (Integer key : left.get(0)) {
            if (!used.contains(key)) {
                Set<Integer> more = new java.util.HashSet<>(used);
                more.add(key);
                best = Math.max(best, 1 + largest(rest, more));
            }
        }
        return best;
    }

    @Test
    void ATT_14_provenance_by_two_of_three_is_counted_by_key_as_signatures_are() {
        TrustRoots roots = Shelf.roots(
                Shelf.signer("a", TestKey.A), Shelf.signer("also a", TestKey.A), Shelf.signer("b", TestKey.B));
        Requirements two = new Requirements(
                Mode.ENFORCE,
                Optional.empty(),
                Optional.of(new ProvenanceRequirement(
                        new SignedBy(2, Set.of("a", "also a", "b")),
                        Set.of(new Glob(Evidence.BUILDER)),
                        Set.of(),
                        Set.of())),
                BaseRequirement.NONE,
                Set.of(),
                false,
                false);
        byte[] good = Evidence.provenance(image.subject);
        byte[] elsewhere = Evidence.provenance(image.subject, "https://evil.example", Evidence.SOURCE);
        image.att(Evidence.envelope(good, TestKey.A), Evidence.envelope(good, TestKey.A));
        assertThat(answer(image.judge(roots, two))).isEqualTo("TOO_FEW_SIGNERS");
        // What the second signer says of another builder is not the second of two.
        image.att(Evidence.envelope(good, TestKey.A), Evidence.envelope(elsewhere, TestKey.B));
        assertThat(answer(image.judge(roots, two))).isEqualTo("TOO_FEW_SIGNERS");
        // And a signature of the image is no provenance.
        image.sig(signedBy(TestKey.B));
        assertThat(answer(image.judge(roots, two))).isEqualTo("TOO_FEW_SIGNERS");
        image.att(Evidence.envelope(good, TestKey.A, TestKey.B));
        assertThat(answer(image.judge(roots, two))).isEqualTo("ADMITTED");
    }

    @Test
    void a_number_that_nobody_or_not_enough_can_reach_is_no_requirement() {
        assertThatThrownBy(() -> new SignedBy(0, Set.of("a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SignedBy(2, Set.of("a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignedBy.any(Set.of())).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- when

    private static SigningKey during(TestKey key, Instant from, Instant until) {
        return new SigningKey(
                key.trusted(),
                Set.of(key.trusted().defaultAlgorithm()),
                new Validity(Optional.ofNullable(from), Optional.ofNullable(until)));
    }

    private static TrustRoots acme(SigningKey... keys) {
        return Shelf.roots(new NamedSigner("acme", List.of(keys)));
    }

    @Test
    void a_key_that_has_ended_no_longer_counts_and_the_answer_says_so() {
        image.sig(signedBy(OLD));
        Verdict.Refused refused =
                (Verdict.Refused) image.judge(acme(during(OLD, null, Shelf.NOW)), Shelf.signedBy("acme"));
        assertThat(refused.reason()).isEqualTo(RefusalReason.KEY_EXPIRED);
        assertThat(refused.findings())
                .anyMatch(finding -> finding.saw().endsWith(" of acme counted until " + Shelf.NOW));
        assertThat(answer(image.judge(acme(during(OLD, null, Shelf.NOW.plusSeconds(1))), Shelf.signedBy("acme"))))
                .isEqualTo("ADMITTED");
    }

    @Test
    void a_key_that_has_not_begun_does_not_count_yet() {
        image.sig(signedBy(NEW));
        Instant later = Shelf.NOW.plusSeconds(1);
        Verdict.Refused refused = (Verdict.Refused) image.judge(acme(during(NEW, later, null)), Shelf.signedBy("acme"));
        assertThat(refused.reason()).isEqualTo(RefusalReason.KEY_NOT_YET_VALID);
        assertThat(refused.findings()).anyMatch(finding -> finding.saw().endsWith(" counts only from " + later));
        assertThat(answer(image.judge(acme(during(NEW, Shelf.NOW, null)), Shelf.signedBy("acme"))))
                .isEqualTo("ADMITTED");
    }

    @Test
    void an_admission_ends_with_the_last_key_that_carries_it() {
        Instant soon = Shelf.NOW.plus(Duration.ofHours(1));
        Instant later = Shelf.NOW.plus(Duration.ofHours(2));
        image.sig(signedBy(OLD));
        assertThat(until(image, acme(during(OLD, null, soon)))).isEqualTo(soon);
        // While the validity of both overlaps, an image that both have signed goes on without a break.
        image.sig(signedBy(OLD), signedBy(NEW));
        assertThat(until(image, acme(during(OLD, null, soon), during(NEW, Shelf.NOW, later))))
                .isEqualTo(later);
        assertThat(until(image, acme(during(OLD, null, soon), during(NEW, Shelf.NOW, null))))
                .isEqualTo(Shelf.GOOD_UNTIL);
    }

    private static Instant until(Shelf image, TrustRoots roots) {
        return ((Verdict.Admitted) image.judge(roots, Shelf.signedBy("acme"))).validUntil();
    }

    @Test
    void in_warn_mode_the_answer_is_made_anew_when_the_key_begins() {
        Instant later = Shelf.NOW.plusSeconds(60);
        image.sig(signedBy(NEW));
        Verdict.Admitted warned =
                (Verdict.Admitted) image.judge(acme(during(NEW, later, null)), Shelf.warn(Shelf.signedBy("acme")));
        assertThat(warned.wouldRefuse()).contains(RefusalReason.KEY_NOT_YET_VALID);
        assertThat(warned.validUntil()).isEqualTo(later);
    }

    @Test
    void an_ended_key_is_said_to_be_the_reason_where_without_it_there_are_too_few() {
        TrustRoots roots = Shelf.roots(
                Shelf.signer("dev", TestKey.C), new NamedSigner("qa", List.of(during(OLD, null, Shelf.NOW))));
        image.sig(signedBy(TestKey.C), signedBy(OLD));
        Verdict.Refused refused = (Verdict.Refused) image.judge(roots, atLeast(2, "dev", "qa"));
        assertThat(refused.reason()).isEqualTo(RefusalReason.KEY_EXPIRED);
        assertThat(refused.detail()).contains("found 1: dev; missing: qa");
    }

    @Test
    void provenance_by_an_ended_key_is_none() {
        image.att(Evidence.envelope(Evidence.provenance(image.subject), OLD));
        Requirements asked = Shelf.provenanceBy("acme");
        assertThat(answer(image.judge(acme(during(OLD, null, Shelf.NOW)), asked)))
                .isEqualTo("KEY_EXPIRED");
        assertThat(answer(image.judge(acme(during(OLD, null, null)), asked))).isEqualTo("ADMITTED");
    }

    @Test
    void a_validity_that_never_is_cannot_be_made() {
        assertThatThrownBy(() -> new Validity(Optional.of(Shelf.NOW), Optional.of(Shelf.NOW)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
