package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.certificate.PinnedCertificate;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.pattern.TextPattern;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.FakeCertificateLog;
import dev.pratique.attestations.testing.FakeLog;
import dev.pratique.attestations.testing.FakeTimestampAuthority;
import dev.pratique.attestations.testing.LogBodies;
import dev.pratique.attestations.testing.Pki;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.trust.IdentityRule;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustRoots.SigningKey;
import dev.pratique.attestations.trust.TrustRoots.TrustedIdentity;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Signatures with certificates: what has to come together, and what is said where one part is missing or another's. */
class KeylessTest {
    private static final Instant AT = Pki.SIGNED.plusSeconds(30);
    private static final TestKey KEY = TestKey.A;
    private static final String SIGNER = "acme-ci";

    private final Pki.Authority fulcio = Pki.root("fulcio").intermediate("fulcio-intermediate");
    private final FakeCertificateLog ct = FakeCertificateLog.named("ct.example");
    private final FakeLog v1 = FakeLog.v1("rekor1.example", TestKey.B);
    private final FakeLog v2 = FakeLog.v2("rekor2.example", TestKey.ED25519);
    private final FakeTimestampAuthority tsa = FakeTimestampAuthority.named("tsa.example");
    private Shelf image = new Shelf();
    private final byte[] payload = Evidence.signed(image.subject);
    private final byte[] pae = DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload);
    private final byte[] signature = KEY.sign(pae);

    private Certificate leaf() {
        return fulcio.issue(Pki.fulcio(KEY), Pki.SIGNED, ct);
    }

    private TrustedRoot material() {
        return new TrustedRoot(
                List.of(fulcio.trusted()),
                List.of(v1.trusted(), v2.trusted()),
                List.of(ct.trusted()),
                List.of(tsa.authority()));
    }

    private static Root root(TrustedRoot material, int logs, int timestamps, int certificateLogs) {
        return new Root("acme", material, List.of(), logs, timestamps, certificateLogs, Optional.empty());
    }

    private Root root() {
        return root(material(), 1, 0, 1);
    }

    private static TrustRoots trusting(IdentityRule rule, Set<Counts> counts, Root... roots) {
        NamedSigner signer = new NamedSigner(SIGNER, List.of(), List.of(new TrustedIdentity(rule, Set.of())), counts);
        return new TrustRoots(List.of(signer), List.of(roots));
    }

    private static TrustRoots trusting(Root... roots) {
        return trusting(identity(Pki.WORKFLOW), Set.of(Counts.SIGN), roots);
    }

    private static IdentityRule identity(String subject) {
        return new IdentityRule(
                Optional.of(new TextPattern.Exact(Pki.ISSUER)), Optional.of(new TextPattern.Exact(subject)), Map.of());
    }

    private Map<String, Object> entry(FakeLog log, Certificate leaf, FakeLog.Defect... defects) {
        byte[] body = log == v2
                ? LogBodies.dsseOfTiles(payload, signature, leaf.der())
                : LogBodies.dsse(payload, signature, leaf.der());
        return log.add(body, AT, defects);
    }

    private Map<String, Object> material(Certificate leaf, List<Map<String, Object>> entries, byte[]... tokens) {
        Map<String, Object> material = new LinkedHashMap<>();
        material.put("certificate", map("rawBytes", Evidence.base64(leaf.der())));
        material.put("tlogEntries", entries);
        List<Object> timestamps = new ArrayList<>();
        for (byte[] token : tokens) {
            timestamps.add(map("signedTimestamp", Evidence.base64(token)));
        }
        material.put("timestampVerificationData", map("rfc3161Timestamps", timestamps));
        return material;
    }

    private Shelf signed(Map<String, Object> material) {
        Map<String, Object> bundle =
                Evidence.bundleOf(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, List.of(signature)));
        bundle.put("verificationMaterial", material);
        // The same image, with nothing beside it but this.
        image = new Shelf();
        return image.referrer(Evidence.bundle(bundle));
    }

    private Verdict judge(TrustRoots roots) {
        return image.judge(roots, Shelf.signedBy(SIGNER));
    }

    private static List<Outcome> outcomes(Verdict verdict, Check check) {
        return verdict.findings().stream()
                .filter(finding -> finding.check() == check)
                .map(Finding::outcome)
                .toList();
    }

    @Test
    void admits_what_a_certificate_a_promise_and_a_certificate_log_prove_and_says_what_it_saw() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v1, leaf))));
        Verdict verdict = judge(trusting(root()));
        assertAdmitted(verdict);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .contains(
                        "signed by " + SIGNER,
                        "its certificate says subject: " + Pki.WORKFLOW + " (URI)",
                        "its certificate says issuer: " + Pki.ISSUER)
                .anySatisfy(saw -> assertThat(saw).contains("entry ", "rekor1.example"))
                .anySatisfy(saw -> assertThat(saw).contains(AT.toString(), "rekor1.example"))
                .anySatisfy(saw -> assertThat(saw).contains("fulcio", "root acme"));
        for (Check check : EnumSet.range(Check.EVIDENCE, Check.LOG_INCLUSION)) {
            assertThat(outcomes(verdict, check)).as(check.label()).containsOnly(Outcome.PASSED);
        }
    }

    @Test
    void admits_what_a_tile_log_has_and_an_authority_stamped() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v2, leaf)), tsa.stamp(signature, AT)));
        assertAdmitted(judge(trusting(root())));
    }

    @Test
    void BND_02_a_log_without_a_promise_says_no_time() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v2, leaf))));
        Verdict verdict = judge(trusting(root()));
        assertRefused(verdict, RefusalReason.NO_SIGNED_TIME);
        assertThat(outcomes(verdict, Check.SIGNED_TIME)).contains(Outcome.FAILED);
    }

    @Test
    void refuses_what_is_in_no_trusted_log() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(), tsa.stamp(signature, AT)));
        Verdict verdict = judge(trusting(root()));
        assertRefused(verdict, RefusalReason.NOT_LOGGED);
        assertThat(outcomes(verdict, Check.LOG_INCLUSION)).contains(Outcome.FAILED);
    }

    @Test
    void BND_15_a_root_that_asks_for_no_log_takes_a_timestamp_alone_and_only_when_it_says_so() {
        Certificate leaf = fulcio.issue(Pki.fulcio(KEY));
        signed(material(leaf, List.of(), tsa.stamp(signature, AT)));
        assertAdmitted(judge(trusting(root(material(), 0, 1, 0))));
        assertRefused(judge(trusting(root(material(), 0, 1, 1))), RefusalReason.CERTIFICATE_NOT_LOGGED);
        assertRefused(judge(trusting(root(material(), 1, 1, 0))), RefusalReason.NOT_LOGGED);
    }

    @Test
    void BND_01_refuses_when_the_log_entry_is_for_another_signature() {
        Certificate leaf = leaf();
        byte[] other = DsseEnvelope.pae(Statement.PAYLOAD_TYPE, Evidence.utf8("{}"));
        byte[] body = LogBodies.dsse(Evidence.utf8("{}"), KEY.sign(other), leaf.der());
        signed(material(leaf, List.of(v1.add(body, AT))));
        Verdict verdict = judge(trusting(root()));
        assertRefused(verdict, RefusalReason.LOG_ENTRY_INVALID);
        assertThat(outcomes(verdict, Check.LOG_INCLUSION)).containsOnly(Outcome.FAILED);
    }

    @Test
    void an_entry_of_a_kind_that_nobody_here_knows_is_not_judged() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(v1.add(LogBodies.body("helm", "0.0.1", map("chart", map())), AT))));
        assertRefused(judge(trusting(root())), RefusalReason.EVIDENCE_NOT_JUDGED);
    }

    @Test
    void a_bad_entry_of_a_trusted_log_spoils_what_would_suffice_without_it() {
        Certificate leaf = leaf();
        byte[] body = LogBodies.dsse(Evidence.utf8("{}"), signature, leaf.der());
        signed(material(leaf, List.of(entry(v1, leaf), v2.add(body, AT))));
        assertRefused(judge(trusting(root())), RefusalReason.LOG_ENTRY_INVALID);
    }

    @Test
    void an_entry_of_a_log_that_is_not_trusted_neither_counts_nor_spoils() {
        Certificate leaf = leaf();
        FakeLog stranger = FakeLog.v1("stranger.example", TestKey.C);
        Map<String, Object> strange = stranger.add(LogBodies.dsse(payload, signature, leaf.der()), AT);
        signed(material(leaf, List.of(strange)));
        assertRefused(judge(trusting(root())), RefusalReason.NOT_LOGGED);
        signed(material(leaf, List.of(strange, entry(v1, leaf))));
        assertAdmitted(judge(trusting(root())));
    }

    @Test
    void what_is_strange_to_every_root_that_proves_is_said_once() {
        Certificate leaf = leaf();
        FakeTimestampAuthority free = FakeTimestampAuthority.named("free.example");
        FakeLog stranger = FakeLog.v1("stranger.example", TestKey.C);
        Map<String, Object> strange = stranger.add(LogBodies.dsse(payload, signature, leaf.der()), AT);
        signed(material(leaf, List.of(strange, entry(v1, leaf)), free.stamp(signature, AT)));
        Root second = new Root("second", material(), List.of(), 1, 0, 1, Optional.empty());
        // One that proves nothing of it is not asked.
        Root elsewhere = new Root(
                "elsewhere",
                new TrustedRoot(List.of(), List.of(stranger.trusted()), List.of(), List.of(free.authority())),
                List.of(),
                1,
                0,
                1,
                Optional.empty());
        for (TrustRoots trust : List.of(trusting(root()), trusting(root(), second), trusting(root(), elsewhere))) {
            Verdict verdict = judge(trust);
            assertAdmitted(verdict);
            assertThat(unknown(verdict))
                    .containsExactly("1 timestamp of no trusted authority", "1 log entry of no trusted log");
        }
        TrustedRoot knowing = new TrustedRoot(
                List.of(fulcio.trusted()),
                List.of(v1.trusted(), stranger.trusted()),
                List.of(ct.trusted()),
                List.of(free.authority()));
        assertThat(unknown(judge(trusting(root(), root(knowing, 1, 0, 1))))).isEmpty();
    }

    private static List<String> unknown(Verdict verdict) {
        return verdict.findings().stream()
                .filter(finding -> finding.outcome() == Outcome.UNKNOWN)
                .map(Finding::saw)
                .toList();
    }

    @Test
    void thresholds_count_distinct_logs() {
        Certificate leaf = leaf();
        Root two = root(material(), 2, 0, 1);
        signed(material(leaf, List.of(entry(v1, leaf), entry(v1, leaf))));
        assertRefused(judge(trusting(two)), RefusalReason.NOT_LOGGED);
        signed(material(leaf, List.of(entry(v1, leaf), entry(v2, leaf))));
        assertAdmitted(judge(trusting(two)));
    }

    @Test
    void BND_05_thresholds_count_distinct_authorities() {
        Certificate leaf = leaf();
        FakeTimestampAuthority second = FakeTimestampAuthority.named("second.example");
        TrustedRoot both = new TrustedRoot(
                List.of(fulcio.trusted()),
                List.of(v1.trusted()),
                List.of(ct.trusted()),
                List.of(tsa.authority(), second.authority()));
        Root two = root(both, 1, 2, 1);
        byte[] token = tsa.stamp(signature, AT);
        signed(material(leaf, List.of(entry(v1, leaf)), token, token));
        assertRefused(judge(trusting(two)), RefusalReason.NOT_STAMPED);
        signed(material(leaf, List.of(entry(v1, leaf)), tsa.stamp(signature, AT.plusSeconds(1)), token));
        assertRefused(judge(trusting(two)), RefusalReason.NOT_STAMPED);
        signed(material(leaf, List.of(entry(v1, leaf)), token, second.stamp(signature, AT)));
        assertAdmitted(judge(trusting(two)));
    }

    @Test
    void TSA_01_refuses_a_timestamp_of_something_else() {
        Certificate leaf = leaf();
        for (byte[] other : List.of(pae, payload, KEY.sign(payload))) {
            signed(material(leaf, List.of(entry(v1, leaf)), tsa.stamp(other, AT)));
            Verdict verdict = judge(trusting(root()));
            assertRefused(verdict, RefusalReason.TIMESTAMP_INVALID);
            assertThat(outcomes(verdict, Check.SIGNED_TIME)).containsOnly(Outcome.FAILED);
        }
    }

    @Test
    void TSA_02_a_timestamp_of_a_stranger_does_not_count() {
        Certificate leaf = leaf();
        FakeTimestampAuthority stranger = FakeTimestampAuthority.named("free.example");
        signed(material(leaf, List.of(entry(v2, leaf)), stranger.stamp(signature, AT)));
        assertRefused(judge(trusting(root())), RefusalReason.NO_SIGNED_TIME);
    }

    @Test
    void CRT_01_refuses_when_an_authority_above_had_ended_at_the_time_of_signing() {
        Pki.Authority root = Pki.root("short");
        Pki.Authority ended =
                root.intermediate(Pki.authority("ended", TestKey.P384).valid(Pki.BEGIN, Pki.SIGNED.plusSeconds(20)));
        Certificate leaf = ended.issue(Pki.fulcio(KEY), Pki.SIGNED, ct);
        TrustedRoot material =
                new TrustedRoot(List.of(ended.trusted()), List.of(v1.trusted()), List.of(ct.trusted()), List.of());
        signed(material(leaf, List.of(entry(v1, leaf))));
        Verdict verdict = judge(trusting(root(material, 1, 0, 1)));
        assertRefused(verdict, RefusalReason.CERTIFICATE_TIME);
        assertThat(outcomes(verdict, Check.VALIDITY)).containsOnly(Outcome.FAILED);
    }

    @Test
    void CRT_02_the_first_and_the_last_moment_of_the_certificate_are_within_it() {
        Certificate leaf = leaf();
        Instant last = Pki.SIGNED.plusSeconds(600);
        signed(material(leaf, List.of(entry(v2, leaf)), tsa.stamp(signature, Pki.SIGNED)));
        assertAdmitted(judge(trusting(root())));
        signed(material(leaf, List.of(entry(v2, leaf)), tsa.stamp(signature, last)));
        assertAdmitted(judge(trusting(root())));
    }

    @Test
    void CRT_02_refuses_a_time_before_or_after_though_another_lies_within() {
        Certificate leaf = leaf();
        for (Instant outside : List.of(Pki.SIGNED.minusSeconds(1), Pki.SIGNED.plusSeconds(601))) {
            signed(material(leaf, List.of(entry(v1, leaf)), tsa.stamp(signature, outside)));
            Verdict verdict = judge(trusting(root()));
            assertRefused(verdict, RefusalReason.CERTIFICATE_TIME);
            assertThat(outcomes(verdict, Check.VALIDITY)).containsOnly(Outcome.FAILED);
        }
    }

    @Test
    void CRT_09_refuses_a_certificate_that_no_trusted_log_has() {
        Certificate unlogged = fulcio.issue(Pki.fulcio(KEY));
        signed(material(unlogged, List.of(entry(v1, unlogged))));
        assertRefused(judge(trusting(root())), RefusalReason.CERTIFICATE_NOT_LOGGED);
    }

    @Test
    void CRT_10_refuses_a_certificate_that_is_not_to_sign_with() {
        Certificate unfit = fulcio.issue(Pki.fulcio(KEY).without(Pki.EXTENDED_KEY_USAGE), Pki.SIGNED, ct);
        signed(material(unfit, List.of(entry(v1, unfit))));
        assertRefused(judge(trusting(root())), RefusalReason.CERTIFICATE_UNFIT);
    }

    @Test
    void refuses_a_certificate_of_an_authority_of_the_same_name() {
        Pki.Authority evil = Pki.root("fulcio").intermediate("fulcio-intermediate");
        Certificate leaf = evil.issue(Pki.fulcio(KEY), Pki.SIGNED, ct);
        signed(material(leaf, List.of(entry(v1, leaf))));
        assertRefused(judge(trusting(root())), RefusalReason.CERTIFICATE_UNTRUSTED);
    }

    @Test
    void refuses_an_identity_that_nobody_named_and_says_who_it_is() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v1, leaf))));
        Verdict verdict = judge(trusting(identity("https://github.com/acme/other"), Set.of(Counts.SIGN), root()));
        assertRefused(verdict, RefusalReason.IDENTITY_UNTRUSTED);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains(Pki.WORKFLOW));
    }

    @Test
    void refuses_a_signature_that_the_certificates_key_did_not_make() {
        Certificate leaf = fulcio.issue(Pki.fulcio(TestKey.C), Pki.SIGNED, ct);
        signed(material(leaf, List.of(entry(v1, leaf))));
        assertRefused(judge(trusting(root())), RefusalReason.SIGNATURE_INVALID);
    }

    @Test
    void a_root_speaks_only_for_its_repositories() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v1, leaf))));
        Root elsewhere = new Root("acme", material(), List.of(new Glob("ghcr.io/other/**")), 1, 0, 1, Optional.empty());
        assertRefused(judge(trusting(elsewhere)), RefusalReason.CERTIFICATE_UNTRUSTED);
        Root here = new Root("acme", material(), List.of(new Glob("registry.example/**")), 1, 0, 1, Optional.empty());
        assertAdmitted(judge(trusting(elsewhere, here)));
    }

    @Test
    void an_identity_counts_only_under_the_roots_that_its_signer_names() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v1, leaf))));
        NamedSigner signer = new NamedSigner(
                SIGNER,
                List.of(),
                List.of(new TrustedIdentity(identity(Pki.WORKFLOW), Set.of("another"))),
                Set.of(Counts.SIGN));
        assertRefused(judge(new TrustRoots(List.of(signer), List.of(root()))), RefusalReason.IDENTITY_UNTRUSTED);
    }

    @Test
    void the_key_of_a_pinned_certificate_that_ended_is_not_revived_by_a_public_authority() throws Exception {
        Pki.Authority corporate = Pki.root("corporate");
        Certificate ended = corporate.issue(Pki.fulcio(KEY, Pki.ISSUER, Pki.email("release@acme.example"))
                .valid(Pki.BEGIN, Pki.BEGIN.plusSeconds(600)));
        Certificate stolen = fulcio.issue(
                Pki.fulcio(KEY, "https://accounts.google.com", Pki.email("thief@gmail.example")), Pki.SIGNED, ct);
        signed(material(stolen, List.of(entry(v1, stolen))));
        TrustedRoot own = new TrustedRoot(List.of(corporate.trustedPrivately()), List.of(), List.of(), List.of());
        PinnedCertificate pinned = PinnedCertificate.of(List.of(ended));
        // Even where the operator names both roots: it is the pinned names that are asked for.
        for (Set<String> roots : List.of(Set.of("own"), Set.of("own", "acme"))) {
            NamedSigner signer =
                    new NamedSigner(SIGNER, List.of(), List.of(TrustedIdentity.of(pinned, roots)), Set.of(Counts.SIGN));
            Root corporation = new Root("own", own, List.of(), 0, 0, 0, Optional.empty());
            assertRefused(
                    judge(new TrustRoots(List.of(signer), List.of(corporation, root()))),
                    RefusalReason.IDENTITY_UNTRUSTED);
        }
        NamedSigner same = new NamedSigner(
                SIGNER,
                List.of(),
                List.of(TrustedIdentity.of(PinnedCertificate.of(List.of(stolen)), Set.of("acme"))),
                Set.of(Counts.SIGN));
        assertAdmitted(judge(new TrustRoots(List.of(same), List.of(root()))));
    }

    @Test
    void what_rests_on_a_stale_root_alone_is_undecided_and_never_admitted() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v1, leaf))));
        Root stale = new Root("acme", material(), List.of(), 1, 0, 1, Optional.of(AT));
        Verdict verdict = judge(trusting(stale));
        assertThat(verdict).isInstanceOf(Verdict.Undecided.class);
        assertThat(verdict.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains("trust update"));
        assertAdmitted(judge(trusting(stale, root())));
    }

    @Test
    void no_verdict_outlives_the_metadata_of_the_root_that_it_rests_on() {
        Certificate leaf = leaf();
        signed(material(leaf, List.of(entry(v1, leaf))));
        Instant stale = Shelf.NOW.plusSeconds(3600);
        Verdict verdict = judge(trusting(new Root("acme", material(), List.of(), 1, 0, 1, Optional.of(stale))));
        assertAdmitted(verdict);
        assertThat(((Verdict.Admitted) verdict).validUntil()).isEqualTo(stale);
        assertThat(((Verdict.Admitted) judge(trusting(root()))).validUntil()).isEqualTo(Shelf.GOOD_UNTIL);
    }

    @Test
    void a_time_that_only_a_stale_root_vouches_for_does_not_save_a_key_that_has_ended() {
        Validity ended = new Validity(Optional.empty(), Optional.of(AT.plusSeconds(60)));
        NamedSigner signer = new NamedSigner(
                SIGNER,
                List.of(new SigningKey(KEY.trusted(), Set.of(KEY.trusted().defaultAlgorithm()), ended)));
        Map<String, Object> material = map(
                "publicKey",
                map("hint", "ci"),
                "timestampVerificationData",
                map("rfc3161Timestamps", List.of(map("signedTimestamp", Evidence.base64(tsa.stamp(signature, AT))))));
        signed(material);
        Instant stale = Shelf.NOW.plusSeconds(3600);
        Verdict verdict = judge(new TrustRoots(List.of(signer), List.of(until(stale))));
        assertAdmitted(verdict);
        assertThat(((Verdict.Admitted) verdict).validUntil()).isEqualTo(stale);
        // Whether it signed in time nobody can say until the root is fresh again.
        Verdict open = judge(new TrustRoots(List.of(signer), List.of(until(Shelf.NOW))));
        assertThat(open).isInstanceOf(Verdict.Undecided.class);
        assertThat(open.findings())
                .extracting(Finding::saw)
                .anySatisfy(saw -> assertThat(saw).contains("its metadata ended at", "trust update"));
        // Whom it trusts may still contradict.
        NamedSigner valid = NamedSigner.of(SIGNER, KEY.trusted());
        assertAdmitted(judge(new TrustRoots(List.of(valid), List.of(until(Shelf.NOW)))));
        material.put(
                "timestampVerificationData",
                map("rfc3161Timestamps", List.of(map("signedTimestamp", Evidence.base64(tsa.stamp(payload, AT))))));
        signed(material);
        assertRefused(
                judge(new TrustRoots(List.of(valid), List.of(until(Shelf.NOW)))), RefusalReason.TIMESTAMP_INVALID);
    }

    private Root until(Instant stale) {
        return new Root("acme", material(), List.of(), 1, 0, 1, Optional.of(stale));
    }

    @Test
    void a_private_authority_without_logs_is_judged_by_the_clock_and_the_verdict_ends_with_the_certificate() {
        Pki.Authority corporate = Pki.root("corporate");
        Instant last = Shelf.NOW.plusSeconds(3600);
        Certificate leaf = corporate.issue(Pki.fulcio(KEY).valid(Shelf.NOW.minusSeconds(60), last));
        TrustedRoot material = new TrustedRoot(List.of(corporate.trustedPrivately()), List.of(), List.of(), List.of());
        signed(material(leaf, List.of()));
        Verdict verdict = judge(trusting(root(material, 0, 0, 0)));
        assertAdmitted(verdict);
        assertThat(((Verdict.Admitted) verdict).validUntil()).isBetween(last, last.plusSeconds(1));
    }

    @Test
    void a_private_authoritys_certificate_that_has_ended_proves_nothing() {
        Pki.Authority corporate = Pki.root("corporate");
        Certificate ended =
                corporate.issue(Pki.fulcio(KEY).valid(Shelf.NOW.minusSeconds(7200), Shelf.NOW.minusSeconds(3600)));
        TrustedRoot material = new TrustedRoot(List.of(corporate.trustedPrivately()), List.of(), List.of(), List.of());
        signed(material(ended, List.of()));
        assertRefused(judge(trusting(root(material, 0, 0, 0))), RefusalReason.CERTIFICATE_TIME);
    }

    @Test
    void the_key_of_a_log_counts_at_the_time_that_an_authority_proves() {
        Certificate leaf = leaf();
        Validity ended = Validity.closed(Pki.BEGIN, Optional.of(AT.minusSeconds(3600)));
        TrustedRoot material = new TrustedRoot(
                List.of(fulcio.trusted()), List.of(v2.trusted(ended)), List.of(ct.trusted()), List.of(tsa.authority()));
        signed(material(leaf, List.of(entry(v2, leaf)), tsa.stamp(signature, AT)));
        assertRefused(judge(trusting(root(material, 1, 0, 1))), RefusalReason.LOG_ENTRY_INVALID);
    }

    @Test
    void a_signature_over_the_manifest_itself_counts_only_where_the_signer_says_so() {
        byte[] manifest = Evidence.utf8("manifest of image");
        assertThat(Digest.sha256(manifest)).isEqualTo(image.subject);
        byte[] made = KEY.sign(manifest);
        Certificate leaf = leaf();
        byte[] body = LogBodies.hashedRekord(Hash.SHA_256, manifest, made, leaf.der());
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", MediaType.BUNDLE_V03);
        bundle.put("verificationMaterial", material(leaf, List.of(v1.add(body, AT))));
        bundle.put(
                "messageSignature",
                map(
                        "messageDigest",
                        map(
                                "algorithm",
                                "SHA2_256",
                                "digest",
                                Evidence.base64(HexFormat.of().parseHex(image.subject.hex()))),
                        "signature",
                        Evidence.base64(made)));
        image.referrer(Evidence.bundle(bundle));
        assertRefused(judge(trusting(root())), RefusalReason.NOT_A_SIGNATURE);
        assertAdmitted(judge(trusting(identity(Pki.WORKFLOW), Set.of(Counts.SIGN, Counts.MESSAGE), root())));
        // A message is no statement.
        assertRefused(
                judge(trusting(identity(Pki.WORKFLOW), Set.of(Counts.SIGN, Counts.ANY_STATEMENT), root())),
                RefusalReason.NOT_A_SIGNATURE);
    }

    @Test
    void a_statement_of_another_type_counts_only_where_the_signer_says_so() {
        byte[] other = Evidence.statement("https://example.com/scan", image.subject, map());
        byte[] made = KEY.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, other));
        Certificate leaf = leaf();
        Map<String, Object> bundle =
                Evidence.bundleOf(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, other, List.of(made)));
        bundle.put(
                "verificationMaterial", material(leaf, List.of(v1.add(LogBodies.dsse(other, made, leaf.der()), AT))));
        image.referrer(Evidence.bundle(bundle));
        assertRefused(judge(trusting(root())), RefusalReason.NOT_A_SIGNATURE);
        assertAdmitted(judge(trusting(identity(Pki.WORKFLOW), Set.of(Counts.SIGN, Counts.ANY_STATEMENT), root())));
    }

    @Test
    void an_older_layer_proves_by_its_annotations() {
        byte[] simple = Evidence.payload(image.subject);
        byte[] made = KEY.sign(simple);
        Certificate leaf = leaf();
        byte[] body = LogBodies.hashedRekord(Hash.SHA_256, simple, made, leaf.der());
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put(Evidence.SIGNATURE, Evidence.base64(made));
        annotations.put(
                "dev.sigstore.cosign/certificate",
                "-----BEGIN CERTIFICATE-----\n" + Evidence.base64Lines(leaf.der()) + "-----END CERTIFICATE-----\n");
        image.sig(new Evidence.Layer(MediaType.SIMPLE_SIGNING, simple, annotations));
        assertRefused(judge(trusting(root())), RefusalReason.NOT_LOGGED);
        annotations.put("dev.sigstore.cosign/bundle", v1.annotation(body, AT));
        image.sig(new Evidence.Layer(MediaType.SIMPLE_SIGNING, simple, annotations));
        assertAdmitted(judge(trusting(root())));
    }

    @Test
    void a_flood_of_entries_ends_at_the_limit_and_says_so() {
        Certificate leaf = leaf();
        List<Map<String, Object>> entries = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            entries.add(entry(v1, leaf));
        }
        signed(material(leaf, entries));
        assertRefused(judge(trusting(root())), RefusalReason.MALFORMED_EVIDENCE);
        assertThat(JsonWriter.bytes(entries).length).isGreaterThan(33_000);
    }
}
