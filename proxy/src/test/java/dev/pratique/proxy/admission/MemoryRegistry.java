package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.sign.EvidenceArtifact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A registry in memory that answers as a real one does, or as the test says instead. */
final class MemoryRegistry implements RegistryReader {
    private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, List<Map<String, Object>>> referrers = new ConcurrentHashMap<>();
    final List<Fetch> asked = new CopyOnWriteArrayList<>();
    /** Answers before the registry does. */
    volatile Function<Fetch, Optional<Fetched>> fault = fetch -> Optional.empty();

    Digest manifest(Repository repository, byte[] bytes, String... tags) {
        Digest digest = Digest.sha256(bytes);
        manifests.put(repository + "|" + digest, bytes);
        for (String tag : tags) {
            manifests.put(repository + "|" + tag, bytes);
        }
        return digest;
    }

    Digest blob(Repository repository, byte[] bytes) {
        return blob(repository, bytes, Digest.Algorithm.SHA256);
    }

    Digest blob(Repository repository, byte[] bytes, Digest.Algorithm algorithm) {
        Digest digest = Digest.of(algorithm, bytes);
        blobs.put(repository + "|" + digest, bytes);
        return digest;
    }

    /** Under that digest or tag, and nowhere else. */
    void manifestAt(Repository repository, String reference, byte[] bytes) {
        manifests.put(repository + "|" + reference, bytes);
    }

    void forget(Repository repository, String reference) {
        manifests.remove(repository + "|" + reference);
    }

    int sizeOf(Repository repository, Digest digest) {
        return manifests.get(repository + "|" + digest).length;
    }

    /** Whether these bytes are what the fetch would bring. */
    boolean asks(Fetch fetch, byte[] manifest) {
        return fetch instanceof Fetch.ManifestOf wanted
                && manifests.get(wanted.repository() + "|" + wanted.reference()) == manifest;
    }

    void attach(Repository repository, EvidenceArtifact evidence) {
        evidence.blobs().forEach(blob -> blob(repository, blob.bytes()));
        String[] tags = evidence.tag().map(tag -> new String[] {tag.value()}).orElse(new String[0]);
        manifest(repository, evidence.manifest(), tags);
        if (evidence.tag().isEmpty()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("mediaType", evidence.mediaType());
            entry.put("digest", evidence.digest().toString());
            entry.put("size", evidence.manifest().length);
            referrers
                    .computeIfAbsent(repository + "|" + evidence.subject(), key -> new CopyOnWriteArrayList<>())
                    .add(entry);
        }
    }

    void unreachable() {
        fault = fetch -> Optional.of(new Fetched.Unread("connection refused", Duration.ofSeconds(1)));
    }

    void reachable() {
        fault = fetch -> Optional.empty();
    }

    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        List<Fetched> answers = new ArrayList<>();
        for (Fetch fetch : fetches) {
            asked.add(fetch);
            answers.add(fault.apply(fetch).orElseGet(() -> answer(fetch)));
        }
        return answers;
    }

    private Fetched answer(Fetch fetch) {
        if (fetch instanceof Fetch.ManifestOf wanted) {
            return manifestAnswer(manifests.get(wanted.repository() + "|" + wanted.reference()));
        }
        if (fetch instanceof Fetch.ManifestHead wanted) {
            byte[] bytes = manifests.get(wanted.repository() + "|" + wanted.reference());
            return bytes == null
                    ? new Fetched.Missing()
                    : new Fetched.Found(new byte[0], null, Digest.sha256(bytes), Optional.empty());
        }
        if (fetch instanceof Fetch.ReferrersOf wanted) {
            List<Map<String, Object>> listed =
                    referrers.getOrDefault(wanted.repository() + "|" + wanted.digest(), List.of());
            byte[] index =
                    JsonWriter.bytes(Map.of("schemaVersion", 2, "mediaType", MediaType.OCI_INDEX, "manifests", listed));
            return new Fetched.Found(index, MediaType.OCI_INDEX, Digest.sha256(index), Optional.empty());
        }
        if (fetch instanceof Fetch.TagsOf) {
            return tags(fetch.repository());
        }
        Digest digest = fetch instanceof Fetch.BlobOf blob ? blob.digest() : ((Fetch.BlobHead) fetch).digest();
        byte[] bytes = blobs.get(fetch.repository() + "|" + digest);
        return bytes == null ? new Fetched.Missing() : new Fetched.Found(bytes, null, digest, Optional.empty());
    }

    private Fetched tags(Repository repository) {
        String own = repository + "|";
        List<String> names = manifests.keySet().stream()
                .filter(key -> key.startsWith(own))
                .map(key -> key.substring(own.length()))
                .toList();
        if (names.isEmpty()) {
            return new Fetched.Missing();
        }
        List<String> tags =
                names.stream().filter(name -> !name.contains(":")).sorted().toList();
        byte[] list = JsonWriter.bytes(Map.of("name", repository.name(), "tags", tags));
        return new Fetched.Found(list, "application/json", null, Optional.empty());
    }

    private static Fetched manifestAnswer(byte[] bytes) {
        return bytes == null
                ? new Fetched.Missing()
                : new Fetched.Found(bytes, null, Digest.sha256(bytes), Optional.empty());
    }
}
