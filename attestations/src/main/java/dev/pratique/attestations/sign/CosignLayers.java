package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.attestations.sign.EvidenceArtifact.Blob;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * cosign's older layouts: one manifest by tag, one layer for each signature or attestation (cosign SIGNATURE_SPEC.md).
 * What is there already is kept.
 */
public final class CosignLayers {
    public static final String SIGNATURE = "dev.cosignproject.cosign/signature";

    private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

    private CosignLayers() {}

    /**
     * A signature under the image's {@code .sig} tag.
     *
     * @param existing what the tag names now
     * @param payload the exact bytes that were signed
     * @param material that {@link SigningMaterial#fitsAnnotations}
     */
    public static EvidenceArtifact signature(
            Digest subject,
            Optional<Manifest.Image> existing,
            byte[] payload,
            byte[] signature,
            SigningMaterial material) {
        Map<String, String> annotations = new TreeMap<>(material.annotations());
        annotations.put(SIGNATURE, Base64.getEncoder().encodeToString(signature));
        return append(TagScheme.SIG.tagFor(subject), subject, existing, MediaType.SIMPLE_SIGNING, payload, annotations);
    }

    /**
     * An attestation under the image's {@code .att} tag.
     *
     * @param existing what the tag names now
     * @param material that {@link SigningMaterial#fitsAnnotations}
     */
    public static EvidenceArtifact attestation(
            Digest subject,
            Optional<Manifest.Image> existing,
            SignedEnvelope envelope,
            String predicateType,
            SigningMaterial material) {
        Map<String, String> annotations = new TreeMap<>(material.annotations());
        // The signature is in the envelope; cosign's readers still want the annotation, empty.
        annotations.put(SIGNATURE, "");
        annotations.put("predicateType", predicateType);
        byte[] layer = envelope.bytes();
        return append(TagScheme.ATT.tagFor(subject), subject, existing, MediaType.DSSE_ENVELOPE, layer, annotations);
    }

    private static EvidenceArtifact append(
            Reference.Tag tag,
            Digest subject,
            Optional<Manifest.Image> existing,
            String layerType,
            byte[] layer,
            Map<String, String> annotations) {
        List<Descriptor> layers =
                new ArrayList<>(existing.map(Manifest.Image::layers).orElse(List.of()));
        layers.add(new Descriptor(layerType, Digest.sha256(layer), layer.length, List.of(), annotations, null, null));
        String mediaType = existing.map(Manifest::mediaType).orElse(MediaType.OCI_MANIFEST);
        String configType =
                mediaType.equals(MediaType.DOCKER_MANIFEST) ? MediaType.DOCKER_CONFIG : MediaType.OCI_CONFIG;
        byte[] config = config(layers);

        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", mediaType);
        manifest.put("config", DescriptorJson.of(Descriptor.of(configType, config)));
        manifest.put("layers", layers.stream().map(DescriptorJson::of).toList());
        List<Blob> blobs = List.of(Blob.of(config), Blob.of(layer));
        return EvidenceArtifact.tagged(subject, blobs, JsonWriter.bytes(manifest), mediaType, tag);
    }

    // The layers are no archives: what stands for a diff_id is the layer's own digest.
    private static byte[] config(List<Descriptor> layers) {
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put(
                "diff_ids",
                layers.stream().map(layer -> layer.digest().toString()).toList());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architecture", "");
        config.put("created", ZERO_TIME);
        config.put(
                "history",
                layers.stream().map(layer -> Map.of("created", ZERO_TIME)).toList());
        config.put("os", "");
        config.put("rootfs", rootfs);
        config.put("config", Map.of());
        return JsonWriter.bytes(config);
    }
}
