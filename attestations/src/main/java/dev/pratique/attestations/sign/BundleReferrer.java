package dev.pratique.attestations.sign;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.sign.EvidenceArtifact.Blob;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stores a bundle as cosign v3 does: a manifest whose subject is the image (cosign specs/BUNDLE_SPEC.md). */
public final class BundleReferrer {
    // image-spec manifest.md, "Guidance for an Empty Descriptor".
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);

    private BundleReferrer() {}

    /**
     * @param subject type, digest and size of the image's manifest or index
     * @param bundle around an envelope
     * @param predicateType of the statement in the envelope
     * @param created when it was made, as an annotation; written in whole seconds
     */
    public static EvidenceArtifact of(Descriptor subject, byte[] bundle, String predicateType, Instant created) {
        Map<String, Object> config = new LinkedHashMap<>(DescriptorJson.of(Descriptor.of(MediaType.OCI_EMPTY, EMPTY)));
        config.put("artifactType", MediaType.BUNDLE_V03);
        Map<String, String> annotations = new TreeMap<>();
        annotations.put("dev.sigstore.bundle.content", "dsse-envelope");
        annotations.put("dev.sigstore.bundle.predicateType", predicateType);
        annotations.put(
                "org.opencontainers.image.created",
                created.truncatedTo(ChronoUnit.SECONDS).toString());

        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", config);
        manifest.put("layers", List.of(DescriptorJson.of(Descriptor.of(MediaType.BUNDLE_V03, bundle))));
        manifest.put("annotations", annotations);
        manifest.put("subject", DescriptorJson.typeSizeDigest(subject));
        manifest.put("artifactType", MediaType.BUNDLE_V03);
        return EvidenceArtifact.referrer(
                subject.digest(),
                List.of(Blob.of(EMPTY), Blob.of(bundle)),
                JsonWriter.bytes(manifest),
                MediaType.BUNDLE_V03,
                annotations);
    }
}
