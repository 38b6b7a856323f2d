package dev.pratique.config;

import dev.pratique.attestations.certificate.PinnedCertificate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The roots that a signer may rest on, by their names. One that cannot be used, and is complained about, is among all of
 * them.
 *
 * @param publicGood those that are the public Sigstore
 * @param ofProviders whose certificates say which issuer vouched: all but those with authorities of one's own
 * @param ofOnesOwn those with authorities of the operator's own. What another root has of logs says nothing of whom it
 *     certifies: GitHub's has none for certificates, and is everybody's
 * @param witnesses that ask for a log entry or a timestamp, so that they say something of what a plain key signs
 * @param configured empty for one that cannot be used
 */
record KnownRoots(
        KnownNames known,
        Set<String> publicGood,
        Set<String> ofProviders,
        Set<String> ofOnesOwn,
        Set<String> witnesses,
        Map<String, Optional<ConfiguredRoot>> configured) {
    KnownRoots {
        publicGood = Set.copyOf(publicGood);
        ofProviders = Set.copyOf(ofProviders);
        ofOnesOwn = Set.copyOf(ofOnesOwn);
        witnesses = Set.copyOf(witnesses);
        configured = Collections.unmodifiableMap(new LinkedHashMap<>(configured));
    }

    /**
     * Those of the operator's own files whose authorities issued a certificate. Of what is refreshed none is among them: a
     * configuration that is in order must not cease to be so by what a repository says.
     */
    Set<String> thatIssued(PinnedCertificate pinned) {
        return configured.entrySet().stream()
                .filter(named -> named.getValue()
                        .map(root -> !changes(root) && issued(root, pinned))
                        .orElse(true))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** One that issued it and is refreshed. */
    Optional<String> refreshedThatIssued(PinnedCertificate pinned) {
        return configured.values().stream()
                .flatMap(Optional::stream)
                .filter(root -> changes(root) && issued(root, pinned))
                .map(ConfiguredRoot::name)
                .findFirst();
    }

    // Who certifies is then what a repository says.
    private static boolean changes(ConfiguredRoot root) {
        return root.refreshed().isPresent() && root.own().isEmpty();
    }

    private static boolean issued(ConfiguredRoot root, PinnedCertificate pinned) {
        return root.authorities().anyMatch(pinned::isIssuedBy);
    }
}
