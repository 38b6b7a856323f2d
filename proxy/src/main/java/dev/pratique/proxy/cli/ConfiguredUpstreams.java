package dev.pratique.proxy.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.config.Upstream;
import dev.pratique.proxy.upstream.BlobListener;
import dev.pratique.proxy.upstream.BlobSource;
import dev.pratique.proxy.upstream.Origin;
import dev.pratique.proxy.upstream.Presence;
import dev.pratique.proxy.upstream.Timeouts;
import dev.pratique.proxy.upstream.UpstreamSettings;
import dev.pratique.proxy.upstream.Upstreams;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The upstreams of the configuration in force: what is asked goes to those of that moment. Thread safe. */
final class ConfiguredUpstreams implements RegistryReader, BlobSource, AutoCloseable {
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    private final Function<List<UpstreamSettings>, Upstreams> open;
    private final UpstreamCredentials credentials;
    private volatile State state;

    private record State(Map<String, Upstream> configured, Upstreams upstreams) {}

    /** @param open makes connections for these settings */
    ConfiguredUpstreams(
            Map<String, Upstream> configured,
            UpstreamCredentials credentials,
            Function<List<UpstreamSettings>, Upstreams> open) {
        this.open = open;
        this.credentials = credentials;
        this.state = opened(configured);
    }

    /** Replaces the upstreams where they are others. Blocking; called by one thread at a time. */
    void replace(Map<String, Upstream> configured) {
        State before = state;
        if (!before.configured().equals(configured)) {
            state = opened(configured);
            before.upstreams().close();
        }
    }

    private State opened(Map<String, Upstream> configured) {
        List<UpstreamSettings> settings =
                configured.values().stream().map(this::settings).toList();
        return new State(Map.copyOf(configured), open.apply(settings));
    }

    private UpstreamSettings settings(Upstream upstream) {
        if (upstream instanceof Upstream.Layout layout) {
            return UpstreamSettings.layout(layout.name(), layout.directory());
        }
        Upstream.Registry registry = (Upstream.Registry) upstream;
        Upstream.Timeouts times = registry.timeouts();
        Duration total = times.total().isZero() ? NO_LIMIT : times.total();
        UpstreamSettings settings = UpstreamSettings.registry(registry.name(), registry.url())
                .withAuthorities(registry.authorities())
                .withTokenRealms(origins(registry.tokenRealms()))
                .withRedirects(origins(registry.redirects()))
                .withMissing(registry.missing())
                .withTimeouts(new Timeouts(times.connect(), times.response(), times.idle(), total));
        return registry.credentials()
                .map(known -> settings.withCredentials(credentials.of(known)))
                .orElse(settings);
    }

    private static Set<Origin> origins(List<URI> uris) {
        return uris.stream().map(uri -> Origin.of(uri).orElseThrow()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline) {
        return state.upstreams().fetchAll(fetches, deadline);
    }

    @Override
    public void openBlob(Repository repository, Digest digest, BlobListener listener) {
        state.upstreams().openBlob(repository, digest, listener);
    }

    @Override
    public CompletionStage<Presence> blobPresent(Repository repository, Digest digest) {
        return state.upstreams().blobPresent(repository, digest);
    }

    @Override
    public CompletionStage<Presence> manifestPresent(Repository repository, Digest digest) {
        return state.upstreams().manifestPresent(repository, digest);
    }

    @Override
    public void close() {
        state.upstreams().close();
    }
}
