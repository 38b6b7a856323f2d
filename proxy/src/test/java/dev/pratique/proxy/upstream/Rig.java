package dev.pratique.proxy.upstream;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Upstreams with short timeouts, and what tests ask of them. */
public final class Rig implements AutoCloseable {
    /** Short enough to wait for, long enough for a busy machine. */
    public static final Timeouts SHORT =
            new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(700), Duration.ofMillis(500), Duration.ofSeconds(20));

    /** The name that the first upstream has. */
    public static final String NAME = "registry.example";

    /** The repository that tests ask for. */
    public static final Repository APP = new Repository(NAME, "acme/app");

    private final Transport transport = Transport.open(2, "test-loop");
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final Upstreams upstreams;
    /** How often each event came, for example {@code opened} or {@code TOKEN FOUND}. */
    public final Map<String, AtomicInteger> events = new ConcurrentHashMap<>();

    /** Over these upstreams. */
    public Rig(UpstreamSettings... settings) {
        upstreams = new Upstreams(
                List.of(settings), transport, blocking, InstantSource.system(), "pratique/test", new UpstreamEvents() {
                    @Override
                    public void requestFinished(String upstream, Kind kind, Outcome outcome, long nanos) {
                        count(kind + " " + outcome);
                    }

                    @Override
                    public void connectionOpened(String upstream) {
                        count("opened");
                    }

                    @Override
                    public void connectionReused(String upstream) {
                        count("reused");
                    }

                    @Override
                    public void realmRefused(String upstream, String origin) {
                        count("realm refused");
                    }
                });
    }

    private void count(String event) {
        events.computeIfAbsent(event, key -> new AtomicInteger()).incrementAndGet();
    }

    /** How often an event came. */
    public int counted(String event) {
        return events.getOrDefault(event, new AtomicInteger()).get();
    }

    /** The object under test. */
    public Upstreams upstreams() {
        return upstreams;
    }

    /** Its event loops. */
    public Transport transport() {
        return transport;
    }

    /** Threads that may wait. */
    public ExecutorService blocking() {
        return blocking;
    }

    Fetched fetch(Fetch fetch) {
        return fetch(fetch, Duration.ofSeconds(15));
    }

    Fetched fetch(Fetch fetch, Duration patience) {
        return upstreams.fetch(fetch, Deadline.after(InstantSource.system().instant(), patience));
    }

    List<Fetched> fetchAll(List<Fetch> fetches) {
        return upstreams.fetchAll(fetches, Deadline.after(InstantSource.system().instant(), Duration.ofSeconds(15)));
    }

    static Fetch tag(String tag) {
        return new Fetch.ManifestOf(APP, new Reference.Tag(tag), Manifest.MAX_BYTES);
    }

    static Fetch manifest(Digest digest) {
        return new Fetch.ManifestOf(APP, new Reference.ByDigest(digest), Manifest.MAX_BYTES);
    }

    static Fetch head(String tag) {
        return new Fetch.ManifestHead(APP, new Reference.Tag(tag));
    }

    static Fetch blob(Digest digest) {
        return new Fetch.BlobOf(APP, digest, 8 << 20);
    }

    static Fetch referrers(Digest digest) {
        return new Fetch.ReferrersOf(APP, digest, Optional.empty(), 4 << 20);
    }

    @Override
    public void close() {
        upstreams.close();
        blocking.shutdownNow();
        var unused = transport.group().shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
