package dev.pratique.signer.provenance;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What went into an image, each thing once: by what it is known best, which is what was added first. */
final class Materials {
    private static final String IMAGE = "pkg:docker/";

    private final Map<Object, Material> all = new LinkedHashMap<>();

    /** Of one content in one repository. */
    private record Content(String where, Map<String, String> digests) {}

    void add(Material material) {
        String uri = material.uri().orElse("");
        // Without a digest nothing says that two tags are the same.
        Object key = material.digests().isEmpty() ? uri : new Content(where(uri), material.digests());
        all.putIfAbsent(key, material);
    }

    void addAll(List<Material> materials) {
        materials.forEach(this::add);
    }

    List<Material> list() {
        return new ArrayList<>(all.values());
    }

    /** An image without its tag and what is said about it; any other URI as it is. */
    private static String where(String uri) {
        return uri.startsWith(IMAGE) ? uri.split("[@?]", 2)[0] : uri;
    }

    /** An image, of which the digest was seen. */
    static Material image(Repository repository, Optional<String> tag, Digest digest, String seen) {
        return new Material(
                Optional.of(PackageUrl.of(repository, tag, Optional.of(digest))),
                Map.of(digest.algorithm().prefix(), digest.hex()),
                Optional.of(seen));
    }
}
