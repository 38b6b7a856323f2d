package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Serves an OCI layout as a registry that validates nothing: files under the digests that they are named after. */
public final class LayoutRegistry {
    private LayoutRegistry() {}

    /**
     * @param listReferrers whether the registry has the referrers API, and makes its lists from the manifests' subjects
     *     where {@code referrers/} has none
     */
    public static FakeRegistry read(Path layout, boolean listReferrers) {
        try {
            FakeRegistry registry = new FakeRegistry();
            for (Path blob : files(layout.resolve("blobs/sha256"))) {
                registry.answer("blobs/sha256:" + blob.getFileName(), FakeRegistry.found(Shared.bytes(blob), null));
            }
            for (Path blob : files(layout.resolve("blobs/sha256"))) {
                serveIfManifest(registry, blob);
            }
            Map<String, List<Object>> referrers = new HashMap<>();
            JsonObject index = Shared.object(layout.resolve("index.json"));
            for (JsonObject descriptor : Shared.objects(index.get("manifests"))) {
                serve(registry, layout, descriptor, referrers);
            }
            if (listReferrers) {
                referrers.forEach((subject, list) -> registry.answer(
                        "referrers/" + subject, FakeRegistry.found(Shelf.index(list), MediaType.OCI_INDEX)));
            }
            for (Path list : files(layout.resolve("referrers"))) {
                String hex = list.getFileName()
                        .toString()
                        .replace(".json", "")
                        .replace("sha256:", "")
                        .replace("sha256-", "");
                registry.answer("referrers/sha256:" + hex, FakeRegistry.found(Shared.bytes(list), MediaType.OCI_INDEX));
            }
            return registry;
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(layout.toString(), e);
        }
    }

    // What an index names is in a layout's blobs only; a registry has it as a manifest too.
    private static void serveIfManifest(FakeRegistry registry, Path blob) {
        try {
            byte[] bytes = Shared.bytes(blob);
            String type = StrictJson.parseObject(bytes, "manifest", 4 << 20)
                    .findString("mediaType")
                    .orElse("");
            if (MediaType.isManifest(type) || MediaType.isIndex(type)) {
                registry.answer("manifests/sha256:" + blob.getFileName(), FakeRegistry.found(bytes, type));
            }
        } catch (MalformedEvidenceException e) {
            registry.answer("manifests/sha256:" + blob.getFileName(), FakeRegistry.MISSING);
        }
    }

    private static void serve(
            FakeRegistry registry, Path layout, JsonObject descriptor, Map<String, List<Object>> referrers)
            throws MalformedEvidenceException {
        String digest = descriptor.getString("digest");
        Path file = layout.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
        if (!Files.exists(file)) {
            return;
        }
        var found = FakeRegistry.found(Shared.bytes(file), descriptor.getString("mediaType"));
        registry.answer("manifests/" + digest, found);
        String tag = descriptor.stringsOrEmpty("annotations", 100).get("org.opencontainers.image.ref.name");
        if (tag != null) {
            registry.answer("manifests/" + tag, found);
        }
        try {
            JsonObject manifest = StrictJson.parseObject(Shared.bytes(file), "manifest", 4 << 20);
            if (manifest.findObject("subject").isPresent()) {
                Map<String, Object> entry = Evidence.map(
                        "mediaType",
                        descriptor.getString("mediaType"),
                        "digest",
                        digest,
                        "size",
                        Shared.bytes(file).length,
                        "artifactType",
                        manifest.findString("artifactType").orElse(null));
                referrers
                        .computeIfAbsent(manifest.getObject("subject").getString("digest"), any -> new ArrayList<>())
                        .add(entry);
            }
        } catch (MalformedEvidenceException e) {
            // A hostile case's manifest need not be one; it is served as it is.
            registry.answer("manifests/" + digest, found);
        }
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
