package dev.pratique.attestations.policy;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static dev.pratique.attestations.testing.VerdictAssert.assertAdmitted;
import static dev.pratique.attestations.testing.VerdictAssert.assertRefused;
import static dev.pratique.attestations.testing.VerdictAssert.assertUndecided;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Evidence.Layer;
import dev.pratique.attestations.testing.Shelf;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Finding.Outcome;
import dev.pratique.attestations.verify.Verification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Group SIG of the list of attacks, from what lies in the registry to the reason of the verdict. */
class SignatureAttacksTest {
    private static final Digest OTHER = Digest.sha256(utf8("another image"));

    private final Shelf image = new Shelf();

    // ---- what is admitted

    @Test
    void admits_a_simple_signature_by_a_named_signer() {
        assertAdmitted(image.sig(Evidence.simple(image.subject, TestKey.A)).judge());
    }

    @Test
    void admits_a_bundle_referrer_by_a_named_signer() {
        assertAdmitted(image.referrer(Evidence.bundle(Evidence.signed(image.subject), TestKey.A))
                .judge());
    }

    @Test
    void admits_a_sign_statement_in_an_att_envelope() {
        assertAdmitted(image.att(Evidence.envelope(Evidence.signed(image.subject), TestKey.A))
                .judge());
    }

    @Test
    void admits_rsa_in_both_forms() {
        for (Layer layer : List.of(
                Evidence.simple(image.subject, TestKey.RSA),
                Evidence.bundle(Evidence.signed(image.subject), TestKey.RSA))) {
            Verdict verdict =
                    new Shelf().sig(layer).judge(Shelf.roots("acme", TestKey.A, TestKey.RSA), Shelf.signedBy("acme"));
            assertAdmitted(verdict);
        }
    }

    // ---- refused, each for its reason

    @Test
    void refuses_an_unsigned_image() {
        assertRefused(image.judge(), RefusalReason.UNSIGNED);
    }

    @Test
    void SIG_01_refuses_a_signature_copied_from_another_image() {
        assertRefused(image.sig(Evidence.simple(OTHER, TestKey.A)).judge(), RefusalReason.OTHER_SUBJECT);
    }

    @Test
    void SIG_01_refuses_a_bundle_copied_from_another_image() {
        assertRefused(
                image.referrer(Evidence.bundle(Evidence.signed(OTHER), TestKey.A))
                        .judge(),
                RefusalReason.OTHER_SUBJECT);
    }

