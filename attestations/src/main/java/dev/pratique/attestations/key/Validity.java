package dev.pratique.attestations.key;

import java.time.Instant;
import java.util.Optional;

/**
 * When a key, an authority or a log counts. The moment that matters is that of signing where somebody who is trusted vouches
 * for it, else that of the judgement: a key that has ended then no longer proves anything, whenever it says it signed.
 *
 * @param from it counts from this moment on; empty: always did
 * @param until it no longer counts from this moment on; empty: for ever
 */
public record Validity(Optional<Instant> from, Optional<Instant> until) {
    public static final Validity ALWAYS = new Validity(Optional.empty(), Optional.empty());

    /** Where a moment lies. */
    public enum State {
        NOT_BEGUN,
        VALID,
        ENDED
    }

    /** @throws IllegalArgumentException where it ends before it begins, or as it begins */
    public Validity {
        if (from.isPresent() && until.isPresent() && !until.get().isAfter(from.get())) {
            throw new IllegalArgumentException("a validity that never is");
        }
    }

    /**
     * That of a range whose ends both belong to it, as Sigstore's TimeRange has them.
     *
     * @param last the last moment; empty: for ever
     * @throws IllegalArgumentException where it ends before it begins
     */
    public static Validity closed(Instant first, Optional<Instant> last) {
        // An Instant has nanoseconds and nothing between them.
        return new Validity(Optional.of(first), last.map(moment -> moment.plusNanos(1)));
    }

    /** Whether it neither begins nor ends. */
    public boolean isAlways() {
        return from.isEmpty() && until.isEmpty();
    }

    public State at(Instant moment) {
        if (from.isPresent() && moment.isBefore(from.get())) {
            return State.NOT_BEGUN;
        }
        return until.isPresent() && !moment.isBefore(until.get()) ? State.ENDED : State.VALID;
    }
}
