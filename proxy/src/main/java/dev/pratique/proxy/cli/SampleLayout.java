package dev.pratique.proxy.cli;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.sign.EvidenceArtifact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One repository as an OCI image layout on disk (image-spec, image-layout.md). Used by one thread. */
final class SampleLayout {
    private final Path directory;
    private final List<Object> entries = new ArrayList<>();

    SampleLayout(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("blobs/sha256"));
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    }

    /** An image of these layers for linux/amd64, under a tag. */
    Descriptor image(String tag, List<TarGzip> layers) throws IOException {
        List<Object> descriptors = new ArrayList<>();
        for (TarGzip layer : layers) {
            blob(layer.bytes());
            descriptors.add(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer.bytes()));
        }
        byte[] config = config(layers.stream().map(TarGzip::diffId).toList());
        blob(config);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MediaType.OCI_MANIFEST);
        manifest.put("config", descriptor(MediaType.OCI_CONFIG, config));
        manifest.put("layers", descriptors);
        byte[] bytes = JsonWriter.bytes(manifest);
        blob(bytes);
        entry(MediaType.OCI_MANIFEST, bytes, tag);
        return Descriptor.of(MediaType.OCI_MANIFEST, bytes);
    }

    /** Evidence beside an image; a referrer has no tag. */
    void evidence(EvidenceArtifact artifact) throws IOException {
        for (EvidenceArtifact.Blob blob : artifact.blobs()) {
            blob(blob.bytes());
        }
        blob(artifact.manifest());
        String tag = artifact.tag().map(Object::toString).orElse("");
        entry(artifact.mediaType(), artifact.manifest(), tag);
    }

    private static byte[] config(List<Digest> diffIds) {
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put("diff_ids", diffIds.stream().map(Digest::toString).toList());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architecture", "amd64");
        config.put("os", "linux");
        config.put("config", Map.of("Cmd", List.of("/app")));
        config.put("rootfs", rootfs);
        return JsonWriter.bytes(config);
    }

    private void entry(String mediaType, byte[] bytes, String tag) throws IOException {
        Map<String, Object> entry = descriptor(mediaType, bytes);
        if (!tag.isEmpty()) {
            entry.put("annotations", Map.of("org.opencontainers.image.ref.name", tag));
        }
        entries.add(entry);
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", MediaType.OCI_INDEX);
        index.put("manifests", entries);
        Files.write(directory.resolve("index.json"), JsonWriter.bytes(index));
    }

    private void blob(byte[] bytes) throws IOException {
        Files.write(
                directory.resolve("blobs/sha256").resolve(Digest.sha256(bytes).hex()), bytes);
    }

    private static Map<String, Object> descriptor(String mediaType, byte[] bytes) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", Digest.sha256(bytes).toString());
        descriptor.put("size", bytes.length);
        return descriptor;
    }
}
