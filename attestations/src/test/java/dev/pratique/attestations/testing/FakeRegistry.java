package dev.pratique.attestations.testing;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A registry in memory that keeps the port's promises: bytes asked for by digest have it, and no body is too long. */
public final class FakeRegistry implements RegistryReader {
    public static final Fetched MISSING = new Fetched.Missing();

    private final Map<String, Fetched> answers = new HashMap<>();
    private final List<Fetch> asked = new ArrayList<>();

    public static Fetched found(byte[] bytes, @Nullable String contentType) {
        return new Fetched.Found(bytes, contentType, null, Optional.empty());
    }

    /** @param place as {@link #place} says it */
    public FakeRegistry answer(String place, Fetched answer) {
        answers.put(place, answer);
        return this;
    }

    public Digest manifest(byte[] bytes, String contentType) {
        Digest digest = Digest.sha256(bytes);
        answer("manifests/" + digest, found(bytes, contentType));
        return digest;
    }

    public Digest blob(byte[] bytes) {
        Digest digest = Digest.sha256(bytes);
        answer("blobs/" + digest, found(bytes, null));
        return digest;
    }

    public List<Fetch> asked() {
        return asked;
    }

    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        asked.addAll(fetches);
        return fetches.stream().map(this::read).toList();
    }

    private Fetched read(Fetch fetch) {
        Fetched answer = answers.getOrDefault(place(fetch), MISSING);
        if (!(answer instanceof Fetched.Found found)) {
            return answer;
        }
        if (found.bytes().length > fetch.maxBytes()) {
            return new Fetched.Wrong("the body is larger than " + fetch.maxBytes() + " bytes");
        }
        Optional<Digest> wanted = wanted(fetch);
        return wanted.isPresent() && !wanted.get().matches(found.bytes())
                ? new Fetched.Wrong("the bytes have another digest")
                : answer;
    }

    private static Optional<Digest> wanted(Fetch fetch) {
        if (fetch instanceof Fetch.ManifestOf manifest && manifest.reference() instanceof Reference.ByDigest by) {
            return Optional.of(by.digest());
        }
        return fetch instanceof Fetch.BlobOf blob ? Optional.of(blob.digest()) : Optional.empty();
    }

    /** Where a fetch goes, as the path after the repository. */
    public static String place(Fetch fetch) {
        if (fetch instanceof Fetch.ManifestOf manifest) {
            return "manifests/" + manifest.reference();
        }
        if (fetch instanceof Fetch.BlobOf blob) {
            return "blobs/" + blob.digest();
        }
        if (fetch instanceof Fetch.ReferrersOf referrers) {
            return "referrers/" + referrers.digest()
                    + referrers.page().map(page -> "?" + page).orElse("");
        }
        throw new AssertionError("nothing in the domain asks for " + fetch);
    }
}
