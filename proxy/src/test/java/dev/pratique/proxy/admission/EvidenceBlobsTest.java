package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.descriptor;
import static dev.pratique.proxy.admission.GateBench.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be had on the blobs route because something lists it. */
class EvidenceBlobsTest {
    @TempDir
    Path directory;

    private GateBench bench;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(directory, 4, 16);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void parts_of_an_unsigned_image_do_not_pass_as_layers_of_evidence() throws Exception {
        Pushed unsigned = bench.push(APP, "v1", "malware");
        byte[] layer = "malware".getBytes(StandardCharsets.UTF_8);
        for (byte[] part : List.of(unsigned.bytes(), layer)) {
            Digest digest = bench.registry.blob(APP, part);
            Digest evidence = evidence(unsigned, "{}".getBytes(StandardCharsets.UTF_8), part);
            assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("UNSIGNED");
            assertThat(said(bench.pullBlob(APP, digest))).isEqualTo("BLOB_UNKNOWN");
        }
    }

    @Test
    void parts_of_an_unsigned_image_do_not_pass_as_the_configuration_of_evidence() throws Exception {
        Pushed unsigned = bench.push(APP, "v1", "malware");
        byte[] statement = "{\"payload\":\"\"}".getBytes(StandardCharsets.UTF_8);
        byte[] layer = "malware".getBytes(StandardCharsets.UTF_8);
        for (byte[] part : List.of(unsigned.bytes(), layer)) {
            Digest digest = bench.registry.blob(APP, part);
            assertThat(said(bench.pull(APP, evidence(unsigned, part, statement).toString())))
                    .isEqualTo("UNSIGNED");
            assertThat(said(bench.pullBlob(APP, digest))).isEqualTo("BLOB_UNKNOWN");
        }
    }

    @Test
    void a_refused_manifest_is_refused_as_a_blob_too_although_a_signed_image_lists_it() throws Exception {
        Pushed unsigned = bench.push(APP, "v1", "malware");
        bench.registry.blob(APP, unsigned.bytes());
        Pushed signed = bench.push(APP, "lists", new String(unsigned.bytes(), StandardCharsets.UTF_8));
        bench.sign(APP, signed.digest(), bench.key);
        assertThat(said(bench.pull(APP, "lists"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(APP, unsigned.digest().toString()))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pullBlob(APP, unsigned.digest()))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pull(APP, "lists"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(APP, unsigned.digest()))).isEqualTo("UNSIGNED");
    }

    private static final byte[] COSE = HexFormat.of().parseHex("d28443a10126a043616263420102");

