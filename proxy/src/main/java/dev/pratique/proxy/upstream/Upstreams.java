package dev.pratique.proxy.upstream;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The configured upstreams. A registry that is not among them is never connected to: its answer is a definite
 * {@link Fetched.Wrong}, which neither says "not signed" nor invites another try. Thread safe.
 */
public final class Upstreams implements RegistryReader, BlobSource, AutoCloseable {
    private final Map<String, Upstream> upstreams;
    private final Transport transport;
    private final InstantSource clock;

    /**
     * @param transport whose event loops carry the connections; stays open when this is closed
     * @param blocking for name resolution and reading layouts: threads that may wait, and not those that call
     *     {@link #fetchAll}, which wait for these
     * @param userAgent for example {@code pratique/1.0}
     * @throws IllegalArgumentException where two upstreams have one name
     */
    public Upstreams(
            List<UpstreamSettings> settings,
            Transport transport,
            Executor blocking,
            InstantSource clock,
            String userAgent,
            UpstreamEvents events) {
        Map<String, Upstream> byName = new HashMap<>();
        for (UpstreamSettings each : settings) {
            Upstream upstream = each.location() instanceof UpstreamSettings.Registry registry
                    ? new RegistryUpstream(each, registry, transport, blocking, clock, userAgent, events)
                    : new LayoutUpstream(each.name(), (UpstreamSettings.Layout) each.location(), blocking, events);
            if (byName.put(each.name(), upstream) != null) {
                throw new IllegalArgumentException("two upstreams are called " + each.name());
            }
        }
        this.upstreams = Map.copyOf(byName);
        this.transport = transport;
        this.clock = clock;
    }

    /** The canonical registry hosts that are served from here. */
    public Set<String> names() {
        return upstreams.keySet();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException on an event loop, which must not wait
     */
    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        if (transport.inEventLoop()) {
            throw new IllegalStateException("an event loop must not wait for an upstream");
        }
        Duration patience = deadline.remaining(clock.instant());
        List<CompletableFuture<Fetched>> flights = new ArrayList<>(fetches.size());
        for (Fetch fetch : fetches) {
            Upstream upstream = upstreams.get(fetch.repository().registry());
            flights.add(
                    upstream == null
                            ? CompletableFuture.completedFuture(notConfigured(fetch.repository()))
                            : patience.isZero()
                                    ? CompletableFuture.completedFuture(Answers.late("no time is left to ask"))
                                    : upstream.fetch(fetch, patience));
        }
        List<Fetched> answers = new ArrayList<>(fetches.size());
        long end = System.nanoTime() + patience.toNanos();
        for (CompletableFuture<Fetched> flight : flights) {
            answers.add(await(flight, end - System.nanoTime()));
        }
        return List.copyOf(answers);
    }

    private static Fetched await(CompletableFuture<Fetched> flight, long nanos) {
        try {
            return flight.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            flight.cancel(false);
            return Answers.late("no answer in time");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            flight.cancel(false);
            return Answers.unread("interrupted");
        } catch (ExecutionException bug) {
            throw new IllegalStateException("an upstream failed in a way that it must not", bug.getCause());
        }
    }

    @Override
    public void openBlob(Repository repository, Digest digest, BlobListener listener) {
        Upstream upstream = upstreams.get(repository.registry());
        if (upstream == null) {
            listener.onFailed(notConfigured(repository));
        } else {
            upstream.openBlob(repository.name(), digest, listener);
        }
    }

    @Override
    public CompletionStage<Presence> blobPresent(Repository repository, Digest digest) {
        return present(repository, digest, false);
    }

    @Override
    public CompletionStage<Presence> manifestPresent(Repository repository, Digest digest) {
        return present(repository, digest, true);
    }

    private CompletionStage<Presence> present(Repository repository, Digest digest, boolean manifest) {
        Upstream upstream = upstreams.get(repository.registry());
        return upstream == null
                ? CompletableFuture.completedFuture(new Presence.Absent(notConfigured(repository)))
                : upstream.present(repository.name(), digest, manifest);
    }

    private static Fetched notConfigured(Repository repository) {
        return new Fetched.Wrong(repository.registry() + " is not a configured upstream");
    }

    /** Closes what is idle; exchanges under way come to their end. */
    @Override
    public void close() {
        upstreams.values().forEach(Upstream::close);
    }
}
