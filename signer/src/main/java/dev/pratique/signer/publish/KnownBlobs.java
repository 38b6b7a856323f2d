package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which blobs were seen or put where by this process. Thread safe. */
final class KnownBlobs {
    private final Set<Place> places = ConcurrentHashMap.newKeySet();
    private final Set<String> withoutMounts = ConcurrentHashMap.newKeySet();

    private record Place(Repository repository, Digest blob) {}

    void add(Repository repository, Digest blob) {
        places.add(new Place(repository, blob));
    }

    boolean isIn(Repository repository, Digest blob) {
        return places.contains(new Place(repository, blob));
    }

    /** Another repository of the same registry that it can be mounted from. */
    Optional<Repository> elsewhere(Repository repository, Digest blob) {
        if (withoutMounts.contains(repository.registry())) {
            return Optional.empty();
        }
        return places.stream()
                .filter(place -> place.blob().equals(blob))
                .map(Place::repository)
                .filter(other -> other.registry().equals(repository.registry()))
                .findFirst();
    }

    /** Nothing is mounted in this registry any more. */
    void noMounts(String registry) {
        withoutMounts.add(registry);
    }
}
