package dev.pratique.proxy.trust;

import dev.pratique.attestations.trust.tuf.AcceptedTarget;
import dev.pratique.attestations.trust.tuf.TufException;
import dev.pratique.attestations.trust.tuf.TufFetcher;
import dev.pratique.config.ConfiguredRoot;
import dev.pratique.config.RefreshedRoot;
import dev.pratique.config.RootCache;
import dev.pratique.proxy.admin.Metrics;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the roots of the configuration in force, each at its time, on a thread of its own. What comes is a change of the
 * files that the configuration is read from: whoever follows those brings it into force.
 */
public final class RootRefresher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");
    private static final int LOOK_SECONDS = 10;

    private final Supplier<List<ConfiguredRoot>> roots;
    private final RootCache cache;
    private final Function<URI, TufFetcher> repositories;
    private final Metrics metrics;
    private final InstantSource clock;
    private final Map<String, Due> due = new HashMap<>();
    private final Map<String, Instant> reminded = new HashMap<>();
    private final Set<String> measured = new HashSet<>();
    private final ScheduledExecutorService thread;

    private record Due(Instant at, int failures) {}

    /**
     * Begins to.
     *
     * @param roots those of the configuration in force
     * @param proxies which way to a repository
     */
    public static RootRefresher start(
            Supplier<List<ConfiguredRoot>> roots,
            RootCache cache,
            ProxySelector proxies,
            String userAgent,
            Metrics metrics,
            InstantSource clock) {
        RootRefresher refresher = new RootRefresher(
                roots, cache, repository -> new HttpRepository(repository, proxies, userAgent), metrics, clock);
        var unused = refresher.thread.scheduleWithFixedDelay(refresher::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
        return refresher;
    }

    RootRefresher(
            Supplier<List<ConfiguredRoot>> roots,
            RootCache cache,
            Function<URI, TufFetcher> repositories,
            Metrics metrics,
            InstantSource clock) {
        this.roots = roots;
        this.cache = cache;
        this.repositories = repositories;
        this.metrics = metrics;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "roots");
            made.setDaemon(true);
            return made;
        });
    }

    /** One look. On one thread at a time. */
    void look() {
        try {
            for (ConfiguredRoot root : roots.get()) {
                root.refreshed().ifPresent(refreshed -> look(root, refreshed));
            }
        } catch (RuntimeException fault) {
            // The next look must happen whatever this one met.
            LOG.error("the trusted roots could not be looked at", fault);
        }
    }

    private void look(ConfiguredRoot root, RefreshedRoot refreshed) {
        measure(root.name());
        Instant now = clock.instant();
        if (refreshed.offline() && root.inUse()) {
            remind(root, refreshed, now);
        }
        if (refreshed.offline() || !root.inUse()) {
            return;
        }
        Due planned =
                due.computeIfAbsent(root.name(), name -> new Due(RefreshPlan.next(root.standing(), now, jitter()), 0));
        if (!planned.at.isAfter(now)) {
            due.put(root.name(), ask(root, refreshed, planned.failures, now));
        }
    }

    private Due ask(ConfiguredRoot root, RefreshedRoot refreshed, int failures, Instant now) {
        try {
            AcceptedTarget accepted = cache.update(refreshed, repositories.apply(refreshed.repository()), now);
            metrics.rootAsked(root.name(), true);
            LOG.info("the trusted root {} is as of now, until {}", root.name(), accepted.expires());
            return new Due(RefreshPlan.next(cache.standing(refreshed), now, jitter()), 0);
        } catch (TufException e) {
            metrics.rootAsked(root.name(), false);
            LOG.warn("the trusted root {} could not be refreshed: {}", root.name(), e.getMessage());
            warnWhereStale(root, refreshed, now);
            return new Due(RefreshPlan.afterFailure(failures + 1, now, jitter()), failures + 1);
        }
    }

    // Of a root that is asked for each failure tells; of one that is never asked for nothing else would.
    private void remind(ConfiguredRoot root, RefreshedRoot refreshed, Instant now) {
        Instant last = reminded.getOrDefault(root.name(), Instant.EPOCH);
        if (Duration.between(last, now).compareTo(RefreshPlan.USUAL) >= 0) {
            reminded.put(root.name(), now);
            warnWhereStale(root, refreshed, now);
        }
    }

    private static void warnWhereStale(ConfiguredRoot root, RefreshedRoot refreshed, Instant now) {
        root.standing().filter(standing -> standing.isStale(now)).ifPresent(standing -> {
            String meaning = switch (refreshed.whenStale()) {
                case USE -> "the last good one is used";
                case UNDECIDED -> "what rests on it is undecided";
            };
            LOG.warn("the trusted root {} is stale since {}: {}", root.name(), standing.expires(), meaning);
        });
    }

    private void measure(String name) {
        if (measured.add(name)) {
            metrics.rootGauge(
                    "pratique.trust.root.expiry.timestamp.seconds",
                    "When the metadata behind a trusted root expires, in seconds since 1970",
                    name,
                    () -> expiry(name));
        }
    }

    private double expiry(String name) {
        return roots.get().stream()
                .filter(root -> root.name().equals(name))
                .flatMap(root -> root.standing().stream())
                .mapToDouble(standing -> standing.expires().getEpochSecond())
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double jitter() {
        return ThreadLocalRandom.current().nextDouble();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
