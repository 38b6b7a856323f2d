package dev.pratique.proxy.admission;

import static dev.pratique.proxy.admission.GateBench.APP;
import static dev.pratique.proxy.admission.GateBench.descriptor;
import static dev.pratique.proxy.admission.GateBench.said;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.proxy.admission.GateBench.Pushed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

    private Digest evidence(Pushed subject, byte[] config, byte[] layer) {
        bench.registry.blob(APP, config);
        bench.registry.blob(APP, layer);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", descriptor(MediaType.OCI_EMPTY, config));
        manifest.put("layers", List.of(descriptor(MediaType.DSSE_ENVELOPE, layer)));
        manifest.put("subject", descriptor(MediaType.OCI_MANIFEST, subject.bytes()));
        return bench.registry.manifest(APP, JsonWriter.bytes(manifest));
    }
}
