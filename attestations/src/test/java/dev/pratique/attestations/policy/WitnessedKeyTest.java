package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static dev.pratique.attestations.testing.VerdictAssert.assertUndecided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeSigstore;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Keys whose signers ask that a log has, or an authority stamped, what they sign. */
class WitnessedKeyTest {
    private static final String CI = "ci";
    private static final Instant SOON = Shelf.NOW.plusSeconds(3600);
    private static final Instant LATER = Shelf.NOW.plusSeconds(7200);

    private final FakeSigstore sigstore = new FakeSigstore("sigstore");
    private final FakeSigstore elsewhere = new FakeSigstore("elsewhere");
    private final Digest image = new Shelf().subject;

    private static NamedSigner keyed(String name, Validity validity, String... roots) {
        SigningKey key = new SigningKey(
                TestKey.A.trusted(), Set.of(TestKey.A.trusted().defaultAlgorithm()), validity, Set.of(roots));
        return new NamedSigner(name, List.of(key));
    }

    private static NamedSigner keyed(String name, String... roots) {
        return keyed(name, Validity.ALWAYS, roots);
    }

    private FakeSigstore.Signing signing() {
        return sigstore.sign(Evidence.signed(image), TestKey.A);
    }

    private Verdict judge(EvidenceBytes piece, NamedSigner signer, Root... roots) {
        return judge(piece, List.of(signer), CI, roots);
    }

    private Verdict judge(EvidenceBytes piece, List<NamedSigner> signers, String wanted, Root... roots) {
        TrustRoots trust = new TrustRoots(signers, List.of(roots));
        return Shelf.judge(FakeSigstore.verify(trust, image, List.of(piece), Shelf.NOW), Shelf.signedBy(wanted));
    }

    private static List<String> failed(Verdict verdict) {
        return verdict.findings().stream()
                .filter(finding -> finding.outcome() == Outcome.FAILED)
                .map(Finding::saw)
                .toList();
    }

    private static Instant end(Verdict verdict) {
        assertAdmitted(verdict);
        return ((Verdict.Admitted) verdict).validUntil();
    }

    @Test
    void a_key_that_names_no_root_needs_nobodys_word() {
        assertAdmitted(judge(signing().bundle(), keyed(CI), sigstore.root("acme", 1, 1)));
    }

    @Test
    void a_key_that_names_a_root_counts_only_with_as_many_log_entries_as_the_root_asks() {
        NamedSigner ci = keyed(CI, "acme");
        Verdict alone = judge(signing().bundle(), ci, sigstore.root("acme"));
        assertRefused(alone, RefusalReason.NOT_LOGGED);
        assertThat(failed(alone))
                .anySatisfy(saw -> assertThat(saw)
                        .contains("signed by the key of ci", "it is in 0 transparency logs of root acme"));
        assertAdmitted(judge(signing().logged(1).bundle(), ci, sigstore.root("acme")));
        assertAdmitted(judge(signing().inTiles().bundle(), ci, sigstore.root("acme")));
        assertRefused(judge(signing().logged(2).bundle(), ci, sigstore.root("acme", 2, 0)), RefusalReason.NOT_LOGGED);
        assertAdmitted(judge(signing().logged(1).inTiles().bundle(), ci, sigstore.root("acme", 2, 0)));
        // Entries of a log that is no log of the root's count for nothing.
        assertRefused(
                judge(signing().logged(1).bundle(), ci, elsewhere.root("acme"), sigstore.root("another")),
                RefusalReason.NOT_LOGGED);
    }

