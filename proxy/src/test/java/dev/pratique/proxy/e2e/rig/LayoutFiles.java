package dev.pratique.proxy.e2e.rig;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An OCI layout of whatever bytes it is given. */
public final class LayoutFiles {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";

    private final Path directory = Scratch.directory("layout");
    private final List<Object> manifests = new ArrayList<>();

    public LayoutFiles() {
        try {
            Files.createDirectories(directory.resolve("blobs/sha256"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** A runnable image of one small layer; says its digest. */
    public String image(String text) {
        Map<String, Object> config = put("application/vnd.oci.image.config.v1+json", JsonWriter.bytes(Map.of()));
        Map<String, Object> layer = put("application/vnd.oci.image.layer.v1.tar", JsonWriter.bytes(text));
        return manifest(Map.of(), config, layer);
    }

    /** A bundle of these bytes about that image, as a referrer. */
    public void bundle(byte[] bytes, String subject) {
        String type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("mediaType", MANIFEST);
        about.put("digest", subject);
        about.put("size", 1);
        manifest(
                Map.of("artifactType", type, "subject", about),
                put(EMPTY, JsonWriter.bytes(Map.of())),
                put(type, bytes));
    }

    /** A signature of cosign's older form about that image, with these annotations. */
    public void signature(byte[] payload, Map<String, String> annotations, String subject) {
        Map<String, Object> layer = put("application/vnd.dev.cosign.simplesigning.v1+json", payload);
        layer.put("annotations", annotations);
        manifest(Map.of(), put("application/vnd.oci.image.config.v1+json", JsonWriter.bytes(Map.of())), layer);
        tag(subject.replace(':', '-') + ".sig");
    }

    private String manifest(Map<String, Object> more, Map<String, Object> config, Map<String, Object> layer) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MANIFEST);
        manifest.putAll(more);
        manifest.put("config", config);
        manifest.put("layers", List.of(layer));
        Map<String, Object> descriptor = put(MANIFEST, JsonWriter.bytes(manifest));
        manifests.add(descriptor);
        index();
        return descriptor.get("digest").toString();
    }

    private void tag(String name) {
        Map<String, Object> last = new LinkedHashMap<>();
        ((Map<?, ?>) manifests.remove(manifests.size() - 1)).forEach((key, value) -> last.put(key.toString(), value));
        last.put("annotations", Map.of("org.opencontainers.image.ref.name", name));
        manifests.add(last);
        index();
    }

    private void index() {
        write("index.json", JsonWriter.bytes(Map.of("schemaVersion", 2, "manifests", manifests)));
    }

    private Map<String, Object> put(String mediaType, byte[] bytes) {
        Digest digest = Digest.sha256(bytes);
        write("blobs/sha256/" + digest.hex(), bytes);
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", mediaType);
        descriptor.put("digest", digest.toString());
        descriptor.put("size", bytes.length);
        return descriptor;
    }

    private void write(String name, byte[] bytes) {
        try {
            Files.write(directory.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
