package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Platform;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Descriptors as JSON (image-spec, descriptor.md), members in the order in which Go's tools write them. */
final class DescriptorJson {
    private DescriptorJson() {}

    static Map<String, Object> of(Descriptor descriptor) {
        Map<String, Object> json = typeSizeDigest(descriptor);
        if (!descriptor.urls().isEmpty()) {
            json.put("urls", descriptor.urls());
        }
        if (!descriptor.annotations().isEmpty()) {
            json.put("annotations", new TreeMap<>(descriptor.annotations()));
        }
        Platform platform = descriptor.platform();
        if (platform != null) {
            Map<String, Object> on = new LinkedHashMap<>();
            on.put("architecture", platform.architecture());
            on.put("os", platform.os());
            if (platform.variant() != null) {
                on.put("variant", platform.variant());
            }
            json.put("platform", on);
        }
        String artifactType = descriptor.artifactType();
        if (artifactType != null) {
            json.put("artifactType", artifactType);
        }
        return json;
    }

    static Map<String, Object> typeSizeDigest(Descriptor descriptor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mediaType", descriptor.mediaType());
        json.put("size", descriptor.size());
        json.put("digest", descriptor.digest().toString());
        return json;
    }
}
