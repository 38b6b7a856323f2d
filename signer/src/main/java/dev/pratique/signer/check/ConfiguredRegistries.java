package dev.pratique.signer.check;

import dev.pratique.attestations.image.Repository;
import dev.pratique.config.Upstream;
import dev.pratique.signer.publish.Endpoints;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The registries of a configuration as this program reaches them: its addresses and authorities, the user's logins. */
public final class ConfiguredRegistries {
    private final Map<String, Upstream> upstreams;
    private final Endpoints otherwise;

    /**
     * @param upstreams by canonical name
     * @param otherwise where registries are that the configuration does not name
     */
    public ConfiguredRegistries(Map<String, Upstream> upstreams, Endpoints otherwise) {
        this.upstreams = Map.copyOf(upstreams);
        this.otherwise = otherwise;
    }

    /** Where a repository's registry is reached. */
    public List<URI> addresses(Repository repository) {
        return registry(repository).map(registry -> List.of(registry.url())).orElseGet(() -> otherwise.of(repository));
    }

    /** Authorities of its certificate beside the system's. */
    public List<X509Certificate> authorities(Repository repository) {
        return registry(repository).map(Upstream.Registry::authorities).orElse(List.of());
    }

    /** Statuses, besides 404, by which it says that something is not there. */
    public Set<Integer> missing(Repository repository) {
        return registry(repository).map(Upstream.Registry::missing).orElse(Set.of());
    }

    private Optional<Upstream.Registry> registry(Repository repository) {
        return Optional.ofNullable(upstreams.get(repository.registry()))
                .filter(Upstream.Registry.class::isInstance)
                .map(Upstream.Registry.class::cast);
    }
}
