package dev.pratique.attestations.evidence;

import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.testing.LayoutRegistry;
import dev.pratique.attestations.testing.Shared;
import dev.pratique.attestations.testing.Shelf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** cosign's older layers, as cosign 3.1.3 really wrote them. */
class CosignLayersTest {
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String CHAIN = "dev.sigstore.cosign/chain";
    private static final String LOG_ENTRY = "dev.sigstore.cosign/bundle";
    private static final String TIMESTAMP = "dev.sigstore.cosign/rfc3161timestamp";
    private static final String SIGNATURE = "dev.cosignproject.cosign/signature";

    /** All that is found beside the image of a sample. */
    private static List<EvidenceBytes> found(String sample) throws Exception {
        Path folder = Shared.path("samples/cases/" + sample);
        JsonObject one = Shared.object(folder.resolve("case.json"));
        return new EvidenceFinder(LayoutRegistry.read(folder.resolve("layout"), true))
                .find(
                        Shelf.REPOSITORY,
                        Digest.parse(one.getString("subject")),
                        Deadline.after(Shelf.NOW, Duration.ofSeconds(10)),
                        Shelf.NOW)
                .items();
    }

    private static CosignSignature signature(String sample) throws Exception {
        return CosignSignature.read(found(sample).get(0));
    }

    private static EvidenceBytes with(EvidenceBytes like, String annotation, String value) {
        Map<String, String> annotations = new HashMap<>(like.annotations());
        annotations.put(annotation, value);
        return new EvidenceBytes(like.mediaType(), like.bytes(), annotations, like.manifest(), like.source());
    }

    @ParameterizedTest
    @CsvSource({
        "kl-legacy-rekor1, 1, 1, 0",
        "k-legacy-rekor1, 0, 1, 0",
        "byo-legacy-chain, 2, 0, 0",
        "k-legacy-tsa-nolog, 0, 0, 1",
        "k-legacy-oci11, 0, 0, 0"
    })
    void the_annotations_are_the_material_of_a_signature(
            String sample, int certificates, int logEntries, int timestamps) throws Exception {
        CosignSignature signature = signature(sample);
        assertThat(signature.material().certificates()).hasSize(certificates);
        assertThat(signature.material().logEntries()).hasSize(logEntries);
        assertThat(signature.material().timestamps()).hasSize(timestamps);
        assertThat(signature.material().keyHint()).isEmpty();
        assertThat(signature.signature()).isNotEmpty();
        assertThat(signature.signedBytes()).isNotEmpty();
    }

    @Test
    void the_annotations_are_the_material_of_an_attestation() throws Exception {
        List<EvidenceBytes> found = found("att-k-legacy-rekor1");
        assertThat(found).hasSizeGreaterThan(1).allMatch(each -> each.kind() == EvidenceBytes.Kind.DSSE_ENVELOPE);
        for (EvidenceBytes each : found) {
            CosignAttestation attestation = CosignAttestation.read(each);
            assertThat(attestation.material().logEntries()).hasSize(1);
            assertThat(attestation.envelope().signatures()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CERTIFICATE, CHAIN, LOG_ENTRY, TIMESTAMP})
    void an_empty_annotation_is_none(String annotation) throws Exception {
        EvidenceBytes plain = found("k-legacy-oci11").get(0);
        assertThat(CosignSignature.read(with(plain, annotation, "")).material()).isEqualTo(VerificationMaterial.NONE);
    }

    @Test
    void a_layer_without_a_signature_is_refused() throws Exception {
        EvidenceBytes good = found("k-legacy-oci11").get(0);
        for (String none : new String[] {"", "?", "YQ"}) {
            assertThatThrownBy(() -> CosignSignature.read(with(good, SIGNATURE, none)))
                    .isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {CERTIFICATE, LOG_ENTRY, TIMESTAMP})
    void what_cannot_be_read_is_refused_and_not_left_out(String annotation) throws Exception {
        EvidenceBytes signature = found("kl-legacy-rekor1").get(0);
        EvidenceBytes attestation = found("att-k-legacy-rekor1").get(0);
        for (String broken : new String[] {"x", "{}", "[]", "{\"SignedRFC3161Timestamp\":\"YQ==\"}"}) {
            assertThatThrownBy(() -> CosignSignature.read(with(signature, annotation, broken)))
                    .isInstanceOf(MalformedEvidenceException.class);
            assertThatThrownBy(() -> CosignAttestation.read(with(attestation, annotation, broken)))
                    .isInstanceOf(MalformedEvidenceException.class);
        }
    }

    @Test
    void a_chain_without_a_certificate_and_two_certificates_are_refused() throws Exception {
        EvidenceBytes signed = found("byo-legacy-chain").get(0);
        String leaf = signed.annotations().get(CERTIFICATE);
        assertThatThrownBy(() -> CosignSignature.read(with(signed, CERTIFICATE, "")))
                .isInstanceOf(MalformedEvidenceException.class)
                .hasMessageContaining("a chain and no certificate");
        assertThatThrownBy(() -> CosignSignature.read(with(signed, CERTIFICATE, leaf + leaf)))
                .isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> CosignSignature.read(with(signed, CHAIN, leaf.repeat(17))))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void a_payload_of_more_than_any_signer_writes_is_refused() {
        EvidenceBytes large = new EvidenceBytes(
                MediaType.SIMPLE_SIGNING,
                new byte[EvidenceLimits.MAX_PAYLOAD_BYTES + 1],
                Map.of(SIGNATURE, "YQ=="),
                Digest.sha256(utf8("m")),
                "x");
        assertThatThrownBy(() -> CosignSignature.read(large)).hasMessageContaining("the payload is too large");
    }
}
