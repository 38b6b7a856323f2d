package dev.pratique.proxy.upstream;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One repository of a layout: its tags, and what is reachable from its entries. A digest that is not reachable is not
 * served, whatever lies in the blobs directory.
 */
final class LayoutRepository {
    /** An index in an index is as deep as images go; this bounds a layout that refers to itself. */
    private static final int MAX_MANIFESTS = 65_536;

    private final Map<String, Digest> tags = new HashMap<>();
    private final Map<Digest, String> manifests = new HashMap<>();
    private final Set<Digest> blobs = new HashSet<>();
    private final Map<Digest, List<Map<String, Object>>> referrers = new HashMap<>();

    private LayoutRepository() {}

    /** Reads all manifests of a repository. Blocking. */
    static LayoutRepository read(LayoutFiles files, LayoutIndex index, String registry, String name, boolean shared) {
        LayoutRepository repository = new LayoutRepository();
        List<LayoutIndex.Entry> unnamed = new ArrayList<>();
        for (LayoutIndex.Entry entry : index.entries()) {
            Optional<String> tag = entry.tagIn(registry, name, shared);
            if (tag.isPresent() || !shared) {
                tag.ifPresent(value -> repository.tags.put(value, entry.digest()));
                repository.add(files, name, entry);
            } else if (entry.name() == null) {
                unnamed.add(entry);
            }
        }
        repository.adopt(files, name, unnamed);
        return repository;
    }

    // In a shared index an entry without a name belongs to the repository that has its subject.
    private void adopt(LayoutFiles files, String name, List<LayoutIndex.Entry> unnamed) {
        List<LayoutIndex.Entry> left = unnamed;
        boolean more = true;
        while (more) {
            List<LayoutIndex.Entry> orphans = new ArrayList<>();
            for (LayoutIndex.Entry entry : left) {
                Optional<Digest> subject = manifest(files, name, entry.digest()).flatMap(Manifest::subject);
                if (subject.isPresent() && manifests.containsKey(subject.get())) {
                    add(files, name, entry);
                } else if (subject.isPresent()) {
                    orphans.add(entry);
                }
            }
            more = orphans.size() < left.size() && !orphans.isEmpty();
            left = orphans;
        }
    }

    private void add(LayoutFiles files, String name, LayoutIndex.Entry entry) {
        Deque<LayoutIndex.Entry> todo = new ArrayDeque<>(List.of(entry));
        while (!todo.isEmpty() && manifests.size() < MAX_MANIFESTS) {
            LayoutIndex.Entry next = todo.removeFirst();
            if (manifests.putIfAbsent(next.digest(), next.mediaType()) != null) {
                continue;
            }
            manifest(files, name, next.digest()).ifPresent(manifest -> {
                manifest.subject().ifPresent(subject -> refer(subject, next.digest(), manifest));
                if (manifest instanceof Manifest.Index list) {
                    list.manifests()
                            .forEach(child -> todo.add(new LayoutIndex.Entry(child.digest(), child.mediaType(), null)));
                } else if (manifest instanceof Manifest.Image image) {
                    blobs.add(image.config().digest());
                    image.layers().stream().map(Descriptor::digest).forEach(blobs::add);
                }
            });
        }
    }

    private void refer(Digest subject, Digest digest, Manifest manifest) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", manifest.mediaType());
        descriptor.put("digest", digest.toString());
        descriptor.put("size", (long) manifest.bytes().length);
        // distribution-spec, "Listing Referrers": the artifactType, or the config's type where there is none.
        if (manifest instanceof Manifest.Image image) {
            String type = image.artifactType();
            descriptor.put("artifactType", type != null ? type : image.config().mediaType());
        } else if (manifest instanceof Manifest.Index index && index.artifactType() != null) {
            descriptor.put("artifactType", index.artifactType());
        }
        if (!manifest.annotations().isEmpty()) {
            descriptor.put("annotations", manifest.annotations());
        }
        referrers.computeIfAbsent(subject, key -> new ArrayList<>()).add(descriptor);
    }

    private static Optional<Manifest> manifest(LayoutFiles files, String name, Digest digest) {
        Optional<Path> file = files.blob(name, digest);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = files.read(file.get(), Manifest.MAX_BYTES);
            return digest.matches(bytes) ? Optional.of(Manifest.parse(bytes, null)) : Optional.empty();
        } catch (IOException | MalformedEvidenceException unreadable) {
            // It leads nowhere; who asks for it by digest gets the bytes and judges them.
            return Optional.empty();
        }
    }

    /** The digest that a tag names. */
    Optional<Digest> tagged(String tag) {
        return Optional.ofNullable(tags.get(tag));
    }

    /** The media type of a manifest of this repository. */
    Optional<String> manifestType(Digest digest) {
        return Optional.ofNullable(manifests.get(digest));
    }

    /** Whether a blob belongs to a manifest of this repository, or is one. */
    boolean hasBlob(Digest digest) {
        return blobs.contains(digest) || manifests.containsKey(digest);
    }

    /** Whether the layout has nothing of this name. */
    boolean isEmpty() {
        return manifests.isEmpty();
    }

    /** All tags (distribution-spec, "Listing Tags"). */
    byte[] tagList(String name) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("name", name);
        list.put("tags", tags.keySet().stream().sorted().toList());
        return JsonWriter.bytes(list);
    }

    /** The manifests about this one, as an index. */
    byte[] referrersOf(Digest subject) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2L);
        index.put("mediaType", MediaType.OCI_INDEX);
        index.put("manifests", referrers.getOrDefault(subject, List.of()));
        return JsonWriter.bytes(index);
    }
}
