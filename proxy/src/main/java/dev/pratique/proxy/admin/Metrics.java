package dev.pratique.proxy.admin;

import dev.pratique.proxy.admission.DiscoveryAnswer;
import dev.pratique.proxy.admission.RequestTarget;
import dev.pratique.proxy.ledger.Entry;
import dev.pratique.proxy.upstream.UpstreamEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What is counted, under the names that dashboards rely on. Thread safe; counting never blocks. */
public final class Metrics implements UpstreamEvents {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ConcurrentHashMap<Pull, Counter> pulls = new ConcurrentHashMap<>();
    private final Map<VerdictSource, Counter> verdictSources = new EnumMap<>(VerdictSource.class);
    private final Timer verdicts;
    private final Counter served = counter("pratique.bytes", "Bytes of manifests and blobs sent to clients");
    private final Counter lost = counter("pratique.ledger.dropped", "Lines of the decision log that were lost");
    private final Counter faults =
            counter("pratique.faults", "Faults of the proxy itself, each in the log under its id");
    private final Counter blocked =
            counter("pratique.event.loop.blocked", "Heartbeats that an event loop did not answer within 100 ms");
    private final AtomicInteger problems = new AtomicInteger();
    /** The registry alone would let go of them. */
    private final List<Supplier<Number>> counted = new CopyOnWriteArrayList<>();

    /** From a verdict out of the store to the longest that a client is left waiting. */
    private static final Duration[] BUCKETS = IntStream.of(
                    1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private record Said(String answer, String reason) {}

    private record Pull(String answer, String reason, String rule, String kind) {}

    /** Where a verdict was found. */
    public enum VerdictSource {
        HEAP,
        STORED,
        MISS
    }

    public Metrics() {
        verdicts = Timer.builder("pratique.verdict")
                .description("From the first fetch to the verdict")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        Gauge.builder("pratique.config.problems", problems, AtomicInteger::get)
                .description("What is wrong with the configuration as it is on disk")
                .strongReference(true)
                .register(registry);
        for (VerdictSource source : VerdictSource.values()) {
            verdictSources.put(source, verdictCache(source));
        }
        configReloads("ok");
        configReloads("rejected");
    }

    /** The exposition text (Prometheus text format 0.0.4). */
    public String scrape() {
        return registry.scrape();
    }

    /** A value that is asked for at each scrape. */
    public void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /**
     * A count that somebody else keeps, asked for at each scrape.
     *
     * @param tags names and values by turns
     */
    public void count(String name, String description, Supplier<Number> value, String... tags) {
        FunctionCounter.builder(name, value, one -> one.get().doubleValue())
                .description(description)
                .tags(tags)
                .register(registry);
        counted.add(value);
    }

    /** As {@link #gauge}, of one listener. */
    public void listenerGauge(String name, String description, String listener, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tag("listener", listener)
                .strongReference(true)
                .register(registry);
    }

    /** As {@link #gauge}, of one trusted root. */
    public void rootGauge(String name, String description, String root, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tag("root", root)
                .strongReference(true)
                .register(registry);
    }

    /** A trusted root was asked for. */
    public void rootAsked(String root, boolean updated) {
        registry.counter("pratique.trust.root.refreshes", "root", root, "outcome", updated ? "updated" : "failed")
                .increment();
    }

    /** One answer to a pull. */
    public void pull(Entry entry) {
        pull(
                entry.key().said().label(),
                entry.reason(),
                entry.rule(),
                entry.key().kind().label());
    }

    /** One answer to a request for a list. */
    public void listed(DiscoveryAnswer answer) {
        Said said = answer instanceof DiscoveryAnswer.Declined declined
                ? declined.verdict()
                        .fold(
                                admitted -> new Said("listed", ""),
                                refused -> new Said("refused", refused.reason().name()),
                                undecided ->
                                        new Said("undecided", undecided.cause().name()))
                : new Said("listed", "");
        Counter.builder("pratique.discovery")
                .description("Answers to requests for lists of tags and referrers")
                .tags(Tags.of(
                        "kind",
                        answer.request().kind(),
                        "answer",
                        said.answer(),
                        "reason",
                        said.reason(),
                        "rule",
                        answer.rule()))
                .register(registry)
                .increment();
    }

    /** A request that never became a pull. */
    public void turnedAway(RequestTarget.Wrong wrong, boolean manifest) {
        boolean refused = wrong.reason().isPresent();
        String reason = refused ? wrong.reason().get().name() : wrong.code().name();
        pull(refused ? "refused" : "invalid", reason, "", manifest ? "manifest" : "other");
    }

    private void pull(String answer, String reason, String rule, String kind) {
        Counter counter = pulls.computeIfAbsent(
                new Pull(answer, reason, rule, kind),
                key -> Counter.builder("pratique.pulls")
                        .description("Answers to pulls")
                        .tags(Tags.of("answer", answer, "reason", reason, "rule", rule, "kind", kind))
                        .register(registry));
        counter.increment();
    }

    public void bytes(long bytes) {
        served.increment((double) bytes);
    }

    public void verdict(long nanos) {
        verdicts.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void verdictFrom(VerdictSource source) {
        Objects.requireNonNull(verdictSources.get(source)).increment();
    }

    public void ledgerDropped(long lines) {
        lost.increment((double) lines);
    }

    public void fault() {
        faults.increment();
    }

    public void eventLoopBlocked() {
        blocked.increment();
    }

    /** @param problems how many the configuration on disk has; 0: it is in force */
    public void configRead(int problems) {
        this.problems.set(problems);
        configReloads(problems == 0 ? "ok" : "rejected").increment();
    }

    @Override
    public void requestFinished(String upstream, Kind kind, Outcome outcome, long nanos) {
        if (outcome == Outcome.DENIED || outcome == Outcome.WRONG || outcome == Outcome.UNREAD) {
            Counter.builder("pratique.upstream.errors")
                    .description("Requests to upstreams that brought nothing, by what went wrong")
                    .tags("upstream", upstream, "kind", outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry)
                    .increment();
        }
    }

    @Override
    public void realmRefused(String upstream, String origin) {
        Counter.builder("pratique.upstream.errors")
                .tags("upstream", upstream, "kind", "realm_refused")
                .register(registry)
                .increment();
    }

    private Counter verdictCache(VerdictSource source) {
        return Counter.builder("pratique.verdict.cache")
                .description("Where a verdict that was needed came from")
                .tag("result", source.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Counter configReloads(String result) {
        return Counter.builder("pratique.config.reloads")
                .description("Readings of a configuration that had changed")
                .tag("result", result)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }
}
