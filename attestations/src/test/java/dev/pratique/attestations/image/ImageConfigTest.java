package dev.pratique.attestations.image;

import static dev.pratique.attestations.testing.Evidence.map;
import static dev.pratique.attestations.testing.Evidence.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageConfigTest {
    private static final String DIFF = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static Map<String, Object> config() {
        return map("os", "linux", "architecture", "amd64", "rootfs", map("type", "layers", "diff_ids", List.of(DIFF)));
    }

    private static void refuses(Map<String, Object> json) {
        assertThatThrownBy(() -> ImageConfig.parse(JsonWriter.bytes(json)))
                .isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void reads_platform_layers_and_labels() throws Exception {
        Map<String, Object> json = config();
        json.put("variant", "v8");
        json.put("architecture", "arm64");
        json.put("config", map("Labels", map("a", "b")));
        ImageConfig config = ImageConfig.parse(JsonWriter.bytes(json));
        assertThat(config.platform()).isEqualTo(Platform.parse("linux/arm64"));
        assertThat(config.diffIds()).containsExactly(Digest.parse(DIFF));
        assertThat(config.labels()).isEqualTo(Map.of("a", "b"));
    }

    @Test
    void refuses_layers_that_are_not_all_digests_or_are_there_twice() {
        Map<String, Object> json = config();
        json.put("rootfs", map("type", "layers", "diff_ids", List.of(DIFF, "sha256:abc")));
        refuses(json);
        json.put("rootfs", map("type", "layers", "diff_ids", List.of(1)));
        refuses(json);
        json.put("rootfs", map("type", "layers", "diff_ids", List.of(DIFF), "Diff_IDs", List.of()));
        refuses(json);
        json.put("rootfs", map("type", "layers", "diff_ids", DIFF));
        refuses(json);
        json.put("rootfs", map("type", "windows", "diff_ids", List.of(DIFF)));
        refuses(json);
        json.remove("rootfs");
        refuses(json);
        json.put("rootfs", map("type", "layers", "diff_ids", List.of(DIFF)));
        json.put("RootFS", map());
        refuses(json);
    }

    @Test
    void bounds_what_a_stranger_may_write() {
        Map<String, Object> json = config();
        Map<String, Object> labels = map();
        for (int i = 0; i <= 1024; i++) {
            labels.put("label" + i, "x");
        }
        json.put("config", map("Labels", labels));
        refuses(json);
        Map<String, Object> many = config();
        many.put("rootfs", map("type", "layers", "diff_ids", java.util.Collections.nCopies(1025, DIFF)));
        refuses(many);
        assertThatThrownBy(() -> ImageConfig.parse(new byte[ImageConfig.MAX_BYTES + 1]))
                .isInstanceOf(MalformedEvidenceException.class);
        assertThatThrownBy(() -> ImageConfig.parse(utf8("null"))).isInstanceOf(MalformedEvidenceException.class);
    }

    @Test
    void keeps_a_huge_label_as_it_is() throws Exception {
        Map<String, Object> json = config();
        json.put("config", map("Labels", map("big", "x".repeat(1 << 20))));
        assertThat(ImageConfig.parse(JsonWriter.bytes(json)).labels().get("big"))
                .hasSize(1 << 20);
    }

    @Test
    void refuses_a_platform_with_a_line_break() {
        Map<String, Object> json = config();
        json.put("architecture", "amd64\r\nX-Evil: 1");
        refuses(json);
    }
}