    @Test
    void SIG_01_a_payload_altered_to_name_this_image_is_signed_by_nobody() {
        byte[] signature = TestKey.A.sign(Evidence.payload(OTHER));
        assertRefused(
                image.sig(Evidence.simple(Evidence.payload(image.subject), signature))
                        .judge(),
                RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void SIG_01_a_good_signature_beside_a_copied_one_still_admits() {
        image.sig(Evidence.simple(OTHER, TestKey.A), Evidence.simple(image.subject, TestKey.A));
        image.referrer(Evidence.bundle(Evidence.signed(OTHER), TestKey.A));
        assertAdmitted(image.judge());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MAYCAQACAQA=",
                "MAYCAQACAQE=",
                "MAYCAQECAQA=",
                "MAA=",
                "MEYCIQD/////AAAAAP//////////vOb6racXnoTzucrC/GMlUQIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVR"
            })
    void SIG_02_refuses_psychic_signatures(String signature) {
        Layer layer = new Layer(
                MediaType.SIMPLE_SIGNING, Evidence.payload(image.subject), Map.of(Evidence.SIGNATURE, signature));
        assertRefused(image.sig(layer).judge(), RefusalReason.MALFORMED_EVIDENCE);
        Map<String, Object> envelope = map(
                "payloadType",
                Statement.PAYLOAD_TYPE,
                "payload",
                Evidence.base64(Evidence.signed(image.subject)),
                "signatures",
                List.of(map("sig", signature)));
        assertRefused(
                new Shelf()
                        .referrer(Evidence.bundle(Evidence.bundleOf(envelope)))
                        .judge(),
                RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void SIG_02_refuses_64_zero_bytes() {
        assertRefused(
                image.sig(Evidence.simple(Evidence.payload(image.subject), new byte[64]))
                        .judge(),
                RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://cosign.sigstore.dev/attestation/vuln/v1",
                "https://spdx.dev/Document",
                "https://slsa.dev/provenance/v1",
                "https://sigstore.dev/cosign/sign/v2",
                "https://sigstore.dev/cosign/sign/v1/",
                "https://SIGSTORE.dev/cosign/sign/v1",
                "cosign/sign/v1"
            })
    void SIG_03_a_statement_of_another_type_is_no_signature(String predicateType) {
        byte[] payload = Evidence.statement(predicateType, image.subject, map());
        image.att(Evidence.envelope(payload, TestKey.A)).referrer(Evidence.bundle(payload, TestKey.A));
        assertRefused(image.judge(), RefusalReason.NOT_A_SIGNATURE);
    }

    @Test
    void SIG_03_an_annotation_that_says_signature_makes_no_signature_of_an_attestation() {
        Layer sbom = Evidence.bundle(Evidence.statement("https://spdx.dev/Document", image.subject, map()), TestKey.A);
        Layer dressed = new Layer(
                sbom.mediaType(), sbom.bytes(), Map.of("dev.sigstore.bundle.predicateType", Statement.COSIGN_SIGN));
        assertRefused(image.referrer(dressed).judge(), RefusalReason.NOT_A_SIGNATURE);
    }

    @Test
    void SIG_03_a_payload_of_another_critical_type_is_no_signature() {
        byte[] payload = utf8(new String(Evidence.payload(image.subject), java.nio.charset.StandardCharsets.UTF_8)
                .replace("cosign container image signature", "cosign blob signature"));
        assertRefused(
                image.sig(Evidence.simple(payload, TestKey.A.sign(payload))).judge(), RefusalReason.MALFORMED_EVIDENCE);
    }

    private static final String LOG_ENTRY = JsonWriter.text(map(
            "SignedEntryTimestamp",
            Evidence.base64(utf8("promised")),
            "Payload",
            map(
                    "body",
                    Evidence.base64(utf8("{\"apiVersion\":\"0.0.1\",\"kind\":\"rfc3161\",\"spec\":{}}")),
                    "integratedTime",
                    1_700_000_000,
                    "logIndex",
                    1,
                    "logID",
                    "ab".repeat(32))));

    // It is of a log that no root here has, so whose it is cannot matter, and the findings say so.
    @Test
    void SIG_04_a_log_entry_of_another_signature_neither_helps_nor_passes_for_judged() {
        byte[] payload = Evidence.payload(image.subject);
        Map<String, String> annotations = Map.of(
                Evidence.SIGNATURE, Evidence.base64(TestKey.A.sign(payload)), "dev.sigstore.cosign/bundle", LOG_ENTRY);
        image.sig(new Layer(MediaType.SIMPLE_SIGNING, payload, annotations));
        Verdict verdict = image.judge();
        assertAdmitted(verdict);
        assertThat(outcomes(verdict.findings(), Check.LOG_INCLUSION)).containsExactly(Outcome.UNKNOWN);
        Map<String, String> wrong = new HashMap<>(annotations);
        wrong.put(Evidence.SIGNATURE, Evidence.base64(TestKey.B.sign(payload)));
        assertRefused(
                new Shelf()
                        .sig(new Layer(MediaType.SIMPLE_SIGNING, payload, wrong))
                        .judge(),
                RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void SIG_05_a_certificate_that_comes_along_is_never_the_key() {
        byte[] payload = Evidence.payload(image.subject);
        String certificate = "-----BEGIN CERTIFICATE-----\n" + Evidence.base64Lines(TestKey.B.certificate())
                + "-----END CERTIFICATE-----\n";
        image.sig(new Layer(
                MediaType.SIMPLE_SIGNING,
                payload,
                Map.of(
                        Evidence.SIGNATURE,
                        Evidence.base64(TestKey.B.sign(payload)),
                        "dev.sigstore.cosign/certificate",
                        certificate,
                        "dev.sigstore.cosign/chain",
                        certificate)));
        Verdict verdict = image.judge();
        assertRefused(verdict, RefusalReason.CERTIFICATE_UNTRUSTED);
        assertThat(outcomes(verdict.findings(), Check.VALIDITY)).containsOnly(Outcome.FAILED);
    }

    @Test
    void a_signature_that_a_trusted_key_made_is_its_own_whatever_certificate_came_along() {
        Map<String, Object> bundle = Evidence.bundleOf(Evidence.envelopeOf(Evidence.signed(image.subject), TestKey.A));
        bundle.put(
                "verificationMaterial", map("certificate", map("rawBytes", Evidence.base64(TestKey.A.certificate()))));
        Verdict verdict = image.referrer(Evidence.bundle(bundle)).judge();
        assertAdmitted(verdict);
    }

    @Test
    void SIG_05_a_hint_of_the_right_key_helps_no_other_key() {
        Map<String, Object> bundle = Evidence.bundleOf(Evidence.envelopeOf(Evidence.signed(image.subject), TestKey.B));
        bundle.put(
                "verificationMaterial",
                map("publicKey", map("hint", TestKey.A.trusted().id().hex())));
        assertRefused(image.referrer(Evidence.bundle(bundle)).judge(), RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void SIG_11_refuses_a_signature_by_another_valid_key() {
        assertRefused(image.sig(Evidence.simple(image.subject, TestKey.B)).judge(), RefusalReason.SIGNATURE_UNTRUSTED);
        assertRefused(
                new Shelf()
                        .referrer(Evidence.bundle(Evidence.signed(image.subject), TestKey.RSA))
                        .judge(),
                RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void SIG_11_a_trusted_key_that_the_rule_does_not_name_is_the_wrong_signer() {
        image.sig(Evidence.simple(image.subject, TestKey.B));
        Verdict verdict = image.judge(
                Shelf.roots(Shelf.signer("acme", TestKey.A), Shelf.signer("lab", TestKey.B)), Shelf.signedBy("acme"));
        assertRefused(verdict, RefusalReason.WRONG_SIGNER);
    }

    @Test
    void SIG_15_refuses_a_signature_that_is_not_strict_der_although_its_numbers_are_right() {
        byte[] payload = Evidence.payload(image.subject);
        byte[] good = TestKey.A.sign(payload);
        byte[] padded = Arrays.copyOf(good, good.length + 1);
        byte[] longForm = new byte[good.length + 1];
        longForm[0] = 0x30;
        longForm[1] = (byte) 0x81;
        System.arraycopy(good, 1, longForm, 2, good.length - 1);
        for (byte[] bad : List.of(padded, longForm)) {
            assertRefused(new Shelf().sig(Evidence.simple(payload, bad)).judge(), RefusalReason.MALFORMED_EVIDENCE);
        }
    }

    @Test
    void SIG_15_the_reason_does_not_depend_on_the_other_keys_that_are_trusted() {
        byte[] payload = Evidence.payload(image.subject);
        byte[] good = TestKey.A.sign(payload);
        image.sig(Evidence.simple(payload, Arrays.copyOf(good, good.length + 1)));
        assertRefused(
                image.judge(Shelf.roots("acme", TestKey.RSA, TestKey.A, TestKey.B), Shelf.signedBy("acme")),
                RefusalReason.MALFORMED_EVIDENCE);
    }

    @Test
    void SIG_20_two_signatures_by_one_key_and_two_names_for_one_key_are_one_signer() {
        image.sig(Evidence.simple(image.subject, TestKey.A), Evidence.simple(image.subject, TestKey.A));
        image.referrer(Evidence.bundle(Evidence.signed(image.subject), TestKey.A));
        Verification verification =
                image.verify(Shelf.roots(Shelf.signer("acme", TestKey.A), Shelf.signer("also acme", TestKey.A)));
        // What a threshold has to count: distinct keys, not statements and not names.
        assertThat(verification.statements()).hasSize(3);
        assertThat(verification.statements().stream().map(s -> s.signerId()).distinct())
                .hasSize(1);
        assertThat(verification.statements())
                .allSatisfy(s -> assertThat(s.signatories()).hasSize(2));
    }

    // ---- many signatures

    @Test
    void SIG_06_a_hundred_thousand_layers_are_left_before_they_are_read_one_by_one() {
        StringBuilder manifest = new StringBuilder("{\"schemaVersion\":2,\"mediaType\":\"" + MediaType.OCI_MANIFEST
                + "\",\"config\":{\"mediaType\":\"a/b\",\"digest\":\"" + OTHER + "\",\"size\":2},\"layers\":[");
        String layer = "{\"mediaType\":\"a/b\",\"digest\":\"" + OTHER + "\",\"size\":2},";
        while (manifest.length() < (4 << 20) - 400) {
            manifest.append(layer);
        }
        manifest.setLength(manifest.length() - 1);
        manifest.append("]}");
        image.tag(dev.pratique.attestations.registry.TagScheme.SIG, utf8(manifest.toString()));
        // Nobody has read what is there, so nobody says that it is no signature.
        assertUndecided(image.judge());
        // The same with 100 000 full-sized layers does not even fit.
        image.tag(dev.pratique.attestations.registry.TagScheme.SIG, utf8(manifest + " ".repeat(4 << 20)));
        assertUndecided(image.judge());
        assertThat(image.registry.asked()).hasSizeLessThan(10);
    }

    @Test
    void SIG_06_more_signatures_than_the_cap_admit_nothing_by_themselves_and_say_so() {
        List<Layer> layers = new ArrayList<>();
        layers.add(Evidence.simple(image.subject, TestKey.A)); // the oldest: beyond the cap
        for (int i = 0; i < EvidenceLimits.MAX_ITEMS; i++) {
            layers.add(Evidence.simple(utf8("junk " + i), TestKey.B.sign(utf8("junk"))));
        }
        image.sig(layers.toArray(new Layer[0]));
        Verdict verdict = image.judge();
        assertRefused(verdict, RefusalReason.SIGNATURE_UNTRUSTED);
        assertThat(verdict.findings())
                .anySatisfy(finding -> assertThat(finding.saw()).contains("more evidence than is looked at"));
        // Any number of stale ones before it leave the newest where it is looked at.
        layers.add(layers.remove(0));
        assertAdmitted(new Shelf().sig(layers.toArray(new Layer[0])).judge());
    }

    @Test
    void SIG_06_evidence_beyond_its_size_limit_is_not_fetched() {
        Layer large = new Layer(
                MediaType.SIMPLE_SIGNING,
                new byte[EvidenceLimits.MAX_PAYLOAD_BYTES + 1],
                Map.of(Evidence.SIGNATURE, "YQ=="));
        image.sig(large);
        assertRefused(image.judge(), RefusalReason.EVIDENCE_LIMIT);
        assertThat(image.registry.asked()).noneMatch(f -> f instanceof dev.pratique.attestations.registry.Fetch.BlobOf);
    }

    @Test
    void SIG_06_a_flood_of_signatures_in_envelopes_ends_soon() {
        List<byte[]> signatures = new ArrayList<>();
        for (int i = 0; i < EvidenceLimits.MAX_ENVELOPE_SIGNATURES; i++) {
            signatures.add(TestKey.B.sign(utf8("junk " + i)));
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < EvidenceLimits.MAX_ITEMS - 1; i++) {
            layers.add(new Layer(
                    MediaType.DSSE_ENVELOPE,
                    JsonWriter.bytes(Evidence.envelopeOf(
                            Statement.PAYLOAD_TYPE,
                            utf8("{\"n\":" + i + ",\"pad\":\"" + "x".repeat(4096) + "\"}"),
                            signatures)),
                    Map.of()));
        }
        image.att(layers.toArray(new Layer[0]));
        Verification verification = image.verify(Shelf.roots("acme", TestKey.A, TestKey.C, TestKey.p256()));
        assertThat(verification.rejections()).contains(Rejection.LIMIT);
        // Small evidence is judged first, so the flood takes nothing from a good signature.
        image.sig(Evidence.simple(image.subject, TestKey.A));
        assertAdmitted(image.judge(Shelf.roots("acme", TestKey.A, TestKey.C, TestKey.p256()), Shelf.signedBy("acme")));
    }

    // ---- one piece never spoils another

    @Test
    void bad_evidence_of_every_kind_beside_a_good_signature_still_admits() {
        byte[] payload = Evidence.payload(image.subject);
        image.sig(
                new Layer(MediaType.SIMPLE_SIGNING, payload, Map.of()),
                new Layer(MediaType.SIMPLE_SIGNING, payload, Map.of(Evidence.SIGNATURE, "")),
                new Layer(MediaType.SIMPLE_SIGNING, payload, Map.of(Evidence.SIGNATURE, "&&&")),
                Evidence.simple(payload, new byte[0]),
                Evidence.simple(utf8("not json"), TestKey.A.sign(utf8("not json"))),
                Evidence.simple(OTHER, TestKey.A),
                Evidence.simple(image.subject, TestKey.B),
                new Layer("application/octet-stream", utf8("x"), Map.of()),
                Evidence.simple(image.subject, TestKey.A));
        image.att(new Layer(MediaType.DSSE_ENVELOPE, utf8("not json"), Map.of()));
        image.referrer(new Layer(MediaType.BUNDLE_V03, utf8("{}"), Map.of()));
        image.referrer(new Layer(MediaType.BUNDLE_V03, utf8("\uFEFF{}"), Map.of()));
        Verdict verdict = image.judge();
        assertAdmitted(verdict);
        assertThat(verdict.findings())
                .filteredOn(f -> f.outcome() == Outcome.FAILED)
                .hasSizeGreaterThan(6);
    }

    @Test
    void who_signed_first_in_an_envelope_does_not_hide_who_signed_second() {
        byte[] payload = Evidence.signed(image.subject);
        image.att(Evidence.envelope(payload, TestKey.B, TestKey.C, TestKey.A));
        var roots = Shelf.roots(Shelf.signer("lab", TestKey.B), Shelf.signer("acme", TestKey.A));
        assertAdmitted(image.judge(roots, Shelf.signedBy("acme")));
        assertAdmitted(image.judge(roots, Shelf.signedBy("lab")));
        assertThat(image.verify(roots).statements()).hasSize(2);
    }

    @Test
    void a_message_signature_bundle_for_other_bytes_is_no_signature_of_the_image() {
        Map<String, Object> bundle = Evidence.bundleOf(map());
        bundle.remove("dsseEnvelope");
        bundle.put(
                "messageSignature",
                map(
                        "messageDigest",
                        map("algorithm", "SHA2_256", "digest", Evidence.base64(new byte[32])),
                        "signature",
                        Evidence.base64(TestKey.A.sign(utf8(image.subject.toString())))));
        assertRefused(image.referrer(Evidence.bundle(bundle)).judge(), RefusalReason.OTHER_SUBJECT);
    }

    @Test
    void a_signature_of_one_form_does_not_pass_in_the_other() {
        byte[] payload = Evidence.signed(image.subject);
        byte[] pae = DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload);
        assertRefused(image.sig(Evidence.simple(pae, TestKey.A.sign(pae))).judge(), RefusalReason.MALFORMED_EVIDENCE);
        byte[] simple = Evidence.payload(image.subject);
        Map<String, Object> envelope =
                Evidence.envelopeOf(Statement.PAYLOAD_TYPE, simple, List.of(TestKey.A.sign(simple)));
        assertRefused(
                new Shelf()
                        .referrer(Evidence.bundle(Evidence.bundleOf(envelope)))
                        .judge(),
                RefusalReason.SIGNATURE_UNTRUSTED);
    }

    @Test
    void findings_are_in_the_order_of_the_questions_and_fit_for_one_line() {
        image.sig(Evidence.simple(image.subject, TestKey.A), Evidence.simple(OTHER, TestKey.A));
        image.att(Evidence.envelope(
                Evidence.statement("https://evil.example/\r\nX: 1\u202E" + "x".repeat(5000), image.subject, map()),
                TestKey.A));
        Verdict verdict = image.judge();
        assertThat(verdict.findings()).extracting(Finding::check).isSorted();
        assertThat(verdict.findings()).allSatisfy(f -> {
            assertThat(f.saw()).matches("[ -~]{1,400}");
            assertThat(f.where()).matches("[ -~]{0,200}");
        });
    }

    private static List<Outcome> outcomes(List<Finding> findings, Check check) {
        return findings.stream()
                .filter(finding -> finding.check() == check)
                .filter(finding -> !finding.saw().contains("meets signedBy"))
                .filter(finding -> !finding.saw().startsWith("signed by"))
                .map(Finding::outcome)
                .toList();
    }
}
