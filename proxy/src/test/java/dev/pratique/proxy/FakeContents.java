package dev.pratique.proxy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.proxy.FakeRegistry.Answer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a fake registry has, by path below {@code /v2/}. */
final class FakeContents {
    private record Content(String mediaType, byte[] bytes) {}

    private final Map<String, Content> contents = new ConcurrentHashMap<>();

    Digest blob(String repository, byte[] bytes) {
        Digest digest = Digest.sha256(bytes);
        contents.put(repository + "/blobs/" + digest, new Content("application/octet-stream", bytes));
        return digest;
    }

    Digest manifest(String repository, String mediaType, byte[] bytes, String... tags) {
        Digest digest = Digest.sha256(bytes);
        contents.put(repository + "/manifests/" + digest, new Content(mediaType, bytes));
        for (String tag : tags) {
            contents.put(repository + "/manifests/" + tag, new Content(mediaType, bytes));
        }
        return digest;
    }

    void remove(String path) {
        contents.remove(path);
    }

    /** A 200, or nothing. */
    Optional<Answer> answer(String path, boolean referrers) {
        int list = path.indexOf("/referrers/");
        if (list > 0) {
            return referrers
                    ? Optional.of(referrersOf(path.substring(0, list), path.substring(list + 11)))
                    : Optional.empty();
        }
        int tags = path.indexOf("/tags/list");
        if (tags > 0) {
            return tagsOf(path.substring(0, tags));
        }
        Content content = contents.get(path);
        if (content == null) {
            return Optional.empty();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", content.mediaType());
        headers.put("Docker-Content-Digest", Digest.sha256(content.bytes()).toString());
        return Optional.of(new Answer(200, headers, content.bytes()));
    }

    private Optional<Answer> tagsOf(String repository) {
        String manifests = repository + "/manifests/";
        List<String> tags = contents.keySet().stream()
                .filter(path -> path.startsWith(manifests))
                .map(path -> path.substring(manifests.length()))
                .filter(reference -> !reference.contains(":"))
                .sorted()
                .toList();
        byte[] list = JsonWriter.bytes(Map.of("name", repository, "tags", tags));
        return tags.isEmpty()
                ? Optional.empty()
                : Optional.of(new Answer(200, Map.of("Content-Type", "application/json"), list));
    }

    private Answer referrersOf(String repository, String digest) {
        List<Object> found = new ArrayList<>();
        contents.forEach((path, content) -> {
            if (path.startsWith(repository + "/manifests/sha256:") && refersTo(content, digest)) {
                found.add(Map.of(
                        "mediaType",
                        content.mediaType(),
                        "digest",
                        path.substring(path.lastIndexOf('/') + 1),
                        "size",
                        (long) content.bytes().length));
            }
        });
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2L);
        index.put("mediaType", MediaType.OCI_INDEX);
        index.put("manifests", found);
        return new Answer(200, Map.of("Content-Type", MediaType.OCI_INDEX), JsonWriter.bytes(index));
    }

    private static boolean refersTo(Content content, String digest) {
        try {
            return Manifest.parse(content.bytes(), content.mediaType())
                    .subject()
                    .map(Digest::toString)
                    .filter(digest::equals)
                    .isPresent();
        } catch (Exception hostile) {
            return false;
        }
    }
}
