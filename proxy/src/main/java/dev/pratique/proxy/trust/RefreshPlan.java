package dev.pratique.proxy.trust;

import dev.pratique.config.RootCache.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a root is asked for next. */
final class RefreshPlan {
    /** Sigstore signs its timestamp anew every few days, and it holds for a week. */
    static final Duration USUAL = Duration.ofDays(1);
    /** After a failure; it doubles with each further one. */
    static final Duration FIRST_RETRY = Duration.ofMinutes(5);

    static final Duration LAST_RETRY = Duration.ofHours(6);

    private RefreshPlan() {}

    /**
     * After a start or an update: a day after the last, earlier where its metadata expires before.
     *
     * @param jitter from 0 to 1: proxies that were started together do not ask together
     */
    static Instant next(Optional<Standing> standing, Instant now, double jitter) {
        Instant soon = now.plus(scaled(Duration.ofMinutes(1), jitter));
        return standing.flatMap(Standing::accepted)
                .map(accepted -> {
                    Duration life = Duration.between(accepted.updated(), accepted.expires());
                    Duration wait = life.dividedBy(2).compareTo(USUAL) < 0 ? life.dividedBy(2) : USUAL;
                    Instant due = accepted.updated().plus(scaled(wait, 0.9 + jitter / 10));
                    return due.isBefore(soon) ? soon : due;
                })
                .orElse(soon);
    }

    /** @param failures in a row, at least one */
    static Instant afterFailure(int failures, Instant now, double jitter) {
        Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration bounded = wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait;
        return now.plus(scaled(bounded, 0.75 + jitter / 2));
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofMillis(Math.round(duration.toMillis() * factor));
    }
}
