package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Platform;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The approved base images.
 *
 * @param version only goes up
 */
public record Catalog(long version, List<BaseImage> bases) {
    public Catalog {
        bases = List.copyOf(bases);
    }

    /** No base is approved. */
    public static Catalog empty() {
        return new Catalog(0, List.of());
    }

    /** Where an approved base stands in its life. Dates are days in UTC and count from their first moment. */
    public enum Phase {
        NOT_YET_APPROVED,
        APPROVED,
        DEPRECATED,
        END_OF_LIFE
    }

    /**
     * One version of a base image.
     *
     * @param digests of its manifests or index, for people and for diffing
     * @param platforms how its layers are recognised on each platform
     * @param replacement what to use instead, for people
     */
    public record BaseImage(
            String name,
            String version,
            String owner,
            Set<Digest> digests,
            Map<Platform, PlatformBase> platforms,
            Optional<LocalDate> approved,
            Optional<LocalDate> deprecated,
            Optional<LocalDate> endOfLife,
            Optional<String> replacement) {
        public BaseImage {
            digests = Set.copyOf(digests);
            platforms = Map.copyOf(platforms);
        }

        /** The phase at this moment. */
        public Phase phaseAt(Instant now) {
            if (endOfLife.isPresent() && reached(endOfLife.get(), now)) {
                return Phase.END_OF_LIFE;
            }
            if (approved.isPresent() && !reached(approved.get(), now)) {
                return Phase.NOT_YET_APPROVED;
            }
            if (deprecated.isPresent() && reached(deprecated.get(), now)) {
                return Phase.DEPRECATED;
            }
            return Phase.APPROVED;
        }

        /** The next moment at which the phase is another. */
        public Optional<Instant> nextChange(Instant now) {
            return List.of(approved, deprecated, endOfLife).stream()
                    .flatMap(Optional::stream)
                    .map(date -> date.atStartOfDay(ZoneOffset.UTC).toInstant())
                    .filter(change -> change.isAfter(now))
                    .min(Instant::compareTo);
        }

        /** Name and version. */
        public String label() {
            return name + " " + version;
        }

        private static boolean reached(LocalDate date, Instant now) {
            return !date.atStartOfDay(ZoneOffset.UTC).toInstant().isAfter(now);
        }
    }

    /**
     * The whole stack of a base's layers on one platform.
     *
     * @param layers how many there are; at least one of them has content
     */
    public record PlatformBase(ChainId chainId, int layers) {}
}
