package dev.pratique.attestations.image;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final String DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final Map<String, Object> CONFIG = descriptor(MediaType.OCI_CONFIG);
    private static final Map<String, Object> LAYER = descriptor("application/vnd.oci.image.layer.v1.tar+gzip");
    private static final Map<String, Object> CHILD = descriptor(MediaType.OCI_MANIFEST);

    private static Map<String, Object> descriptor(String mediaType) {
        return map("mediaType", mediaType, "digest", DIGEST, "size", 7);
    }

    private static Map<String, Object> image(String mediaType) {
        return map("schemaVersion", 2, "mediaType", mediaType, "config", CONFIG, "layers", List.of(LAYER));
    }

    private static Map<String, Object> index(String mediaType) {
        return map("schemaVersion", 2, "mediaType", mediaType, "manifests", List.of(CHILD));
    }

    private static Manifest parse(Map<String, Object> json, String contentType) throws MalformedEvidenceException {
        return Manifest.parse(JsonWriter.bytes(json), contentType);
    }

    private static void refuses(byte[] bytes, String contentType) {
        assertThatThrownBy(() -> Manifest.parse(bytes, contentType)).isInstanceOf(MalformedEvidenceException.class);
    }

    private static void refuses(Map<String, Object> json, String contentType) {
        refuses(JsonWriter.bytes(json), contentType);
    }

    @ParameterizedTest
    @ValueSource(strings = {MediaType.OCI_MANIFEST, MediaType.DOCKER_MANIFEST})
    void reads_images_of_both_kinds_and_keeps_their_bytes(String type) throws Exception {
        byte[] bytes = utf8(" " + JsonWriter.text(image(type)) + "\n");
        Manifest manifest = Manifest.parse(bytes, type);
        assertThat(manifest).isInstanceOf(Manifest.Image.class);
        assertThat(manifest.bytes()).isEqualTo(bytes);
        assertThat(manifest.digest()).isEqualTo(Digest.sha256(bytes));
        assertThat(manifest.mediaType()).isEqualTo(type);
        assertThat(((Manifest.Image) manifest).runnable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {MediaType.OCI_INDEX, MediaType.DOCKER_MANIFEST_LIST})
    void reads_indexes_of_both_kinds(String type) throws Exception {
        assertThat(parse(index(type), type)).isInstanceOf(Manifest.Index.class);
        assertThat(parse(index(null), type).mediaType()).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.index.v1+json",
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.distribution.manifest.list.v2+json",
                "''"
            })
    void REG_01_refuses_what_is_both_manifest_and_index_under_every_content_type(String header) {
        String contentType = header.isEmpty() ? null : header;
        for (String mediaType : new String[] {null, MediaType.OCI_MANIFEST, MediaType.OCI_INDEX}) {
            Map<String, Object> both = image(mediaType);
            both.put("manifests", List.of(CHILD));
            refuses(both, contentType);
            both.put("manifests", List.of());
            refuses(both, contentType);
            Map<String, Object> half = index(mediaType);
            half.put("layers", List.of());
            refuses(half, contentType);
            half.remove("layers");
            half.put("config", CONFIG);
            refuses(half, contentType);
        }
    }

    @Test
    void REG_02_body_and_header_must_agree() throws Exception {
        refuses(image(MediaType.OCI_INDEX), MediaType.OCI_MANIFEST);
        refuses(image(MediaType.OCI_INDEX), null);
        refuses(image(MediaType.OCI_MANIFEST), MediaType.OCI_INDEX);
        refuses(image(MediaType.OCI_MANIFEST), MediaType.DOCKER_MANIFEST);
        refuses(image(MediaType.OCI_MANIFEST), "text/html");
        refuses(image(MediaType.OCI_MANIFEST), "");
        refuses(image(null), "text/html");
        refuses(image(null), MediaType.OCI_INDEX);
        refuses(index(null), MediaType.OCI_MANIFEST);
        refuses(image("application/json"), null);
        refuses(image("Application/vnd.oci.image.manifest.v1+json"), null);
        refuses(image(""), null);
        assertThat(parse(image(MediaType.OCI_MANIFEST), null).mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
        assertThat(parse(image(null), null).mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
        assertThat(parse(image(MediaType.OCI_MANIFEST), MediaType.OCI_MANIFEST + "; charset=utf-8")
                        .mediaType())
                .isEqualTo(MediaType.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"layers\":[LAYER],\"layers\":[]",
                "\"layers\":[LAYER],\"Layers\":[]",
                "\"layers\":[LAYER],\"layer\\u017F\":[]",
                "\"layers\":[LAYER],\"config\":CONFIG",
                "\"layers\":[LAYER],\"Config\":CONFIG",
                "\"layers\":[LAYER],\"mediaType\":\"x\"",
                "\"layers\":[LAYER],\"MediaType\":\"application/vnd.oci.image.index.v1+json\"",
                "\"layers\":[LAYER],\"Manifests\":[]",
                "\"layers\":[LAYER],\"SchemaVersion\":1",
                "\"layers\":[LAYER],\"Subject\":CONFIG",
            })
    void REG_07_refuses_members_that_are_there_twice_in_any_case(String rest) {
        String text = ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"config\":CONFIG," + rest + "}")
                .replace("LAYER", JsonWriter.text(LAYER))
                .replace("CONFIG", JsonWriter.text(CONFIG));
        refuses(utf8(text), MediaType.OCI_MANIFEST);
    }

    @Test
    void REG_07_refuses_members_of_a_descriptor_that_are_there_twice() {
        String twice = "{\"mediaType\":\"a/b\",\"size\":7,\"digest\":\"" + DIGEST + "\",\"Digest\":\"" + DIGEST + "\"}";
        refuses(utf8("{\"schemaVersion\":2,\"config\":" + twice + ",\"layers\":[]}"), null);
        refuses(utf8("{\"schemaVersion\":2,\"manifests\":[" + twice + "]}"), null);
    }

    @Test
    void REG_22_refuses_schema_1() {
        Map<String, Object> one =
                map("schemaVersion", 1, "name", "x", "tag", "y", "fsLayers", List.of(), "signatures", List.of(map()));
        for (String type : new String[] {
            MediaType.SCHEMA1,
            MediaType.SCHEMA1_SIGNED,
            MediaType.SCHEMA1_SIGNED + "; charset=utf-8",
            MediaType.OCI_MANIFEST,
            "application/json",
            null
        }) {
            assertThatThrownBy(() -> parse(one, type)).as(type).isInstanceOf(SchemaOneException.class);
        }
        assertThatThrownBy(() -> Manifest.parse(utf8("no JSON at all"), MediaType.SCHEMA1_SIGNED))
                .isInstanceOf(SchemaOneException.class);
        // Our Accept names everything that is taken, so that no registry converts down to schema 1.
        assertThat(MediaType.ACCEPT.split(", "))
                .containsExactlyInAnyOrder(
                        MediaType.OCI_INDEX,
                        MediaType.OCI_MANIFEST,
                        MediaType.DOCKER_MANIFEST_LIST,
                        MediaType.DOCKER_MANIFEST);
        Map<String, Object> dressed = image(MediaType.OCI_MANIFEST);
        dressed.put("signatures", List.of());
        assertThatThrownBy(() -> parse(dressed, MediaType.OCI_MANIFEST))
                .isNotInstanceOf(SchemaOneException.class)
                .hasMessage("the document has members of schema 1 and says that it is not");
        Map<String, Object> three = image(MediaType.OCI_MANIFEST);
        three.put("schemaVersion", 3);
        refuses(three, MediaType.OCI_MANIFEST);
        three.put("schemaVersion", "2");
        refuses(three, MediaType.OCI_MANIFEST);
        three.remove("schemaVersion");
        refuses(three, MediaType.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9223372036854775808", "-1", "1.0", "1e1000000000", "\"7\"", "null", "true", "[7]", "1E2", "007"
            })
    void REG_08_refuses_sizes_that_are_none(String size) {
        String bad = "{\"mediaType\":\"a/b\",\"digest\":\"" + DIGEST + "\",\"size\":" + size + "}";
        refuses(utf8("{\"schemaVersion\":2,\"config\":" + bad + ",\"layers\":[]}"), null);
        refuses(utf8("{\"schemaVersion\":2,\"manifests\":[" + bad + "]}"), null);
    }

    static Stream<String> hostile() {
        String rest = ",\"schemaVersion\":2,\"manifests\":[]}";
        return Stream.of(
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "{\"a\":" + "9".repeat(3 << 20) + rest,
                "{\"a\":\"\\ud800\"" + rest,
                "{\"a\":\"\u0000\"" + rest,
                "\ufeff{\"a\":1" + rest,
                "{\"a\":[1,]" + rest,
                "{/* */\"a\":1" + rest,
                "{\"a\":1" + rest + "{}");
    }

    @ParameterizedTest
    @MethodSource("hostile")
    @Timeout(10)
    void REG_08_refuses_hostile_json_whatever_it_is_made_to_cost(String json) {
        refuses(utf8(json), MediaType.OCI_INDEX);
    }

    @Test
    void REG_09_refuses_more_than_4_MiB() {
        refuses(new byte[Manifest.MAX_BYTES + 1], MediaType.OCI_MANIFEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:../../../../etc/passwd",
                "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "::"
            })
    void REG_11_refuses_digests_outside_the_grammar_in_every_descriptor(String digest) {
        Map<String, Object> bad = map("mediaType", "a/b", "digest", digest, "size", 7);
        refuses(map("schemaVersion", 2, "config", bad, "layers", List.of()), null);
        refuses(map("schemaVersion", 2, "config", CONFIG, "layers", List.of(bad)), null);
        refuses(map("schemaVersion", 2, "manifests", List.of(bad)), null);
        Map<String, Object> about = image(null);
        about.put("subject", bad);
        refuses(about, null);
    }

    @Test
    void bounds_layers_children_and_annotations() {
        List<Object> layers = new ArrayList<>();
        for (int i = 0; i <= Manifest.MAX_LAYERS; i++) {
            layers.add(LAYER);
        }
        refuses(map("schemaVersion", 2, "config", CONFIG, "layers", layers), null);
        refuses(map("schemaVersion", 2, "manifests", layers), null);
        Map<String, Object> annotations = map();
        for (int i = 0; i <= 1024; i++) {
            annotations.put("a" + i, "b");
        }
        Map<String, Object> much = image(null);
        much.put("annotations", annotations);
        refuses(much, null);
    }

    @Test
    void refuses_the_artifact_manifest_that_the_specification_withdrew() {
        Map<String, Object> artifact = map("mediaType", MediaType.ARTIFACT_MANIFEST, "artifactType", "a/b");
        for (String header : new String[] {MediaType.ARTIFACT_MANIFEST, null}) {
            assertThatThrownBy(() -> parse(artifact, header)).hasMessageContaining("withdrew");
        }
    }

    @Test
    void takes_embedded_data_that_is_the_content_and_forgets_it() throws Exception {
        for (byte[] content : new byte[][] {utf8("{}"), utf8("abc"), {}, utf8("content")}) {
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                Map<String, Object> config = map(
                        "mediaType",
                        MediaType.OCI_EMPTY,
                        "digest",
                        Digest.of(algorithm, content).toString(),
                        "size",
                        content.length,
                        "data",
                        Base64.getEncoder().encodeToString(content));
                Map<String, Object> json = map("schemaVersion", 2, "config", config, "layers", List.of(config));
                assertThat(((Manifest.Image) parse(json, null)).config().size()).isEqualTo(content.length);
            }
        }
    }

    // image-spec descriptor.md: "The decoded data MUST be identical to the referenced content".
    @ParameterizedTest
    @CsvSource({
        "YWJjZA==, abc, 3, is not of the descriptor's size",
        "eHl6, abc, 3, is not the content that the descriptor names",
        "YWJj, abc, 4, is not of the descriptor's size",
        "YWJj, abc, 2, is not the content that the descriptor names",
        "YWI, ab, 2, is not of the descriptor's size",
        "YW_j, abc, 3, is not base64",
        "'YW\\nj', abc, 3, is not base64",
        "'', abc, 3, is not of the descriptor's size",
        "YWJj, abc, 9223372036854775807, is not of the descriptor's size",
    })
    void refuses_embedded_data_that_is_not_the_content(String data, String content, String size, String why) {
        String bad = "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                + Digest.sha256(utf8(content)) + "\",\"size\":" + size + ",\"data\":\"" + data + "\"}";
        String good = JsonWriter.text(CONFIG);
        for (String text : List.of(
                "{\"schemaVersion\":2,\"config\":" + bad + ",\"layers\":[]}",
                "{\"schemaVersion\":2,\"config\":" + good + ",\"layers\":[" + bad + "]}",
                "{\"schemaVersion\":2,\"manifests\":[" + bad + "]}",
                "{\"schemaVersion\":2,\"config\":" + good + ",\"layers\":[],\"subject\":" + bad + "}")) {
            assertThatThrownBy(() -> Manifest.parse(utf8(text), null))
                    .isInstanceOf(MalformedEvidenceException.class)
                    .hasMessageEndingWith(why);
        }
    }

    @Test
    void refuses_types_and_platforms_that_would_forge_a_line_of_output() {
        Map<String, Object> split = map("mediaType", "a/b\r\nX: y", "digest", DIGEST, "size", 7);
        refuses(map("schemaVersion", 2, "config", split, "layers", List.of()), null);
        for (String os : new String[] {"linux\r\nX: y", "a".repeat(65), "linux/amd64", "\u202Exunil"}) {
            Map<String, Object> child = map(
                    "mediaType",
                    MediaType.OCI_MANIFEST,
                    "digest",
                    DIGEST,
                    "size",
                    7,
                    "platform",
                    map("os", os, "architecture", "amd64"));
            refuses(map("schemaVersion", 2, "manifests", List.of(child)), null);
        }
    }

    @Test
    void knows_evidence_by_every_layer_and_only_by_the_layers() throws Exception {
        Map<String, Object> json = image(MediaType.OCI_MANIFEST);
        json.put("layers", List.of(descriptor(MediaType.SIMPLE_SIGNING), descriptor(MediaType.DSSE_ENVELOPE)));
        assertThat(((Manifest.Image) parse(json, null)).evidenceOnly()).isTrue();
        json.put("layers", List.of(descriptor(MediaType.SIMPLE_SIGNING), LAYER));
        assertThat(((Manifest.Image) parse(json, null)).evidenceOnly()).isFalse();
        json.put("layers", List.of());
        assertThat(((Manifest.Image) parse(json, null)).evidenceOnly()).isFalse();
        for (String pretender : new String[] {
            "application/vnd.dev.sigstore.bundleX.tar",
            "application/vnd.dev.sigstore.bundle.v0.3+json+tar",
            "application/vnd.dev.sigstore.bundle+tar"
        }) {
            json.put("layers", List.of(descriptor(pretender)));
            assertThat(((Manifest.Image) parse(json, null)).evidenceOnly())
                    .as(pretender)
                    .isFalse();
        }
        json.put("layers", List.of(descriptor("application/vnd.dev.sigstore.bundle+json;version=0.3")));
        assertThat(((Manifest.Image) parse(json, null)).evidenceOnly()).isTrue();
    }
}
