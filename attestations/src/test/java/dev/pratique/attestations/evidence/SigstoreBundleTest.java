package dev.pratique.attestations.evidence;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.testing.EditedJson;
import dev.pratique.attestations.testing.Evidence;
import dev.pratique.attestations.testing.Shared;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigstoreBundleTest {
    private static final String V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";
    private static final String V02 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
    private static final String V03 = "application/vnd.dev.sigstore.bundle+json;version=0.3";
    private static final String ENTRY = "verificationMaterial.tlogEntries.0";

    private static Map<String, Object> keyed() {
        return Evidence.bundleOf(Evidence.envelopeOf("t", utf8("p"), List.of(utf8("s"))));
    }

    /** Version 0.3 with a certificate and an entry that has a promise and a proof with a checkpoint. */
    private static EditedJson keyless() {
        return EditedJson.of(Shared.path("corpus/synthetic-sigstore-keyless/cases/kl-b-ok/bundle.sigstore.json"));
    }

    /** Version 0.3 with a message's signature, a certificate, an entry of Rekor v2 and a timestamp. */
    private static EditedJson message() {
        return EditedJson.of(Shared.path("samples/blobs/blob-keyless-rekor2.sigstore.json"));
    }

    /** The same bundle of an older version, whose certificates come as a chain. */
    private static EditedJson chained(String mediaType) {
        EditedJson json = keyless().set("mediaType", mediaType);
        Object leaf = json.get("verificationMaterial.certificate");
        return json.remove("verificationMaterial.certificate")
                .set("verificationMaterial.x509CertificateChain", map("certificates", new ArrayList<>(List.of(leaf))));
    }

    private static SigstoreBundle parse(Map<String, Object> json) throws MalformedEvidenceException {
        return SigstoreBundle.parse(JsonWriter.bytes(json));
    }

    private static SigstoreBundle parse(EditedJson json) throws MalformedEvidenceException {
        return SigstoreBundle.parse(json.bytes());
    }

    private static void refuses(Map<String, Object> json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(why);
    }

    private static void refuses(EditedJson json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining(why);
    }

    // ---- what is read

    @ParameterizedTest
    @ValueSource(strings = {MediaType.BUNDLE_V03, V03})
    void reads_a_keyed_bundle_in_both_spellings_of_its_type(String mediaType) throws Exception {
        Map<String, Object> json = keyed();
        json.put("mediaType", mediaType);
        SigstoreBundle bundle = parse(json);
        assertThat(bundle.material().keyHint()).contains("any");
        assertThat(bundle.material().certificates()).isEmpty();
        assertThat(bundle.envelope()).isPresent();
        assertThat(bundle.message()).isEmpty();
    }

    @Test
    void a_hint_that_is_empty_is_none_and_nothing_else_stands_beside_it() throws Exception {
        Map<String, Object> json = keyed();
        json.put("verificationMaterial", map("publicKey", map("hint", "")));
        assertThat(parse(json).material().keyHint()).isEmpty();
        json.put("verificationMaterial", map("publicKey", map("hint", "any", "rawBytes", "AAAA")));
        refuses(json, "publicKey");
        EditedJson chain = chained(V01);
        parse(chain);
        refuses(chain.set("verificationMaterial.x509CertificateChain.other", "x"), "x509CertificateChain");
    }

    @Test
    void reads_a_keyless_bundle_with_all_of_its_material() throws Exception {
        SigstoreBundle bundle = parse(keyless());
        assertThat(bundle.material().certificates()).hasSize(1);
        assertThat(bundle.material().keyHint()).isEmpty();
        assertThat(bundle.material().logEntries()).hasSize(1);
        assertThat(bundle.material().timestamps()).isEmpty();
    }

    @Test
    void reads_the_signature_of_a_message() throws Exception {
        SigstoreBundle bundle = parse(message());
        MessageSignature message = bundle.message().orElseThrow();
        assertThat(message.algorithm()).isEqualTo(Hash.SHA_256);
        byte[] blob = Shared.bytes(Shared.path("samples/blobs/blob.txt"));
        assertThat(HexFormat.of().formatHex(message.digest()))
                .isEqualTo(Digest.sha256(blob).hex());
        assertThat(message.signature()).isNotEmpty();
        assertThat(bundle.envelope()).isEmpty();
        assertThat(bundle.material().timestamps()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                V01,
                V02,
                "application/vnd.dev.sigstore.bundle.v0.1+json",
                "application/vnd.dev.sigstore.bundle.v0.2+json"
            })
    void reads_older_versions_with_their_chain(String mediaType) throws Exception {
        assertThat(parse(chained(mediaType)).material().certificates()).hasSize(1);
    }

    // sigstore_bundle.proto: verifiers SHOULD handle old bundles that have superfluous certificates by "ignoring them".
    @Test
    void reads_an_old_bundle_that_carries_its_authorities_and_their_root() throws Exception {
        EditedJson json = EditedJson.of(Shared.path("corpus/sigstore-go/bundles/dsse.sigstore.json"));
        assertThat(parse(json).material().certificates()).hasSize(3);
    }

    // "Signers MUST NOT include root CA certificates in bundles": before version 0.2 that was not said.
    @Test
    void CRT_10_refuses_a_root_in_a_chain_since_version_0_2() {
        EditedJson json = EditedJson.of(Shared.path("corpus/sigstore-go/bundles/dsse.sigstore.json"));
        refuses(json.set("mediaType", V02), "certificates[2] is a root certificate, which a bundle must not hold");
    }

    // As in bundle-with-root-cert of sigstore-conformance.
    @Test
    void CRT_10_refuses_a_root_before_other_certificates() throws Exception {
        EditedJson json = EditedJson.of(Shared.path("corpus/sigstore-go/bundles/dsse.sigstore.json"));
        String chain = "verificationMaterial.x509CertificateChain.certificates";
        List<?> issued = (List<?>) json.get(chain);
        json.set(chain, new ArrayList<>(List.of(issued.get(0), issued.get(2), issued.get(1))));
        refuses(json, "certificates[1] is a root certificate, which a bundle must not hold");
        json.set(chain, new ArrayList<>(List.of(issued.get(0), issued.get(1))));
        assertThat(parse(json).material().certificates()).hasSize(2);
    }

    // As in bundle-invalid-base64-signature of sigstore-conformance, whose log entry is damaged too.
    @Test
    void refuses_a_signature_that_is_not_base64() {
        refuses(
                message().set("messageSignature.signature", "INVALID!!!BASE64!!!ENCODING===="),
                "signature is not base64");
    }

    // As in bundle-negative-log-index of sigstore-conformance, whose entry has no kind either.
    @ParameterizedTest
    @ValueSource(strings = {"logIndex", "inclusionProof.logIndex"})
    void refuses_a_negative_log_index(String place) {
        String why = "'logIndex' of the log entry is not a whole number from 0 to 2^63 - 1";
        refuses(keyless().set(ENTRY + "." + place, "-1"), why);
        refuses(keyless().set(ENTRY + "." + place, -1), why);
    }

    @Test
    void a_timestamp_that_cannot_be_read_is_kept_until_it_is_known_whose_it_is() throws Exception {
        String token = "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp";
        assertThat(parse(message().set(token, "MAA=")).material().timestamps()).hasSize(1);
        refuses(message().set(token, "AAAA"), "the timestamp");
        refuses(message().set(token, "AAA"), "signedTimestamp");
        refuses(
                message().set(token, Base64.getEncoder().encodeToString(new byte[65_537])),
                "bytes; up to 65536 are read");
    }

    @Test
    void null_is_the_same_as_nothing() throws Exception {
        EditedJson json = message().set("dsseEnvelope", null).set("verificationMaterial.publicKey", null);
        assertThat(parse(json).message()).isPresent();
    }

    @Test
    void reads_bytes_in_both_alphabets_of_base64() throws Exception {
        EditedJson json = message();
        byte[] signature = parse(json).message().orElseThrow().signature();
        String urlSafe = Base64.getUrlEncoder().encodeToString(signature);
        assertThat(parse(json.set("messageSignature.signature", urlSafe))
                        .message()
                        .orElseThrow()
                        .signature())
                .isEqualTo(signature);
    }

    // ---- BND-18

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/vnd.dev.sigstore.bundle+json",
                "application/vnd.dev.sigstore.bundle+json;version=0.4",
                "application/vnd.dev.sigstore.bundle+json; version=0.3",
                "application/vnd.dev.sigstore.bundle.v0.4+json",
                "application/vnd.dev.sigstore.bundle.v0.3+json ",
                "APPLICATION/vnd.dev.sigstore.bundle.v0.3+json",
                "application/json"
            })
    void BND_18_refuses_other_versions_and_spellings(String mediaType) {
        Map<String, Object> json = keyed();
        json.put("mediaType", mediaType);
        refuses(json, "mediaType is none of version 0.1, 0.2 or 0.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {V01, V02})
    void BND_18_refuses_a_single_certificate_before_version_0_3(String mediaType) {
        refuses(keyless().set("mediaType", mediaType), "must hold x509CertificateChain, not certificate");
    }

    @Test
    void BND_18_refuses_a_chain_in_version_0_3() {
        refuses(chained(V03), "must hold certificate, not x509CertificateChain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inclusionProof", "inclusionProof.checkpoint"})
    void BND_18_refuses_an_entry_without_proof_or_checkpoint_since_version_0_2(String missing) throws Exception {
        refuses(keyless().remove(ENTRY + "." + missing), "inclusion proof with a checkpoint, which version 0.3 needs");
        refuses(chained(V02).remove(ENTRY + "." + missing), "which version 0.2 needs");
        assertThat(parse(chained(V01).remove(ENTRY + "." + missing)).material().logEntries())
                .hasSize(1);
    }

    @Test
    void BND_18_refuses_an_entry_without_a_promise_in_version_0_1() throws Exception {
        refuses(chained(V01).remove(ENTRY + ".inclusionPromise"), "inclusion promise, which version 0.1 needs");
        assertThat(parse(chained(V02).remove(ENTRY + ".inclusionPromise"))
                        .material()
                        .logEntries())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "application/vnd.dev.sigstore.bundle.v0.3+json, true",
        "application/vnd.dev.sigstore.bundle+json;version=0.3, true",
        "application/vnd.dev.sigstore.bundle+json; version=0.3, true",
        "application/vnd.dev.sigstore.bundle+json, true",
        "application/vnd.dev.sigstore.bundle.v0.2+json, false",
        "application/vnd.dev.sigstore.bundle+json;version=0.1, false",
        "application/vnd.dev.sigstore.bundle.v0.4+json, false",
        "application/vnd.dsse.envelope.v1+json, false"
    })
    void BND_18_the_layers_media_type_must_be_of_the_same_version(String layerType, boolean agrees) throws Exception {
        EvidenceBytes found =
                new EvidenceBytes(layerType, JsonWriter.bytes(keyed()), Map.of(), Digest.sha256(utf8("m")), "x");
        if (agrees) {
            assertThat(SigstoreBundle.read(found).envelope()).isPresent();
        } else {
            assertThatThrownBy(() -> SigstoreBundle.read(found))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageContaining("the layer's media type says otherwise");
        }
    }

    // ---- BND-11

    @Test
    void BND_11_refuses_more_or_less_than_one_content() {
        String why = "one of dsseEnvelope and messageSignature";
        refuses(message().set("dsseEnvelope", keyed().get("dsseEnvelope")), why);
        refuses(message().remove("messageSignature"), why);
        refuses(message().set("messageSignature", null), why);
    }

    @Test
    void BND_11_refuses_more_or_less_than_one_kind_of_key() {
        Object key = map("hint", "x");
        Object certificate = map("rawBytes", "YQ==");
        Object chain = map("certificates", List.of(certificate));
        for (Map<String, Object> material : List.of(
                map(),
                map("publicKey", key, "certificate", certificate),
                map("publicKey", key, "x509CertificateChain", chain),
                map("certificate", certificate, "x509CertificateChain", chain),
                map("publicKey", key, "certificate", certificate, "x509CertificateChain", chain))) {
            Map<String, Object> json = keyed();
            json.put("verificationMaterial", material);
            refuses(json, "one of publicKey, certificate and x509CertificateChain");
        }
        Map<String, Object> none = keyed();
        none.remove("verificationMaterial");
        refuses(none, "'verificationMaterial' is missing");
    }

    @Test
    void refuses_an_empty_chain() {
        EditedJson json = chained(V02);
        refuses(json.set("verificationMaterial.x509CertificateChain.certificates", List.of()), "is empty");
        refuses(json.set("verificationMaterial.x509CertificateChain", map()), "is empty");
    }

    // ---- BND-06

    @ParameterizedTest
    @ValueSource(ints = {33, 10_000, 99_000})
    void BND_06_refuses_floods_by_their_count_before_one_is_read(int count) {
        List<Object> unreadable = Collections.nCopies(count, "x");
        String why = count + " entries, more than ";
        refuses(keyless().set("verificationMaterial.tlogEntries", unreadable), why + 32);
        refuses(
                message().set("verificationMaterial.timestampVerificationData.rfc3161Timestamps", unreadable),
                why + 32);
        refuses(chained(V02).set("verificationMaterial.x509CertificateChain.certificates", unreadable), why + 16);
        refuses(keyless().set("dsseEnvelope.signatures", unreadable), why + 16);
    }

    @Test
    void BND_06_refuses_a_million_entries_by_the_number_of_values() {
        refuses(
                keyless().set("verificationMaterial.tlogEntries", Collections.nCopies(1_000_000, "x")),
                "more values than are read");
    }

    @Test
    void BND_06_reads_as_many_as_are_allowed() throws Exception {
        EditedJson json = keyless();
        json.set("verificationMaterial.tlogEntries", Collections.nCopies(32, json.get(ENTRY)));
        assertThat(parse(json).material().logEntries()).hasSize(32);
    }

    // ---- one reading only

    // ProtoJSON: "JSON parsers should reject unknown fields by default"; client-spec.md 5 forbids other spellings.
    @ParameterizedTest
    @CsvSource({
        "mediaType, media_type",
        "messageSignature, message_signature",
        "verificationMaterial.tlogEntries, tlogentries",
        "verificationMaterial.tlogEntries, tlog_entries",
        "verificationMaterial.certificate, Certificate",
        "verificationMaterial.certificate.rawBytes, raw_bytes",
        "verificationMaterial.timestampVerificationData, timestampverificationdata",
        "verificationMaterial.timestampVerificationData.rfc3161Timestamps, rfc3161_timestamps",
        "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.signedTimestamp, signed_timestamp",
        "messageSignature.messageDigest, message_digest",
        "messageSignature.messageDigest.digest, Digest"
    })
    void refuses_other_spellings_of_what_the_format_defines(String place, String spelling) {
        assertThatThrownBy(() -> parse(message().rename(place, spelling)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "verificationMaterial.x",
                "verificationMaterial.certificate.x",
                "verificationMaterial.timestampVerificationData.x",
                "verificationMaterial.timestampVerificationData.rfc3161Timestamps.0.x",
                "verificationMaterial.tlogEntries.0.x",
                "verificationMaterial.tlogEntries.0.logId.x",
                "verificationMaterial.tlogEntries.0.kindVersion.x",
                "verificationMaterial.tlogEntries.0.inclusionProof.x",
                "verificationMaterial.tlogEntries.0.inclusionProof.checkpoint.x",
                "messageSignature.x",
                "messageSignature.messageDigest.x"
            })
    void refuses_what_the_format_does_not_define(String place) {
        refuses(message().set(place, "y"), "unknown member 'x'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dsseEnvelope.x", "dsseEnvelope.signatures.0.x"})
    void refuses_what_an_envelope_of_a_bundle_does_not_define(String place) {
        refuses(keyless().set(place, "y"), "unknown member 'x'");
    }

    @ParameterizedTest
    @CsvSource({
        "verificationMaterial.certificate, x",
        "verificationMaterial.certificate.rawBytes, ????",
        "verificationMaterial.tlogEntries, x",
        "verificationMaterial.timestampVerificationData, x",
        "messageSignature, x",
        "messageSignature.signature, YQ",
        "messageSignature.signature, ''",
        "messageSignature.messageDigest.algorithm, SHA1",
        "messageSignature.messageDigest.algorithm, SHA2_512",
        "messageSignature.messageDigest.digest, YQ=="
    })
    void refuses_values_of_another_form(String place, String value) {
        assertThatThrownBy(() -> parse(message().set(place, value))).isInstanceOf(MalformedEvidenceException.class);
    }

    // client-spec.md 5: "The bundle MUST use the string representation for enum values".
    @Test
    void refuses_an_algorithm_by_its_number() {
        assertThatThrownBy(() -> parse(message().set("messageSignature.messageDigest.algorithm", 1)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    // ---- the envelope of a bundle

    // sigstore_bundle.proto: "DSSE envelopes in a bundle MUST have exactly one signature".
    @Test
    void refuses_an_envelope_with_none_or_two_signatures() {
        String why = "exactly one signature";
        refuses(Evidence.bundleOf(Evidence.envelopeOf("t", utf8("p"), List.of(utf8("s"), utf8("s")))), why);
        refuses(Evidence.bundleOf(Evidence.envelopeOf("t", utf8("p"), List.of())), why);
    }

    @Test
    void refuses_two_key_hints_that_differ() throws Exception {
        EditedJson json = EditedJson.of(Shared.path("corpus/sigstore-go/examples/bundle-publish.json"));
        assertThat(parse(json).material().keyHint()).isPresent();
        refuses(json.set("dsseEnvelope.signatures.0.keyid", "another"), "keyid is not the hint");
        assertThat(parse(json.set("dsseEnvelope.signatures.0.keyid", "")).envelope())
                .isPresent();
    }
}
