package dev.pratique.attestations.registry;

/** How much evidence may still be held in memory by whoever asks for it. */
public interface EvidenceBudget {
    /** Where one image is looked at and nothing else: {@code EvidenceLimits} are all that holds. */
    EvidenceBudget UNSHARED = bytes -> true;

    /**
     * Takes so many bytes, or none at all. Never waits.
     *
     * @param bytes not negative
     * @return whether they were taken
     */
    boolean take(long bytes);
}