    @Test
    void signatures_and_sboms_that_are_no_json_are_served_with_their_blobs() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        byte[] spdx = "SPDXVersion: SPDX-2.3\n".getBytes(StandardCharsets.UTF_8);
        byte[] xml = "<?xml version=\"1.0\"?><bom/>".getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> forms =
                Map.of(MediaType.COSE, COSE, MediaType.SPDX_TAG_VALUE, spdx, MediaType.CYCLONEDX_XML, xml);
        for (Map.Entry<String, byte[]> form : forms.entrySet()) {
            Digest evidence = evidence(image, "{}".getBytes(StandardCharsets.UTF_8), form.getValue(), form.getKey());
            assertThat(said(bench.pull(APP, evidence.toString())))
                    .as(form.getKey())
                    .isEqualTo("ADMITTED");
            assertThat(said(bench.pullBlob(APP, Digest.sha256(form.getValue()))))
                    .isEqualTo("ADMITTED");
        }
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("UNSIGNED");
    }

    @Test
    void an_unsigned_images_parts_do_not_pass_in_any_form_of_evidence() throws Exception {
        Pushed unsigned = bench.push(APP, "v1", "SPDXVersion: SPDX-2.3", "malware");
        byte[] layer = "malware".getBytes(StandardCharsets.UTF_8);
        for (String type : List.of(MediaType.COSE, MediaType.JWS, MediaType.SPDX_TAG_VALUE, MediaType.CYCLONEDX_XML)) {
            for (byte[] part : List.of(unsigned.bytes(), layer)) {
                Digest evidence = evidence(unsigned, "{}".getBytes(StandardCharsets.UTF_8), part, type);
                assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("UNSIGNED");
                assertThat(said(bench.pullBlob(APP, Digest.sha256(part)))).isEqualTo("BLOB_UNKNOWN");
            }
        }
    }

    @Test
    void an_unsigned_images_configuration_does_not_pass_as_that_of_evidence() throws Exception {
        Pushed unsigned = bench.push(APP, "v1", "malware");
        byte[] config = ((Fetched.Found) bench.registry.fetch(
                        new Fetch.BlobOf(APP, unsigned.config(), 1 << 20),
                        Deadline.after(bench.now, Duration.ofSeconds(1))))
                .bytes();
        Digest evidence = evidence(unsigned, config, COSE, MediaType.COSE);
        assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("UNSIGNED");
        assertThat(said(bench.pullBlob(APP, unsigned.config()))).isEqualTo("BLOB_UNKNOWN");
    }

    @Test
    void evidence_that_cannot_be_read_is_undecided_and_not_an_image_that_nobody_signed() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        Digest evidence = evidence(image, "{}".getBytes(StandardCharsets.UTF_8), COSE, MediaType.COSE);
        bench.registry.fault = fetch -> fetch instanceof Fetch.BlobOf
                ? Optional.of(new Fetched.Unread("it answered 500", Duration.ofSeconds(1)))
                : Optional.empty();
        assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("UPSTREAM_UNREACHABLE");
        bench.registry.reachable();
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(APP, evidence.toString()))).isEqualTo("ADMITTED");
    }

    @Test
    void evidence_that_says_a_wrong_length_of_a_blob_is_none() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
        bench.registry.blob(APP, empty);
        bench.registry.blob(APP, COSE);
        Map<String, Object> longer = new LinkedHashMap<>(descriptor(MediaType.OCI_EMPTY, empty));
        longer.put("size", 3);
        Digest lying = manifest(longer, List.of(descriptor(MediaType.COSE, COSE)), image);
        assertThat(said(bench.pull(APP, lying.toString()))).isEqualTo("UNSIGNED");
        Digest honest = evidence(image, empty, COSE, MediaType.COSE);
        assertThat(said(bench.pull(APP, honest.toString()))).isEqualTo("ADMITTED");
        assertThat(sizeOf(bench.pullBlob(APP, Digest.sha256(empty)))).hasValue(2);
    }

    @Test
    void an_image_that_lies_about_the_length_of_anothers_layer_does_not_keep_it_from_its_clients() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        byte[] layer = "app".getBytes(StandardCharsets.UTF_8);
        Map<String, Object> longer = new LinkedHashMap<>(descriptor("application/vnd.oci.image.layer.v1.tar", layer));
        longer.put("size", 4);
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        bench.registry.blob(APP, config);
        Digest lying = manifest(descriptor(MediaType.OCI_CONFIG, config), List.of(longer), image);
        bench.sign(APP, lying, bench.key);
        bench.sign(APP, image.digest(), bench.key);
        assertThat(said(bench.pull(APP, lying.toString()))).isEqualTo("ADMITTED");
        assertThat(sizeOf(bench.pullBlob(APP, Digest.sha256(layer)))).hasValue(4);
        assertThat(said(bench.pull(APP, "v1"))).isEqualTo("ADMITTED");
        assertThat(sizeOf(bench.pullBlob(APP, Digest.sha256(layer))))
                .as("in memory")
                .isEmpty();
        bench.standard = bench.standard(1, GateBench.rule("all", "**", GateBench.signedBy("ci")));
        assertThat(sizeOf(bench.pullBlob(APP, Digest.sha256(layer))))
                .as("from the records")
                .isEmpty();
    }

    @Test
    @DisplayName("RES-01: what only looks like evidence is read within the memory that all judges share")
    void evidence_is_not_read_where_there_is_no_memory_for_it() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        Digest evidence = evidence(image, "{}".getBytes(StandardCharsets.UTF_8), COSE, MediaType.COSE);
        byte[] list = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaType.OCI_INDEX,
                "manifests",
                List.of(Map.of(
                        "mediaType",
                        MediaType.OCI_MANIFEST,
                        "digest",
                        evidence.toString(),
                        "size",
                        bench.registry.sizeOf(APP, evidence)))));
        Reference.Tag tag = TagScheme.REFERRERS.tagFor(image.digest());
        EvidenceMemory memory = new EvidenceMemory(1000);
        EvidenceArtefacts artefacts = new EvidenceArtefacts(bench.registry, bench.records, memory);
        try (EvidenceMemory.Share other = memory.share()) {
            assertThat(other.take(1000)).isTrue();
            assertThat(kindOf(artefacts, Optional.empty(), manifestOf(evidence)))
                    .isInstanceOf(EvidenceArtefacts.Unreadable.class);
            bench.registry.asked.clear();
            assertThat(kindOf(artefacts, Optional.of(tag), list)).isInstanceOf(EvidenceArtefacts.Unreadable.class);
            assertThat(bench.registry.asked).isEmpty();
        }
        assertThat(kindOf(artefacts, Optional.empty(), manifestOf(evidence)))
                .isInstanceOf(EvidenceArtefacts.EvidenceAbout.class);
        assertThat(kindOf(artefacts, Optional.of(tag), list)).isInstanceOf(EvidenceArtefacts.EvidenceAbout.class);
        try (EvidenceMemory.Share other = memory.share()) {
            assertThat(other.take(1)).isTrue();
            assertThat(other.take(999)).as("all was given back").isTrue();
        }
    }

    @Test
    @DisplayName("RES-01: a list under the tag of evidence is read no further than fits in memory")
    void a_long_list_of_large_manifests_is_not_read_to_find_whether_it_is_evidence() throws Exception {
        Pushed image = bench.push(APP, "v1", "app");
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            entries.add(Map.of(
                    "mediaType",
                    MediaType.OCI_MANIFEST,
                    "digest",
                    Digest.sha256(new byte[] {(byte) i}).toString(),
                    "size",
                    4 << 20));
        }
        byte[] list =
                JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", entries));
        Reference.Tag tag = TagScheme.REFERRERS.tagFor(image.digest());
        EvidenceArtefacts artefacts = new EvidenceArtefacts(bench.registry, bench.records, new EvidenceMemory(1000));
        assertThat(kindOf(artefacts, Optional.of(tag), list)).isInstanceOf(EvidenceArtefacts.NoEvidence.class);
        assertThat(bench.registry.asked).isEmpty();
    }

    private EvidenceArtefacts.Kind kindOf(EvidenceArtefacts artefacts, Optional<Reference.Tag> tag, byte[] manifest)
            throws Exception {
        Manifest parsed = Manifest.parse(manifest, null);
        return artefacts.kindOf(
                APP,
                tag,
                new ManifestReader.Have(parsed.digest(), parsed, bench.now),
                Deadline.after(bench.now, Duration.ofSeconds(1)));
    }

    private byte[] manifestOf(Digest digest) {
        return ((Fetched.Found) bench.registry.fetch(
                        new Fetch.ManifestOf(APP, new Reference.ByDigest(digest), 1 << 20),
                        Deadline.after(bench.now, Duration.ofSeconds(1))))
                .bytes();
    }

    private static OptionalLong sizeOf(PullAnswer answer) {
        return ((PullAnswer.Pass) answer).admission().size();
    }

    private Digest evidence(Pushed subject, byte[] config, byte[] layer) {
        return evidence(subject, config, layer, MediaType.DSSE_ENVELOPE);
    }

    private Digest evidence(Pushed subject, byte[] config, byte[] layer, String type) {
        bench.registry.blob(APP, config);
        bench.registry.blob(APP, layer);
        return manifest(descriptor(MediaType.OCI_EMPTY, config), List.of(descriptor(type, layer)), subject);
    }

    private Digest manifest(Map<String, Object> config, List<Map<String, Object>> layers, Pushed subject) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", config);
        manifest.put("layers", layers);
        manifest.put("subject", descriptor(MediaType.OCI_MANIFEST, subject.bytes()));
        return bench.registry.manifest(APP, JsonWriter.bytes(manifest));
    }
}
