package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.proxy.store.ContentStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads content to judge by from the store where it is there, else from the registry, and stores it. What is stored has the
 * digest that was asked for; reading it to judge by gives nobody a right to it. Judge threads only.
 */
final class StoredFirst implements RegistryReader {
    private final RegistryReader registry;
    private final ContentStore content;

    StoredFirst(RegistryReader registry, ContentStore content) {
        this.registry = registry;
        this.content = content;
    }

    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        List<Fetched> answers = new ArrayList<>();
        List<Fetch> missing = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (Fetch fetch : fetches) {
            Optional<Fetched> stored = digestOf(fetch).flatMap(digest -> stored(digest, fetch.maxBytes()));
            if (stored.isEmpty()) {
                places.add(answers.size());
                missing.add(fetch);
            }
            answers.add(stored.orElseGet(Fetched.Missing::new));
        }
        List<Fetched> fetched = missing.isEmpty() ? List.of() : registry.fetchAll(missing, deadline);
        for (int i = 0; i < fetched.size(); i++) {
            answers.set(places.get(i), fetched.get(i));
            keep(missing.get(i), fetched.get(i));
        }
        return answers;
    }

    private static Optional<Digest> digestOf(Fetch fetch) {
        if (fetch instanceof Fetch.BlobOf blob) {
            return Optional.of(blob.digest());
        }
        return fetch instanceof Fetch.ManifestOf manifest && manifest.reference() instanceof Reference.ByDigest by
                ? Optional.of(by.digest())
                : Optional.empty();
    }

    private Optional<Fetched> stored(Digest digest, long maxBytes) {
        try {
            return content.read(digest, (int) Math.min(maxBytes, Integer.MAX_VALUE - 8))
                    .map(bytes -> new Fetched.Found(bytes, null, digest, Optional.empty()));
        } catch (IOException e) {
            return Optional.empty(); // fetched, as if it had never been stored
        }
    }

    private void keep(Fetch fetch, Fetched answer) {
        Optional<Digest> digest = digestOf(fetch);
        if (digest.isPresent() && answer instanceof Fetched.Found found) {
            content.put(digest.get(), found.bytes());
        }
    }
}
