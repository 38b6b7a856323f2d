package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.testing.VerdictAssert;
import dev.pratique.attestations.trust.TrustRoots;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Group ATT of the list of attacks, to the reason of the verdict. */
class AttestationAttacksTest {
    private static final Digest OTHER = Digest.sha256(utf8("another image"));
    private static final TrustRoots ROOTS =
            Shelf.roots(Shelf.signer("builder", TestKey.A), Shelf.signer("scanner", TestKey.B));
    private static final Requirements PROVENANCE =
            Shelf.withProvenance(Set.of(), "builder", Set.of(Evidence.BUILDER), Set.of("https://git.example/acme/*"));

    private static final Requirements RELEASES = Shelf.withProvenance(
            Set.of(),
            "builder",
            Set.of(Evidence.BUILDER),
            Set.of("https://git.example/acme/*"),
            Set.of("refs/heads/main", "refs/tags/v*"));

    private final Shelf image = new Shelf();

    private Verdict judge() {
        return image.judge(ROOTS, PROVENANCE);
    }

    @Test
    void admits_provenance_of_both_versions_by_the_named_builder_and_source() {
        assertAdmitted(image.att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.A))
                .judge(ROOTS, PROVENANCE));
        byte[] old = Evidence.statement(
                Provenance.V02,
                image.subject,
                Evidence.slsa02(Evidence.BUILDER, "git+https://git.example/acme/app@refs/heads/main"));
        assertAdmitted(new Shelf().referrer(Evidence.bundle(old, TestKey.A)).judge(ROOTS, PROVENANCE));
    }

    @Test
    void refuses_an_image_without_any() {
        assertRefused(judge(), RefusalReason.NO_PROVENANCE);
    }

    @Test
    void ATT_01_refuses_a_statement_about_another_image_in_every_layout() {
        Layer envelope = Evidence.envelope(Evidence.provenance(OTHER), TestKey.A);
        Layer bundle = Evidence.bundle(Evidence.provenance(OTHER), TestKey.A);
        assertRefused(image.att(envelope).judge(ROOTS, PROVENANCE), RefusalReason.OTHER_SUBJECT);
        assertRefused(new Shelf().referrer(bundle).judge(ROOTS, PROVENANCE), RefusalReason.OTHER_SUBJECT);
        assertRefused(new Shelf().referrer(bundle).withoutApi().judge(ROOTS, PROVENANCE), RefusalReason.OTHER_SUBJECT);
    }

    @Test
    void ATT_02_refuses_the_right_hex_under_another_algorithm_or_in_another_case() {
        String hex = image.subject.hex();
        for (Map<String, String> digests : List.of(
                Map.of("sha512", hex),
                Map.of("sha512_256", hex),
                Map.of("gitCommit", hex),
                Map.of("SHA256", hex),
                Map.of("sha256", hex.toUpperCase(Locale.ROOT)))) {
            byte[] payload =
                    Evidence.statement(Provenance.V1, digests, Evidence.slsa1(Evidence.BUILDER, Evidence.SOURCE));
            assertRefused(
                    new Shelf().att(Evidence.envelope(payload, TestKey.A)).judge(ROOTS, PROVENANCE),
                    RefusalReason.OTHER_SUBJECT);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not-json",
                "{\"_type\":\"https://in-toto.io/Statement/v0.1\"}",
                "{\"predicate\":{\"builder\":[]}}",
                "[]",
                ""
            })
    void ATT_03_refuses_what_a_trusted_key_signed_but_nobody_can_read(String payload) {
        image.att(Evidence.envelope(utf8(payload), TestKey.A));
        assertRefused(judge(), RefusalReason.MALFORMED_EVIDENCE);
        assertRefused(image.judge(ROOTS, Shelf.signedBy("builder")), RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void ATT_03_refuses_a_predicate_that_is_not_of_its_type() {
        byte[] payload = Evidence.statement(Provenance.V02, image.subject, map("builder", List.of()));
        assertRefused(
                image.att(Evidence.envelope(payload, TestKey.A)).judge(ROOTS, PROVENANCE),
                RefusalReason.MALFORMED_EVIDENCE);
        byte[] empty = Evidence.statement(Provenance.V1, image.subject, null);
        assertRefused(
                new Shelf().att(Evidence.envelope(empty, TestKey.A)).judge(ROOTS, PROVENANCE),
                RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void ATT_05_a_payload_type_changed_after_signing_is_signed_by_nobody() {
        byte[] payload = Evidence.provenance(image.subject);
        byte[] signature = TestKey.A.sign(DsseEnvelope.pae("text/plain", payload));
        attach(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, List.of(signature)));
        assertRefused(judge(), RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void ATT_05_another_payload_type_is_refused_although_it_was_signed_so() {
        byte[] payload = Evidence.provenance(image.subject);
        for (String type : List.of("text/plain", "", "application/vnd.in-toto+json ", "application/VND.in-toto+json")) {
            byte[] signature = TestKey.A.sign(DsseEnvelope.pae(type, payload));
            Layer layer = new Layer(
                    MediaType.DSSE_ENVELOPE,
                    JsonWriter.bytes(Evidence.envelopeOf(type, payload, List.of(signature))),
                    Map.of());
            assertRefused(new Shelf().att(layer).judge(ROOTS, PROVENANCE), RefusalReason.MALFORMED_EVIDENCE);
        }
    }

    @Test
    void ATT_05_a_signature_over_the_bare_body_is_by_nobody() {
        byte[] payload = Evidence.provenance(image.subject);
        attach(Evidence.envelopeOf(Statement.PAYLOAD_TYPE, payload, List.of(TestKey.A.sign(payload))));
        assertRefused(judge(), RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void ATT_07_an_unsigned_statement_is_no_evidence() {
        image.referrer(
                MediaType.IN_TOTO,
                image.subject,
                new Layer(MediaType.IN_TOTO, Evidence.provenance(image.subject), Map.of()));
        assertRefused(judge(), RefusalReason.NO_PROVENANCE);
        assertRefused(image.judge(ROOTS, Shelf.signedBy("builder")), RefusalReason.UNSIGNED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://git.example/acme",
                "https://git.example/acmeA/app",
                "https://git.example/acme/app/sub",
                "https://Agit.example/acme/app",
                "https://git.example.evil.example/acme/app",
                "git.example/acme/app",
                ""
            })
    void ATT_09_refuses_another_source(String source) {
        byte[] payload = Evidence.provenance(image.subject, Evidence.BUILDER, source);
        image.att(Evidence.envelope(payload, TestKey.A));
        assertRefused(judge(), RefusalReason.PROVENANCE_SOURCE);
    }

    @Test
    void refuses_another_builder_even_where_the_source_is_right() {
        for (String builder : List.of("https://ci.example/builder@v2", "https://ci.example/builder@v1 ", "x")) {
            byte[] payload = Evidence.provenance(image.subject, builder, Evidence.SOURCE);
            assertRefused(
                    new Shelf().att(Evidence.envelope(payload, TestKey.A)).judge(ROOTS, PROVENANCE),
                    RefusalReason.PROVENANCE_BUILDER);
        }
    }

    private static byte[] ofRef(Digest subject, Object ref) {
        return Evidence.statement(
                Provenance.V1,
                subject,
                map(
                        "buildDefinition",
                        map("externalParameters", map("workflow", map("repository", Evidence.SOURCE, "ref", ref))),
                        "runDetails",
                        map("builder", map("id", Evidence.BUILDER))));
    }

    @Test
    void admits_the_branch_and_the_tags_that_the_rule_names() {
        for (String ref : List.of("refs/heads/main", "refs/tags/v1.2")) {
            image.att(Evidence.envelope(ofRef(image.subject, ref), TestKey.A));
            assertAdmitted(image.judge(ROOTS, RELEASES));
        }
        byte[] old = Evidence.statement(
                Provenance.V02,
                image.subject,
                Evidence.slsa02(Evidence.BUILDER, "git+https://git.example/acme/app@refs/heads/main"));
        assertAdmitted(new Shelf().referrer(Evidence.bundle(old, TestKey.A)).judge(ROOTS, RELEASES));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refs/heads/maine",
                "refs/heads/main/x",
                "refs/heads/feature",
                "heads/main",
                "main",
                "refs/pull/7/merge",
                "refs/tags/x1",
                "refs/tags/v1/x",
                "xrefs/heads/main",
                "REFS/heads/main",
                ""
            })
    void ATT_09_refuses_another_ref(String ref) {
        image.att(Evidence.envelope(ofRef(image.subject, ref), TestKey.A));
        assertRefused(image.judge(ROOTS, RELEASES), RefusalReason.PROVENANCE_REF);
    }

    @Test
    void ATT_09_provenance_that_says_no_ref_is_refused_where_one_is_asked() {
        image.att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.A));
        assertRefused(image.judge(ROOTS, RELEASES), RefusalReason.PROVENANCE_REF);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refs/tags/v1\nrefs/heads/main",
                "refs/tags/v1 ",
                "refs/tags/v..1",
                "refs/tags/v*",
                "refs/tags/v~1"
            })
    void ATT_09_refuses_refs_that_git_cannot_have(String ref) {
        image.att(Evidence.envelope(ofRef(image.subject, ref), TestKey.A));
        assertRefused(image.judge(ROOTS, RELEASES), RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void provenance_by_another_signer_is_none() {
        image.att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.B));
        assertRefused(judge(), RefusalReason.NO_PROVENANCE);
    }

    @Test
    void a_bad_provenance_first_does_not_hide_a_good_one_and_a_later_one_does_not_spoil_it() {
        Layer bad = Evidence.envelope(
                Evidence.provenance(image.subject, "https://evil.example/builder", Evidence.SOURCE), TestKey.A);
        Layer broken = Evidence.envelope(Evidence.statement(Provenance.V1, image.subject, map()), TestKey.A);
        Layer good = Evidence.envelope(Evidence.provenance(image.subject), TestKey.A);
        assertAdmitted(image.att(bad, broken, good).judge(ROOTS, PROVENANCE));
        assertAdmitted(new Shelf().att(good, broken, bad).judge(ROOTS, PROVENANCE));
    }

    @Test
    void ATT_14_each_requirement_is_met_by_its_own_statement() {
        Requirements both = Shelf.withProvenance(Set.of("builder"), "scanner", Set.of(), Set.of());
        // (signed by A) and (provenance by B): only a provenance by A
        image.att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.A));
        assertRefused(image.judge(ROOTS, both), RefusalReason.NOT_A_SIGNATURE);
        // a signature by A and a provenance by A
        image.sig(Evidence.simple(image.subject, TestKey.A));
        assertRefused(image.judge(ROOTS, both), RefusalReason.NO_PROVENANCE);
        // a signature by B and a provenance by B
        Shelf swapped = new Shelf()
                .sig(Evidence.simple(image.subject, TestKey.B))
                .att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.B));
        assertRefused(swapped.judge(ROOTS, both), RefusalReason.WRONG_SIGNER);
        // both
        image.referrer(Evidence.bundle(Evidence.provenance(image.subject), TestKey.B));
        assertAdmitted(image.judge(ROOTS, both));
    }

    @Test
    void POL_08_provenance_that_may_be_where_nobody_could_look_is_left_open() {
        image.registry.answer(image.referrersPlace(), new dev.pratique.attestations.registry.Fetched.Denied(403));
        VerdictAssert.assertUndecided(judge());
        image.att(Evidence.envelope(Evidence.provenance(image.subject, "https://evil.example", ""), TestKey.A));
        VerdictAssert.assertUndecided(judge());
        image.att(Evidence.envelope(Evidence.provenance(image.subject), TestKey.A));
        assertAdmitted(judge());
    }

    @Test
    void ATT_14_a_signature_statement_is_no_provenance() {
        image.referrer(Evidence.bundle(Evidence.signed(image.subject), TestKey.A));
        assertRefused(judge(), RefusalReason.NO_PROVENANCE);
    }

    @Test
    void ATT_19_a_url_safe_payload_is_decoded_once_and_verified_as_it_is() {
        byte[] payload = utf8(new String(Evidence.provenance(image.subject), java.nio.charset.StandardCharsets.UTF_8)
                .replace("\"x\"", "\"???>>>~~~\""));
        Map<String, Object> envelope = Evidence.envelopeOf(payload, TestKey.A);
        String urlSafe = Base64.getUrlEncoder().encodeToString(payload);
        assertThat(urlSafe).containsAnyOf("-", "_");
        envelope.put("payload", urlSafe);
        attach(envelope);
        assertAdmitted(judge());
    }

    @Test
    void ATT_19_refuses_payloads_with_a_byte_order_mark_or_that_are_not_utf_8() {
        byte[] good = Evidence.provenance(image.subject);
        byte[] utf16 = new String(good, java.nio.charset.StandardCharsets.UTF_8)
                .getBytes(java.nio.charset.StandardCharsets.UTF_16);
        byte[] bom = utf8("\uFEFF" + new String(good, java.nio.charset.StandardCharsets.UTF_8));
        for (byte[] payload : List.of(utf16, bom)) {
            assertRefused(
                    new Shelf().att(Evidence.envelope(payload, TestKey.A)).judge(ROOTS, PROVENANCE),
                    RefusalReason.MALFORMED_EVIDENCE);
        }
    }

    private void attach(Map<String, Object> envelope) {
        image.att(new Layer(MediaType.DSSE_ENVELOPE, JsonWriter.bytes(envelope), Map.of()));
    }
}
