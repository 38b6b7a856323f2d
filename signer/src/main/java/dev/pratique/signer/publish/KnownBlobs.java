package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which blobs were seen or put where by this process. Thread safe. */
final class KnownBlobs {
    private final Map<Digest, Set<Repository>> places = new ConcurrentHashMap<>();
    private final Set<String> withoutMounts = ConcurrentHashMap.newKeySet();

    void add(Repository repository, Digest blob) {
        places.computeIfAbsent(blob, any -> ConcurrentHashMap.newKeySet()).add(repository);
    }

    boolean isIn(Repository repository, Digest blob) {
        return places.getOrDefault(blob, Set.of()).contains(repository);
    }

    /** Another repository of the same registry that it can be mounted from. */
    Optional<Repository> elsewhere(Repository repository, Digest blob) {
        if (withoutMounts.contains(repository.registry())) {
            return Optional.empty();
        }
        return places.getOrDefault(blob, Set.of()).stream()
                .filter(other -> other.registry().equals(repository.registry()))
                .findFirst();
    }

    /** Nothing is mounted in this registry any more. */
    void noMounts(String registry) {
        withoutMounts.add(registry);
    }
}