    @Test
    void SIG_05_an_entry_for_a_certificate_of_another_key_is_no_entry_of_the_key() {
        NamedSigner ci = keyed(CI, "acme");
        byte[] payload = Evidence.signed(image);
        assertAdmitted(judge(
                sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.A))
                        .logged(1)
                        .bundle(),
                ci,
                sigstore.root("acme")));
        assertRefused(
                judge(
                        sigstore.sign(payload, TestKey.A, sigstore.leaf(TestKey.B))
                                .logged(1)
                                .bundle(),
                        ci,
                        sigstore.root("acme")),
                RefusalReason.LOG_ENTRY_INVALID);
    }

    @Test
    void SIG_06_a_certificate_of_the_key_laid_beside_an_entry_that_names_the_key_takes_nothing_away() {
        EvidenceBytes good = signing().logged(1).bundle();
        String certificate = Evidence.base64(sigstore.leaf(TestKey.A).der());
        String text = new String(good.bytes(), StandardCharsets.UTF_8)
                .replace("\"publicKey\":{\"hint\":\"any\"}", "\"certificate\":{\"rawBytes\":\"" + certificate + "\"}");
        byte[] beside = text.getBytes(StandardCharsets.UTF_8);
        assertThat(text).contains(certificate);
        EvidenceBytes laid =
                new EvidenceBytes(good.mediaType(), beside, good.annotations(), Digest.sha256(beside), "referrer");
        assertAdmitted(judge(laid, keyed(CI, "acme"), sigstore.root("acme")));
    }

    @Test
    void a_key_that_names_a_root_counts_only_with_as_many_timestamps_as_the_root_asks() {
        NamedSigner ci = keyed(CI, "acme");
        assertRefused(judge(signing().logged(1).bundle(), ci, sigstore.root("acme", 0, 1)), RefusalReason.NOT_STAMPED);
        assertAdmitted(judge(signing().stamped(1).bundle(), ci, sigstore.root("acme", 0, 1)));
    }

    @Test
    void one_of_the_roots_that_it_names_is_enough_and_one_of_another_repository_is_none() {
        NamedSigner either = keyed(CI, "far", "near");
        EvidenceBytes logged = signing().logged(1).bundle();
        assertAdmitted(judge(logged, either, elsewhere.root("far"), sigstore.root("near")));
        assertAdmitted(judge(logged, either, sigstore.root("near"), elsewhere.root("far")));
        Root others =
                new Root("near", sigstore.material(), List.of(new Glob("ghcr.io/other/**")), 1, 0, 1, Optional.empty());
        Verdict verdict = judge(logged, keyed(CI, "near"), others);
        assertRefused(verdict, RefusalReason.NOT_LOGGED);
        assertThat(failed(verdict)).anySatisfy(saw -> assertThat(saw).contains("no log of its roots (near)", "has it"));
    }

    @Test
    void who_asks_for_less_is_credited_and_who_asks_for_more_is_not() {
        List<NamedSigner> signers = List.of(keyed(CI), keyed("strict", "acme"));
        EvidenceBytes alone = signing().bundle();
        assertAdmitted(judge(alone, signers, CI, sigstore.root("acme")));
        Verdict strict = judge(alone, signers, "strict", sigstore.root("acme"));
        assertRefused(strict, RefusalReason.NOT_LOGGED);
        assertThat(failed(strict)).anySatisfy(saw -> assertThat(saw).contains("strict", "root acme"));
    }

    @Test
    void what_another_signer_asks_is_no_reason_for_the_one_that_is_wanted() {
        List<NamedSigner> signers = List.of(keyed("strict", "acme"), NamedSigner.of(CI, TestKey.B.trusted()));
        assertRefused(judge(signing().bundle(), signers, CI, sigstore.root("acme")), RefusalReason.WRONG_SIGNER);
    }

    @Test
    void a_root_that_is_too_old_leaves_it_open_and_a_verdict_lasts_as_long_as_one_of_its_roots() {
        EvidenceBytes logged = signing().logged(1).bundle();
        NamedSigner ci = keyed(CI, "acme", "second");
        assertUndecided(judge(logged, ci, sigstore.staleFrom("acme", Shelf.NOW)));
        assertUndecided(judge(logged, ci, FakeSigstore.neverFetched("acme")));
        assertRefused(judge(signing().bundle(), ci, sigstore.staleFrom("acme", Shelf.NOW)), RefusalReason.NOT_LOGGED);
        assertThat(end(judge(logged, ci, sigstore.staleFrom("acme", SOON)))).isEqualTo(SOON);
        assertThat(end(judge(logged, ci, sigstore.staleFrom("acme", SOON), sigstore.staleFrom("second", LATER))))
                .isEqualTo(LATER);
        assertThat(end(judge(logged, ci, sigstore.staleFrom("acme", SOON), sigstore.root("second"))))
                .isEqualTo(Shelf.GOOD_UNTIL);
    }

    @Test
    void a_root_that_no_signer_needs_ends_no_verdict() {
        EvidenceBytes logged = signing().logged(1).bundle();
        assertThat(end(judge(logged, keyed(CI), sigstore.staleFrom("acme", SOON))))
                .isEqualTo(Shelf.GOOD_UNTIL);
        // A key that has ended counts for as long as somebody vouches for when it signed.
        Validity ended = new Validity(Optional.empty(), Optional.of(FakeSigstore.AT.plusSeconds(60)));
        assertThat(end(judge(logged, keyed(CI, ended), sigstore.staleFrom("acme", SOON))))
                .isEqualTo(SOON);
        assertThat(end(judge(
                        logged, keyed(CI, ended), sigstore.staleFrom("acme", SOON), sigstore.staleFrom("b", LATER))))
                .isEqualTo(LATER);
    }

    @Test
    void a_log_that_says_something_else_spoils_it_whether_or_not_its_root_is_named() {
        FakeSigstore.Signing signing = signing();
        EvidenceBytes piece = signing.stamped(sigstore.tsa.stamp(Evidence.utf8("else"), FakeSigstore.AT))
                .logged(1)
                .bundle();
        assertRefused(judge(piece, keyed(CI, "acme"), sigstore.root("acme")), RefusalReason.TIMESTAMP_INVALID);
        assertRefused(judge(piece, keyed(CI), sigstore.root("acme")), RefusalReason.TIMESTAMP_INVALID);
    }

    @Test
    void a_certificate_proves_what_too_few_know_of_for_the_key() {
        NamedSigner both = new NamedSigner(
                CI,
                keyed(CI, "strict").keys(),
                FakeSigstore.workflow(CI, "acme").identities(),
                Set.of(Counts.SIGN));
        EvidenceBytes certified = sigstore.sign(Evidence.signed(image), TestKey.A, sigstore.leaf(TestKey.A))
                .logged(1)
                .bundle();
        Root strict = elsewhere.root("strict");
        assertAdmitted(judge(certified, both, sigstore.root("acme"), strict));
        assertRefused(judge(certified, keyed(CI, "strict"), sigstore.root("acme"), strict), RefusalReason.NOT_LOGGED);
    }

    @Test
    void a_root_that_becomes_too_old_admits_nothing_that_it_kept_out() {
        Validity begun = new Validity(Optional.of(FakeSigstore.AT.plusSeconds(60)), Optional.empty());
        EvidenceBytes stamped = signing().stamped(1).bundle();
        assertRefused(
                judge(stamped, keyed(CI, begun), sigstore.staleFrom("acme", SOON)), RefusalReason.KEY_NOT_YET_VALID);
        Verdict old = judge(stamped, keyed(CI, begun), sigstore.staleFrom("acme", Shelf.NOW));
        assertUndecided(old);
        assertThat(old.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains("its metadata ended at " + Shelf.NOW));
        // One that is fresh and says the same decides.
        assertRefused(
                judge(stamped, keyed(CI, begun), sigstore.staleFrom("acme", Shelf.NOW), sigstore.root("b")),
                RefusalReason.KEY_NOT_YET_VALID);
        // And where the time changes nothing, nothing is open.
        Validity longAgo = new Validity(Optional.of(FakeSigstore.AT.minusSeconds(60)), Optional.empty());
        assertAdmitted(judge(stamped, keyed(CI, longAgo), sigstore.staleFrom("acme", Shelf.NOW)));
    }

    private Root tilesOnly(String name, Validity keyOfTheLog) {
        TrustedRoot material = new TrustedRoot(
                List.of(), List.of(sigstore.v2.trusted(keyOfTheLog)), List.of(), List.of(sigstore.tsa.authority()));
        return new Root(name, material, List.of(), 1, 0, 1, Optional.empty());
    }

    private static Validity until(Instant end) {
        return new Validity(Optional.empty(), Optional.of(end));
    }

    @Test
    void an_entry_that_nobody_gives_a_time_counts_while_the_key_of_its_log_does() {
        EvidenceBytes timeless = signing().inTiles().bundle();
        NamedSigner ci = keyed(CI, "acme");
        assertThat(end(judge(timeless, ci, tilesOnly("acme", until(SOON))))).isEqualTo(SOON);
        assertThat(end(judge(timeless, keyed(CI), tilesOnly("acme", until(SOON)))))
                .isEqualTo(Shelf.GOOD_UNTIL);
        for (Validity another : List.of(until(Shelf.NOW), new Validity(Optional.of(SOON), Optional.empty()))) {
            Verdict refused = judge(timeless, ci, tilesOnly("acme", another));
            assertRefused(refused, RefusalReason.NOT_LOGGED);
            assertThat(failed(refused))
                    .anySatisfy(saw -> assertThat(saw)
                            .contains(
                                    "it is in 0 transparency logs of root acme",
                                    "1 log entry without a time, of a log whose key is not valid now"));
            // Who does not ask for a log loses nothing by it.
            Verdict admitted = judge(timeless, keyed(CI), tilesOnly("acme", another));
            assertAdmitted(admitted);
            assertThat(admitted.findings())
                    .filteredOn(finding -> finding.outcome() == Outcome.UNKNOWN)
                    .extracting(Finding::saw)
                    .containsExactly("1 log entry without a time, of a log whose key is not valid now");
        }
    }

    @Test
    void an_entry_with_a_time_counts_though_the_key_of_its_log_has_ended_since() {
        EvidenceBytes stamped = signing().inTiles().stamped(1).bundle();
        NamedSigner ci = keyed(CI, "acme");
        Validity ended = until(FakeSigstore.AT.plusSeconds(60));
        assertThat(end(judge(stamped, ci, tilesOnly("acme", ended)))).isEqualTo(Shelf.GOOD_UNTIL);
        // The one root's authority says when, and the other root's log nothing without it: each vouches for itself.
        EvidenceBytes timeless = signing().inTiles().bundle();
        assertRefused(
                judge(timeless, ci, tilesOnly("acme", ended), tilesOnly("second", Validity.ALWAYS)),
                RefusalReason.NOT_LOGGED);
        assertAdmitted(judge(
                timeless, keyed(CI, "acme", "second"), tilesOnly("acme", ended), tilesOnly("second", Validity.ALWAYS)));
    }

    @Test
    void one_key_of_a_log_with_a_window_in_each_of_two_roots_counts_by_the_root_in_whose_window_it_was() {
        EvidenceBytes stamped = signing().inTiles().stamped(1).bundle();
        Root whole = tilesOnly("whole", Validity.ALWAYS);
        Root ended = tilesOnly("ended", until(FakeSigstore.AT.minusSeconds(60)));
        for (Root[] order : List.of(new Root[] {whole, ended}, new Root[] {ended, whole})) {
            assertAdmitted(judge(stamped, keyed(CI, "whole"), order));
            assertAdmitted(judge(stamped, keyed(CI), order));
            Verdict refused = judge(stamped, keyed(CI, "ended"), order);
            assertRefused(refused, RefusalReason.NOT_LOGGED);
            assertThat(failed(refused))
                    .anySatisfy(saw -> assertThat(saw).contains("no log of its roots (ended)", "has it"));
        }
    }

    @Test
    void a_time_that_only_a_root_that_is_too_old_vouches_for_leaves_it_open_where_it_would_refuse() {
        FakeSigstore silent = new FakeSigstore("silent");
        Validity begun = new Validity(Optional.of(FakeSigstore.AT.plusSeconds(60)), Optional.empty());
        EvidenceBytes twice = signing()
                .stampedBy(elsewhere.tsa)
                .stamped(FakeSigstore.AT.plusSeconds(120))
                .bundle();
        Root fresh = sigstore.root("fresh");
        assertAdmitted(judge(twice, keyed(CI, begun), fresh));
        assertRefused(judge(twice, keyed(CI, begun), fresh, elsewhere.root("second")), RefusalReason.KEY_NOT_YET_VALID);
        Verdict open = judge(
                twice,
                keyed(CI, begun),
                elsewhere.staleFrom("old", Shelf.NOW),
                silent.staleFrom("silent", Shelf.NOW),
                fresh);
        assertUndecided(open);
        assertThat(open.findings())
                .extracting(Finding::where)
                .contains("trust root old")
                .doesNotContain("trust root silent");
    }

    @Test
    void a_verdict_lasts_as_long_as_a_root_that_says_when_and_no_longer_for_one_that_does_not() {
        Validity ended = until(FakeSigstore.AT.plusSeconds(60));
        EvidenceBytes logged = signing().logged(1).bundle();
        assertThat(end(judge(
                        logged, keyed(CI, ended), sigstore.staleFrom("acme", SOON), elsewhere.root("says nothing"))))
                .isEqualTo(SOON);
    }

    @Test
    void a_root_that_asks_for_timestamps_alone_is_said_to_have_no_authority_whatever_other_roots_ask() {
        Root stamps = new Root(
                "stamps", sigstore.material(), List.of(new Glob("ghcr.io/other/**")), 0, 1, 1, Optional.empty());
        Verdict verdict = judge(signing().stamped(1).bundle(), keyed(CI, "stamps"), stamps, elsewhere.root("acme"));
        assertRefused(verdict, RefusalReason.NOT_STAMPED);
        assertThat(failed(verdict))
                .anySatisfy(
                        saw -> assertThat(saw).contains("no timestamp authority of its roots (stamps)", "stamped it"));
    }

    @Test
    void everybody_whose_key_it_is_is_named() {
        Verdict verdict = judge(signing().bundle(), List.of(keyed("second"), keyed(CI)), CI);
        assertAdmitted(verdict);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).startsWith("signed by " + CI + ", second ("));
    }

    @Test
    void what_one_signer_asks_takes_nothing_from_another_who_signed_the_same_envelope() {
        byte[] payload = Evidence.signed(image);
        byte[] byA = TestKey.A.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload));
        EvidenceBytes both =
                sigstore.sign(payload, TestKey.B).behind(List.of(byA)).attestation();
        List<NamedSigner> signers = List.of(keyed("strict", "acme"), NamedSigner.of(CI, TestKey.B.trusted()));
        assertAdmitted(judge(both, signers, CI, sigstore.root("acme")));
        assertRefused(judge(both, signers, "strict", sigstore.root("acme")), RefusalReason.NOT_LOGGED);
    }

    @Test
    void a_timestamp_of_one_signature_of_an_envelope_takes_nothing_from_another() {
        byte[] payload = Evidence.signed(image);
        byte[] byB = TestKey.B.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload));
        EvidenceBytes both = sigstore.sign(payload, TestKey.A)
                .stamped(1)
                .behind(List.of(byB))
                .attestation();
        List<NamedSigner> signers = List.of(keyed(CI), NamedSigner.of("b", TestKey.B.trusted()));
        assertAdmitted(judge(both, signers, CI, sigstore.root("acme")));
        assertAdmitted(judge(both, signers, "b", sigstore.root("acme")));
        assertAdmitted(judge(both, signers, "b"));
    }
}
