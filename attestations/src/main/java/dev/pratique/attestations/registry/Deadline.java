package dev.pratique.attestations.registry;

import java.time.Duration;
import java.time.Instant;

/**
 * When somebody stops waiting. The domain never reads a clock; who fetches compares with its own.
 *
 * @param at the moment after which an answer is of no use
 */
public record Deadline(Instant at) {

    /** @param now the caller's time */
    public static Deadline after(Instant now, Duration patience) {
        return new Deadline(now.plus(patience));
    }

    /** Time left, never negative. */
    public Duration remaining(Instant now) {
        Duration left = Duration.between(now, at);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
