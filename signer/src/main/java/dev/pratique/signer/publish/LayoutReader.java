package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.signer.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the layout that an image is in for the domain, as if it were a registry with the referrers API. */
record LayoutReader(LayoutTarget target, Layout layout) implements RegistryReader {
    private static final Duration RETRY = Duration.ofSeconds(5);

    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        return fetches.stream().map(this::read).toList();
    }

    private Fetched read(Fetch fetch) {
        try {
            Optional<Fetched> found = find(fetch);
            return found.orElseGet(Fetched.Missing::new);
        } catch (Failure e) {
            return Fetched.Unread.because(e, e.what(), RETRY);
        }
    }

    private Optional<Fetched> find(Fetch fetch) throws Failure {
        if (fetch instanceof Fetch.ManifestOf manifest) {
            return target.find(manifest.reference()).map(LayoutReader::found);
        } else if (fetch instanceof Fetch.ManifestHead head) {
            return target.find(head.reference()).map(LayoutReader::found);
        } else if (fetch instanceof Fetch.BlobOf blob) {
            return layout.blob(blob.digest(), blob.maxBytes())
                    .map(bytes -> new Fetched.Found(bytes, null, blob.digest(), Optional.empty()));
        } else if (fetch instanceof Fetch.BlobHead head) {
            return layout.has(head.digest())
                    ? Optional.of(new Fetched.Found(new byte[0], null, head.digest(), Optional.empty()))
                    : Optional.empty();
        } else if (fetch instanceof Fetch.ReferrersOf referrers) {
            return Optional.of(list(Map.of("manifests", referrers(referrers.digest()))));
        }
        return Optional.of(list(Map.of("tags", tags())));
    }

    private static Fetched found(Manifest manifest) {
        return new Fetched.Found(manifest.bytes(), manifest.mediaType(), manifest.digest(), Optional.empty());
    }

    private static Fetched list(Map<String, Object> members) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("schemaVersion", 2);
        list.put("mediaType", MediaType.OCI_INDEX);
        list.putAll(members);
        byte[] bytes = JsonWriter.bytes(list);
        return new Fetched.Found(bytes, MediaType.OCI_INDEX, Digest.sha256(bytes), Optional.empty());
    }

    private List<Object> referrers(Digest subject) throws Failure {
        List<Object> found = new ArrayList<>();
        for (Layout.Entry entry : layout.index().entries()) {
            Descriptor descriptor = entry.descriptor();
            Optional<Manifest> manifest = layout.manifest(descriptor.digest(), descriptor.mediaType());
            if (manifest.isPresent() && manifest.get().subject().equals(Optional.of(subject))) {
                Map<String, Object> listed = new LinkedHashMap<>();
                listed.put("mediaType", manifest.get().mediaType());
                listed.put("digest", descriptor.digest().toString());
                listed.put("size", (long) manifest.get().bytes().length);
                listed.put("artifactType", descriptor.artifactType());
                found.add(listed);
            }
        }
        return found;
    }

    private List<String> tags() throws Failure {
        return layout.index().entries().stream()
                .flatMap(entry -> Stream.ofNullable(entry.name()))
                .map(name -> name.substring(name.lastIndexOf(':') + 1))
                .filter(Reference.Tag::isTag)
                .sorted()
                .toList();
    }
}
