package dev.pratique.signer.provenance;

import java.util.Map;
import java.util.Optional;

/**
 * Something that went into the build: in-toto's ResourceDescriptor, of which URI or digest must be there.
 *
 * @param digests by algorithm, in hex; empty where the digest was not seen
 * @param seen by what it is known, as {@code layers}; absent where the pipeline itself says so
 */
public record Material(Optional<String> uri, Map<String, String> digests, Optional<String> seen) {
    /** Where a reader finds by what a dependency is known. */
    static final String SEEN = "dev.pratique.seen";

    public Material {
        digests = Map.copyOf(digests);
        if (uri.isEmpty() && digests.isEmpty()) {
            throw new IllegalArgumentException("a resource has a URI or a digest");
        }
    }

    Map<String, Object> json() {
        return new Known()
                .with("uri", uri)
                .with("digest", new java.util.TreeMap<>(digests))
                .with("annotations", seen.map(how -> Map.of(SEEN, how)))
                .map();
    }
}
