package dev.pratique.proxy.admission;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Evidence of an image: what is stored while it is fresh, else what the registry has, together with what is stored where
 * the registry cannot be asked. Judge threads only.
 */
final class EvidenceKeeper {
    /** How soon the registry is tried again when old evidence had to do. */
    private static final Duration RETRY_STALE = Duration.ofMinutes(1);

    private final EvidenceFinder finder;
    private final VerdictStore records;
    private final InstantSource clock;

    EvidenceKeeper(EvidenceFinder finder, VerdictStore records, InstantSource clock) {
        this.finder = finder;
        this.records = records;
        this.clock = clock;
    }

    /**
     * Evidence to judge by.
     *
     * @param goodUntil when it must be looked for again
     * @param fromStore whether the registry was not asked
     * @param worthKeeping whether it is to be stored with the verdict
     */
    record Kept(FoundEvidence found, Instant goodUntil, boolean fromStore, boolean worthKeeping) {}

    /** Stored evidence that is not yet due to be looked for again. */
    Optional<Kept> stored(
            Repository repository, Digest digest, AdmissionSettings settings, EvidenceMemory.Share memory) {
        Instant now = clock.instant();
        return held(repository, digest, memory)
                .filter(found -> !found.foundAt().isAfter(now))
                .filter(found -> now.isBefore(found.foundAt().plus(settings.recheck())))
                .map(found -> new Kept(found, found.foundAt().plus(settings.recheck()), true, false));
    }

    /** Asks the registry. */
    Kept look(
            Repository repository,
            Digest digest,
            AdmissionSettings settings,
            Deadline deadline,
            EvidenceMemory.Share memory) {
        Instant now = clock.instant();
        FoundEvidence found = finder.find(repository, digest, deadline, now, memory);
        if (found.unread().isEmpty()) {
            return new Kept(found, now.plus(settings.recheck()), false, true);
        }
        Optional<FoundEvidence> stored = held(repository, digest, memory)
                .filter(old -> !old.foundAt().isAfter(now))
                .filter(old -> now.isBefore(old.foundAt().plus(settings.maxStale())));
        if (stored.isEmpty()) {
            return new Kept(found, now.plus(settings.recheck()), false, true);
        }
        Instant stale = stored.get().foundAt().plus(settings.maxStale());
        Instant retry = now.plus(RETRY_STALE);
        return new Kept(merge(found, stored.get()), stale.isBefore(retry) ? stale : retry, false, false);
    }

    private Optional<FoundEvidence> held(Repository repository, Digest digest, EvidenceMemory.Share memory) {
        return records.evidence(repository, digest)
                .filter(found -> memory.take(found.items().stream()
                        .mapToLong(item -> item.bytes().length)
                        .sum()));
    }

    private static FoundEvidence merge(FoundEvidence found, FoundEvidence stored) {
        List<EvidenceBytes> items = new ArrayList<>(found.items());
        items.addAll(stored.items());
        Set<EvidenceLimit> limits = new HashSet<>(found.limits());
        limits.addAll(stored.limits());
        return new FoundEvidence(items, found.unread(), found.broken(), limits, stored.foundAt());
    }
}
