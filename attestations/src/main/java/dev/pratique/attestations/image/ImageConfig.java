package dev.pratique.attestations.image;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an image's configuration claims about its layers (image-spec, config.md).
 *
 * @param platform the platform that the image says it is for
 * @param diffIds digests of the uncompressed layers, lowest first
 */
public record ImageConfig(Platform platform, List<Digest> diffIds, Map<String, String> labels) {
    /** A configuration is small; its history is what grows. */
    public static final int MAX_BYTES = 4 << 20;

    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        labels = Map.copyOf(labels);
    }

    public static ImageConfig parse(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, "image configuration", MAX_BYTES);
        JsonObject rootfs = json.getObject("rootfs");
        // config.md: "rootfs.type … MUST be set to layers".
        if (!rootfs.getString("type").equals("layers")) {
            throw new MalformedEvidenceException("rootfs.type is not 'layers'");
        }
        List<Digest> diffIds = new ArrayList<>();
        for (JsonValue diffId : rootfs.arrayOrEmpty("diff_ids", Manifest.MAX_LAYERS)) {
            diffIds.add(Digest.parse(diffId.asString("rootfs.diff_ids")));
        }
        Map<String, String> labels = Map.of();
        var config = json.findObject("config");
        if (config.isPresent()) {
            labels = config.get().stringsOrEmpty("Labels", 1024);
        }
        return new ImageConfig(Platform.from(json), diffIds, labels);
    }
}
