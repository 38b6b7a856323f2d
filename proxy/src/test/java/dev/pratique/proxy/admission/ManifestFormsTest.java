package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.descriptor;
import static dev.pratique.proxy.admission.GateBench.rule;
import static dev.pratique.proxy.admission.GateBench.said;
import static dev.pratique.proxy.admission.GateBench.signedBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.sign.BundleReferrer;
import dev.pratique.attestations.sign.SignedEnvelope;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.sign.Statements;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests of every form at the gate: what may be pulled, and the reason where it may not. */
class ManifestFormsTest {
    private static final Platform AMD64 = Platform.of("linux", "amd64", null);

    @TempDir
    Path dir;

    private GateBench bench;
    private Repository app;

    @BeforeEach
    void open() throws Exception {
        bench = new GateBench(dir, 4, 16);
        app = Repository.parse("registry.example", "acme/app");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Digest signed(byte[] manifest, String tag) throws Exception {
        Digest digest = bench.registry.manifest(app, manifest, tag);
        bench.sign(app, digest, bench.key);
        return digest;
    }

    private static byte[] index(List<Object> manifests) {
        return JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", manifests));
    }

    private void answers(byte[] manifest, String contentType) {
        bench.registry.fault = fetch -> bench.registry.asks(fetch, manifest)
                ? Optional.of(new Fetched.Found(manifest, contentType, Digest.sha256(manifest), Optional.empty()))
                : Optional.empty();
    }

    @ParameterizedTest
    @ValueSource(strings = {MediaType.SCHEMA1, MediaType.SCHEMA1_SIGNED, "application/json", ""})
    void REG_22_schema_1_has_a_reason_of_its_own(String contentType) throws Exception {
        byte[] old =
                bytes("{\"schemaVersion\":1,\"name\":\"acme/app\",\"tag\":\"v1\",\"fsLayers\":[],\"signatures\":[{}]}");
        signed(old, "v1");
        answers(old, contentType.isEmpty() ? null : contentType);
        PullAnswer answer = bench.pull(app, "v1");
        assertThat(said(answer)).isEqualTo("SCHEMA_1");
        assertThat(bench.pull(app, Digest.sha256(old).toString())).isInstanceOf(PullAnswer.Refuse.class);
    }

    @ParameterizedTest
    @CsvSource({
        MediaType.OCI_INDEX,
        MediaType.DOCKER_MANIFEST,
        "text/html",
        "application/json",
        "application/octet-stream",
        MediaType.ARTIFACT_MANIFEST
    })
    void REG_02_refuses_a_manifest_under_another_content_type(String contentType) throws Exception {
        Pushed image = bench.push(app, "v1", "app");
        bench.sign(app, image.digest(), bench.key);
        answers(image.bytes(), contentType);
        assertThat(said(bench.pull(app, "v1"))).isEqualTo("MANIFEST_INVALID");
        answers(image.bytes(), MediaType.OCI_MANIFEST + "; charset=utf-8");
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(app, "v1"))).isEqualTo("ADMITTED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[],\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":CONFIG,\"Config\":CONFIG,\"layers\":[]}",
                "{\"schemaVersion\":2,\"mediaType\":\"a/b\",\"config\":CONFIG,\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[],\"manifests\":[]}",
                "{\"schemaVersion\":2,\"config\":CONFIG}",
                "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":null}",
                "{\"schemaVersion\":2}",
                "[]",
                "",
            })
    void REG_01_and_REG_07_a_signature_does_not_make_up_for_a_manifest_of_two_readings(String manifest)
            throws Exception {
        byte[] bad = bytes(manifest.replace("CONFIG", JsonWriter.text(descriptor(MediaType.OCI_CONFIG, bytes("{}")))));
        signed(bad, "v1");
        assertThat(said(bench.pull(app, "v1"))).isEqualTo("MANIFEST_INVALID");
    }

    @Test
    void REG_08_and_REG_09_hostile_and_oversized_manifests_are_refused() throws Exception {
        signed(bytes("[".repeat(100_000)), "deep");
        assertThat(said(bench.pull(app, "deep"))).isEqualTo("MANIFEST_INVALID");
        signed(new byte[(4 << 20) + 1], "large");
        assertThat(said(bench.pull(app, "large"))).isEqualTo("MANIFEST_INVALID");
    }

    @Test
    void an_index_inside_an_index_is_pulled_from_end_to_end() throws Exception {
        Pushed image = bench.push(app, "none", "app");
        Digest inner = bench.pushIndex(app, "inner", Map.of(AMD64, image));
        byte[] nested = index(List.of(Map.of(
                "mediaType",
                MediaType.OCI_INDEX,
                "digest",
                inner.toString(),
                "size",
                bench.registry.sizeOf(app, inner))));
        signed(nested, "v1");
        bench.registry.forget(app, "inner");
        assertThat(said(bench.pull(app, "v1"))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(app, inner.toString()))).isEqualTo("ADMITTED");
        assertThat(said(bench.pull(app, image.digest().toString()))).isEqualTo("ADMITTED");
        // With nothing in memory, through all of its parents.
        bench.standard = bench.standard(2, rule("all", "**", signedBy("ci")));
        assertThat(said(bench.pullBlob(app, image.layers().get(0)))).isEqualTo("ADMITTED");
        byte[] deeper = index(List.of(Map.of(
                "mediaType",
                MediaType.OCI_INDEX,
                "digest",
                Digest.sha256(nested).toString(),
                "size",
                nested.length)));
        signed(deeper, "deeper");
        assertThat(said(bench.pull(app, "deeper"))).isEqualTo("NESTED_TOO_DEEPLY");
    }

    @Test
    void a_child_that_was_not_there_when_its_index_was_judged_is_looked_at_when_it_comes() throws Exception {
        byte[] config = bytes("{}");
        bench.registry.blob(app, config);
        byte[] child = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "config",
                descriptor(MediaType.OCI_CONFIG, config),
                "layers",
                List.of(Map.of(
                        "mediaType",
                        "application/vnd.oci.image.layer.v1.tar",
                        "digest",
                        Digest.sha256(config).toString(),
                        "size",
                        2,
                        "urls",
                        List.of("https://elsewhere.example/layer")))));
        signed(index(List.of(descriptor(MediaType.OCI_MANIFEST, child))), "v1");
        assertThat(said(bench.pull(app, "v1"))).isEqualTo("ADMITTED");
        Digest digest = bench.registry.manifest(app, child);
        bench.registry.blob(app, child);
        assertThat(said(bench.pullBlob(app, digest))).isEqualTo("FOREIGN_LAYERS");
        assertThat(said(bench.pull(app, digest.toString()))).isEqualTo("FOREIGN_LAYERS");
        assertThat(said(bench.pull(app, digest.toString()))).isEqualTo("FOREIGN_LAYERS");
    }

    @Test
    void REG_15_no_digest_crosses_repositories() throws Exception {
        Repository other = Repository.parse("registry.example", "other/app");
        Pushed image = bench.push(app, "v1", "secret");
        bench.sign(app, image.digest(), bench.key);
        assertThat(said(bench.pull(app, "v1"))).isEqualTo("ADMITTED");
        for (Digest digest : List.of(image.layers().get(0), image.config(), image.digest())) {
            assertThat(said(bench.pullBlob(app, digest))).isEqualTo("ADMITTED");
            assertThat(said(bench.pullBlob(other, digest))).isEqualTo("BLOB_UNKNOWN");
        }
        assertThat(said(bench.pull(other, image.digest().toString()))).isEqualTo("MANIFEST_UNKNOWN");
    }

    @Test
    void an_image_of_sha512_digests_is_admitted_by_evidence_about_that_digest() throws Exception {
        Digest.Algorithm sha512 = Digest.Algorithm.SHA512;
        byte[] config = bytes("{\"os\":\"linux\"}");
        byte[] layer = bytes("layer");
        Digest configDigest = bench.registry.blob(app, config, sha512);
        Digest layerDigest = bench.registry.blob(app, layer, sha512);
        byte[] manifest = JsonWriter.bytes(Map.of(
                "schemaVersion",
                2,
                "config",
                Map.of("mediaType", MediaType.OCI_CONFIG, "digest", configDigest.toString(), "size", config.length),
                "layers",
                List.of(Map.of(
                        "mediaType",
                        "application/vnd.oci.image.layer.v1.tar",
                        "digest",
                        layerDigest.toString(),
                        "size",
                        layer.length))));
        Digest digest = Digest.of(sha512, manifest);
        bench.registry.manifestAt(app, digest.toString(), manifest);
        assertThat(said(bench.pull(app, digest.toString()))).isEqualTo("UNSIGNED");
        // A signature of the same bytes under their other name is found beside the other name.
        bench.sign(app, Digest.sha256(manifest), bench.key);
        bench.now = bench.now.plusSeconds(3);
        assertThat(said(bench.pull(app, digest.toString()))).isEqualTo("UNSIGNED");

        byte[] bundle = SignedEnvelope.sign(Statements.cosignSign(digest, Map.of()), bench.key)
                .bundle(SigningMaterial.ofKey(bench.key));
        Descriptor subject =
                new Descriptor(MediaType.OCI_MANIFEST, digest, manifest.length, List.of(), Map.of(), null, null);
        bench.registry.attach(app, BundleReferrer.of(subject, bundle, Statement.COSIGN_SIGN, bench.now));
        bench.now = bench.now.plusSeconds(3);
        PullAnswer answer = bench.pull(app, digest.toString());
        assertThat(said(answer)).isEqualTo("ADMITTED");
        assertThat(((PullAnswer.Pass) answer).admission().digest()).isEqualTo(digest);
        assertThat(bench.content.read(digest, 1 << 20)).contains(manifest);
        assertThat(said(bench.pullBlob(app, layerDigest))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(app, configDigest))).isEqualTo("ADMITTED");
        assertThat(said(bench.pullBlob(app, Digest.sha256(layer)))).isEqualTo("BLOB_UNKNOWN");
    }
}
