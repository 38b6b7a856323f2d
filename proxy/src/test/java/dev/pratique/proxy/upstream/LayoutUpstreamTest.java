package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutUpstreamTest {
    private static final Repository OTHER = new Repository(Rig.NAME, "acme/other");

    @TempDir
    Path dir;

    private Digest write(Path layout, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Path file = layout.resolve("blobs/sha256").resolve(digest.hex());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return digest;
    }

    private Map<String, Object> descriptor(String type, Digest digest, int size) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", type);
        descriptor.put("digest", digest.toString());
        descriptor.put("size", size);
        return descriptor;
    }

    private byte[] image(Path layout, String layer, Digest subject) throws IOException {
        byte[] bytes = layer.getBytes(UTF_8);
        byte[] config = ("{\"layer\":\"" + layer + "\"}").getBytes(UTF_8);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("artifactType", subject == null ? null : "application/example");
        manifest.put("config", descriptor(MediaType.OCI_CONFIG, write(layout, config), config.length));
        manifest.put("layers", List.of(descriptor("application/x", write(layout, bytes), bytes.length)));
        manifest.put("subject", subject == null ? null : descriptor(MediaType.OCI_MANIFEST, subject, 1));
        return JsonWriter.bytes(manifest);
    }

    private void index(Path layout, List<Map<String, Object>> entries) throws IOException {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("manifests", entries);
        Files.createDirectories(layout);
        Files.write(layout.resolve("index.json"), JsonWriter.bytes(index));
    }

    private Map<String, Object> entry(Path layout, byte[] manifest, String name) throws IOException {
        Map<String, Object> entry = descriptor(MediaType.OCI_MANIFEST, write(layout, manifest), manifest.length);
        if (name != null) {
            entry.put("annotations", Map.of("org.opencontainers.image.ref.name", name));
        }
        return entry;
    }

    private Rig rig() {
        return new Rig(UpstreamSettings.layout(Rig.NAME, dir));
    }

    @Test
    void a_shared_layout_has_names_with_repository_and_tag() throws Exception {
        byte[] one = image(dir, "one", null);
        byte[] two = image(dir, "two", null);
        index(dir, List.of(entry(dir, one, "acme/app:1.0"), entry(dir, two, Rig.NAME + "/acme/other:2.0")));
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOfSatisfying(Fetched.Found.class, found -> {
                assertThat(found.bytes()).isEqualTo(one);
                assertThat(found.contentType()).isEqualTo(MediaType.OCI_MANIFEST);
            });
            assertThat(rig.fetch(Rig.tag("2.0"))).isInstanceOf(Fetched.Missing.class);
            assertThat(rig.fetch(new Fetch.ManifestHead(OTHER, new Reference.Tag("2.0"))))
                    .isInstanceOfSatisfying(
                            Fetched.Found.class,
                            found -> assertThat(found.digest()).isEqualTo(Digest.sha256(two)));
        }
    }

    @Test
    void a_repository_may_have_its_own_directory_with_plain_tags_and_shared_blobs() throws Exception {
        byte[] one = image(dir, "one", null);
        List<Map<String, Object>> entries = List.of(entry(dir, one, "1.0"));
        index(dir.resolve("acme/app"), entries);
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(Rig.blob(Digest.sha256("one".getBytes(UTF_8)))))
                    .isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(new Fetch.ManifestHead(OTHER, new Reference.Tag("1.0"))))
                    .isInstanceOf(Fetched.Missing.class);
        }
    }

    @Test
    void lists_the_tags_of_one_repository() throws Exception {
        byte[] one = image(dir, "one", null);
        byte[] two = image(dir, "two", null);
        index(
                dir,
                List.of(
                        entry(dir, one, "acme/app:2.0"),
                        entry(dir, two, "acme/app:1.0"),
                        entry(dir, two, "acme/other:3.0")));
        try (Rig rig = rig()) {
            assertThat(rig.fetch(new Fetch.TagsOf(Rig.APP, Optional.empty(), 1000)))
                    .isInstanceOfSatisfying(
                            Fetched.Found.class,
                            found -> assertThat(new String(found.bytes(), UTF_8))
                                    .isEqualTo("{\"name\":\"acme/app\",\"tags\":[\"1.0\",\"2.0\"]}"));
            assertThat(rig.fetch(new Fetch.TagsOf(Rig.APP, Optional.empty(), 10)))
                    .isInstanceOf(Fetched.Wrong.class);
            Repository none = new Repository(Rig.NAME, "acme/none");
            assertThat(rig.fetch(new Fetch.TagsOf(none, Optional.empty(), 1000)))
                    .isInstanceOf(Fetched.Missing.class);
        }
    }

    @Test
    void what_is_not_reachable_from_a_repository_is_missing_there() throws Exception {
        byte[] one = image(dir, "one", null);
        byte[] two = image(dir, "two", null);
        Digest stray = write(dir, "stray".getBytes(UTF_8));
        index(dir, List.of(entry(dir, one, "acme/app:1.0"), entry(dir, two, "acme/other:2.0")));
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.manifest(Digest.sha256(one)))).isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(Rig.manifest(Digest.sha256(two)))).isInstanceOf(Fetched.Missing.class);
            assertThat(rig.fetch(Rig.blob(Digest.sha256("one".getBytes(UTF_8)))))
                    .isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(Rig.blob(Digest.sha256("two".getBytes(UTF_8)))))
                    .isInstanceOf(Fetched.Missing.class);
            assertThat(rig.fetch(Rig.blob(stray))).isInstanceOf(Fetched.Missing.class);
            assertThat(rig.fetch(new Fetch.BlobHead(OTHER, Digest.sha256("two".getBytes(UTF_8)))))
                    .isInstanceOf(Fetched.Found.class);
        }
    }

    @Test
    void children_of_an_index_are_reachable() throws Exception {
        byte[] child = image(dir, "child", null);
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("schemaVersion", 2);
        list.put("mediaType", MediaType.OCI_INDEX);
        list.put("manifests", List.of(descriptor(MediaType.OCI_MANIFEST, write(dir, child), child.length)));
        byte[] parent = JsonWriter.bytes(list);
        Map<String, Object> entry = descriptor(MediaType.OCI_INDEX, write(dir, parent), parent.length);
        entry.put("annotations", Map.of("org.opencontainers.image.ref.name", "acme/app:1.0"));
        index(dir, List.of(entry));
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.tag("1.0")))
                    .isInstanceOfSatisfying(
                            Fetched.Found.class,
                            found -> assertThat(found.contentType()).isEqualTo(MediaType.OCI_INDEX));
            assertThat(rig.fetch(Rig.manifest(Digest.sha256(child)))).isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(Rig.blob(Digest.sha256("child".getBytes(UTF_8)))))
                    .isInstanceOf(Fetched.Found.class);
        }
    }

    @Test
    void referrers_are_the_manifests_with_that_subject() throws Exception {
        byte[] one = image(dir, "one", null);
        byte[] evidence = image(dir, "evidence", Digest.sha256(one));
        byte[] about = image(dir, "about the evidence", Digest.sha256(evidence));
        byte[] foreign = image(dir, "foreign", Digest.sha256("elsewhere".getBytes(UTF_8)));
        index(
                dir,
                List.of(
                        entry(dir, about, null),
                        entry(dir, evidence, null),
                        entry(dir, foreign, null),
                        entry(dir, one, "acme/app:1.0")));
        try (Rig rig = rig()) {
            Fetched.Found found = (Fetched.Found) rig.fetch(Rig.referrers(Digest.sha256(one)));
            Manifest.Index list = (Manifest.Index) Manifest.parse(found.bytes(), found.contentType());
            assertThat(list.manifests()).singleElement().satisfies(referrer -> {
                assertThat(referrer.digest()).isEqualTo(Digest.sha256(evidence));
                assertThat(referrer.artifactType()).isEqualTo("application/example");
            });
            assertThat(rig.fetch(Rig.manifest(Digest.sha256(evidence)))).isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(Rig.manifest(Digest.sha256(about)))).isInstanceOf(Fetched.Found.class);
            assertThat(rig.fetch(Rig.manifest(Digest.sha256(foreign)))).isInstanceOf(Fetched.Missing.class);
            Fetched.Found none = (Fetched.Found)
                    rig.fetch(new Fetch.ReferrersOf(OTHER, Digest.sha256(one), Optional.empty(), 1 << 20));
            assertThat(((Manifest.Index) Manifest.parse(none.bytes(), null)).manifests())
                    .isEmpty();
        }
    }

    @Test
    void a_changed_index_is_read_again() throws Exception {
        byte[] one = image(dir, "one", null);
        byte[] two = image(dir, "two two", null);
        index(dir, List.of(entry(dir, one, "acme/app:1.0")));
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.tag("1.1"))).isInstanceOf(Fetched.Missing.class);
            index(dir, List.of(entry(dir, one, "acme/app:1.0"), entry(dir, two, "acme/app:1.1")));
            assertThat(rig.fetch(Rig.tag("1.1"))).isInstanceOf(Fetched.Found.class);
        }
    }

    @Test
    void damaged_bytes_are_wrong() throws Exception {
        byte[] one = image(dir, "one", null);
        index(dir, List.of(entry(dir, one, "acme/app:1.0")));
        Digest layer = Digest.sha256("one".getBytes(UTF_8));
        Files.writeString(dir.resolve("blobs/sha256").resolve(layer.hex()), "two");
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.blob(layer))).isInstanceOf(Fetched.Wrong.class);
        }
    }

    @Test
    void a_symbolic_link_does_not_lead_out_of_the_layout(@TempDir Path outside) throws Exception {
        byte[] one = image(dir, "one", null);
        index(dir, List.of(entry(dir, one, "acme/app:1.0")));
        Digest layer = Digest.sha256("one".getBytes(UTF_8));
        Path file = dir.resolve("blobs/sha256").resolve(layer.hex());
        Path secret = Files.writeString(outside.resolve("secret"), "one");
        Files.delete(file);
        Files.createSymbolicLink(file, secret);
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.blob(layer))).isInstanceOf(Fetched.Missing.class);
        }
    }

    @Test
    void an_unreadable_index_is_wrong_and_none_is_missing() throws Exception {
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Missing.class);
            Files.writeString(dir.resolve("index.json"), "{\"manifests\":[{\"digest\":\"sha256:../../x\"}]}");
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
        }
    }

    @Test
    void blobs_are_streamed_and_their_presence_has_a_size() throws Exception {
        String layer = "x".repeat(1 << 20);
        byte[] one = image(dir, layer, null);
        index(dir, List.of(entry(dir, one, "acme/app:1.0")));
        Digest digest = Digest.sha256(layer.getBytes(UTF_8));
        try (Rig rig = rig()) {
            assertThat(rig.upstreams()
                            .blobPresent(Rig.APP, digest)
                            .toCompletableFuture()
                            .get(5, TimeUnit.SECONDS))
                    .isEqualTo(new Presence.Present(OptionalLong.of(1 << 20)));
            assertThat(rig.upstreams()
                            .blobPresent(OTHER, digest)
                            .toCompletableFuture()
                            .get(5, TimeUnit.SECONDS))
                    .isEqualTo(new Presence.Absent(new Fetched.Missing()));
            Taken taken = new Taken();
            rig.upstreams().openBlob(Rig.APP, digest, taken);
            assertThat(taken.result.get(5, TimeUnit.SECONDS)).isEqualTo("end");
            assertThat(Digest.sha256(taken.bytes.toByteArray())).isEqualTo(digest);
            Taken none = new Taken();
            rig.upstreams().openBlob(OTHER, digest, none);
            assertThat(none.result.get(5, TimeUnit.SECONDS)).isEqualTo(new Fetched.Missing());
        }
    }

    @Test
    void many_entries_are_no_problem() throws Exception {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            entries.add(entry(dir, image(dir, "layer " + i, null), "acme/app:" + i));
        }
        index(dir, entries);
        try (Rig rig = rig()) {
            assertThat(rig.fetch(Rig.tag("1999"))).isInstanceOf(Fetched.Found.class);
        }
    }
}
