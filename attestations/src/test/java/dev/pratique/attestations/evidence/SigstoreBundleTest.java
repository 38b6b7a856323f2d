package dev.pratique.attestations.evidence;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.testing.Evidence;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigstoreBundleTest {

    private static Map<String, Object> bundle() {
        return Evidence.bundleOf(Evidence.envelopeOf("t", utf8("p"), List.of(utf8("s"))));
    }

    private static SigstoreBundle parse(Map<String, Object> json) throws MalformedEvidenceException {
        return SigstoreBundle.parse(JsonWriter.bytes(json));
    }

    private static void refuses(Map<String, Object> json) {
        assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void reads_a_keyed_bundle_in_both_spellings_of_its_type() throws Exception {
        Map<String, Object> json = bundle();
        assertThat(parse(json).publicKeyHint()).contains("any");
        assertThat(parse(json).certificate()).isFalse();
        json.put("mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.3");
        assertThat(parse(json).envelope()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/vnd.dev.sigstore.bundle+json;version=0.1",
                "application/vnd.dev.sigstore.bundle+json;version=0.2",
                "application/vnd.dev.sigstore.bundle.v0.4+json",
                "application/vnd.dev.sigstore.bundle.v0.3+json ",
                "APPLICATION/vnd.dev.sigstore.bundle.v0.3+json",
                "application/json"
            })
    void refuses_other_versions(String mediaType) {
        Map<String, Object> json = bundle();
        json.put("mediaType", mediaType);
        refuses(json);
    }

    @Test
    void BND_11_refuses_more_or_less_than_one_content() throws Exception {
        Map<String, Object> json = bundle();
        json.put("messageSignature", map("signature", "YQ=="));
        refuses(json);
        json.remove("dsseEnvelope");
        assertThat(parse(json).envelope()).isEmpty();
        json.remove("messageSignature");
        refuses(json);
    }

    @Test
    void BND_11_refuses_more_or_less_than_one_kind_of_key() throws Exception {
        Object key = map("hint", "x");
        Object certificate = map("rawBytes", "YQ==");
        Object chain = map("certificates", List.of(certificate));
        for (Map<String, Object> material : List.of(
                map(),
                map("publicKey", key, "certificate", certificate),
                map("publicKey", key, "x509CertificateChain", chain),
                map("certificate", certificate, "x509CertificateChain", chain),
                map("publicKey", key, "certificate", certificate, "x509CertificateChain", chain),
                map("publicKey", "x"),
                map("PublicKey", key))) {
            Map<String, Object> json = bundle();
            json.put("verificationMaterial", material);
            refuses(json);
        }
        Map<String, Object> json = bundle();
        json.put("verificationMaterial", map("certificate", certificate));
        assertThat(parse(json).certificate()).isTrue();
        json.put("verificationMaterial", map("x509CertificateChain", chain));
        assertThat(parse(json).certificate()).isTrue();
        json.remove("verificationMaterial");
        refuses(json);
    }

    @Test
    void BND_06_refuses_floods_of_entries_and_timestamps_by_their_count() throws Exception {
        for (int count : new int[] {33, 10_000, 1_000_000}) {
            List<Object> entries = Collections.nCopies(count, "x");
            refuses(withMaterial("tlogEntries", entries));
            refuses(withMaterial("timestampVerificationData", map("rfc3161Timestamps", entries)));
        }
        SigstoreBundle most = parse(withMaterial("tlogEntries", Collections.nCopies(32, "x")));
        assertThat(most.logEntries()).isEqualTo(32);
    }

    private static Map<String, Object> withMaterial(String name, Object value) {
        Map<String, Object> json = bundle();
        json.put("verificationMaterial", map("publicKey", map("hint", "x"), name, value));
        return json;
    }

    // sigstore_bundle.proto: "DSSE envelopes in a bundle MUST have exactly one signature".
    @Test
    void refuses_an_envelope_with_two_signatures() {
        refuses(Evidence.bundleOf(Evidence.envelopeOf("t", utf8("p"), List.of(utf8("s"), utf8("s")))));
    }
}
