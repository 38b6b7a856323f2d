package dev.pratique.attestations.registry;

import java.util.List;

/** The port through which the domain reads registries. Implementations may be called from many threads at once. */
public interface RegistryReader {

    /**
     * Fetches all of these in parallel and waits for them. Never throws for what a registry does.
     *
     * @return one answer for each fetch, in the order of the fetches
     */
    List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline);

    /** One fetch. */
    default Fetched fetch(Fetch fetch, Deadline deadline) {
        return fetchAll(List.of(fetch), deadline).get(0);
    }
}
