package dev.pratique.attestations.registry;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A manifest about another one, as its own bytes say (distribution-spec, "Listing Referrers"); no list's word counts.
 *
 * @param artifactType the manifest's, or its configuration's type; null for an index that says none, and where it is
 *     too long for a media type
 * @param annotations the manifest's; empty where they are longer than {@link DiscoveryLimits#MAX_ANNOTATION_CHARS}
 */
public record Referrer(
        Digest digest,
        String mediaType,
        long size,
        @Nullable String artifactType,
        Map<String, String> annotations) {
    /** RFC 6838 section 4.2: two names of 127 characters; nothing else bounds what a manifest says here. */
    private static final int MAX_TYPE = 255;

    public Referrer {
        annotations = Map.copyOf(annotations);
    }

    /** @param digest that the manifest was asked for by, and has */
    static Referrer of(Digest digest, Manifest manifest) {
        return new Referrer(
                digest,
                manifest.mediaType(),
                manifest.bytes().length,
                artifactType(manifest),
                chars(manifest.annotations()) > DiscoveryLimits.MAX_ANNOTATION_CHARS
                        ? Map.of()
                        : manifest.annotations());
    }

    // distribution-spec: "If the artifactType is empty or missing in the image manifest, the value of artifactType MUST
    // be set to the config descriptor mediaType"; in an index "the artifactType MUST be omitted".
    private static @Nullable String artifactType(Manifest manifest) {
        String own = manifest instanceof Manifest.Image image
                ? image.artifactType()
                : ((Manifest.Index) manifest).artifactType();
        if (own != null && !own.isEmpty()) {
            return own.length() > MAX_TYPE ? null : own;
        }
        return manifest instanceof Manifest.Image image ? image.config().mediaType() : null;
    }

    private static long chars(Map<String, String> annotations) {
        return annotations.entrySet().stream()
                .mapToLong(each -> each.getKey().length() + each.getValue().length())
                .sum();
    }

    /** Plain values for a writer of JSON, as a descriptor in an index. */
    public Map<String, Object> descriptor() {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", digest.toString());
        descriptor.put("size", size);
        descriptor.put("artifactType", artifactType);
        descriptor.put("annotations", annotations.isEmpty() ? null : new TreeMap<>(annotations));
        return descriptor;
    }
}
