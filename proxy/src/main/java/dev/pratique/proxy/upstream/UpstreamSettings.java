package dev.pratique.proxy.upstream;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One upstream. Immutable.
 *
 * @param name the canonical registry host that repositories of it carry, for example {@code docker.io}
 * @param location where it is
 * @param credentials asked at each authentication, on an event loop: must not block; empty for anonymous
 * @param authorities certificate authorities trusted beside the system's
 * @param tokenRealms origins beside the upstream's own that may be sent its credentials for a token
 * @param redirects origins beside the upstream's own that it may redirect to, wherever they are; empty: see
 *     {@link Reach#mayLead}
 * @param missing HTTP statuses that say that something is not there; 404 always does
 * @param maxConnections open at once to one origin
 */
public record UpstreamSettings(
        String name,
        Location location,
        Optional<Supplier<Credentials>> credentials,
        List<X509Certificate> authorities,
        Set<Origin> tokenRealms,
        Set<Origin> redirects,
        Set<Integer> missing,
        Timeouts timeouts,
        int maxConnections) {
    /** Enough for a node pool that pulls a many-layered image cold, and polite to a registry. */
    public static final int DEFAULT_CONNECTIONS = 64;

    private static final String DOCKER_HUB = "registry-1.docker.io";
    private static final Origin DOCKER_HUB_TOKENS = new Origin("https", "auth.docker.io", 443);

    /** Where an upstream is. */
    public sealed interface Location {}

    /**
     * A registry over HTTP.
     *
     * @param base scheme, host, and a path where {@code /v2/} is not at the root
     */
    public record Registry(URI base) implements Location {
        public Registry {
            if (Target.of(base).isEmpty() || base.getRawQuery() != null || base.getRawFragment() != null) {
                throw new IllegalArgumentException("not the http or https address of a registry");
            }
        }

        Origin origin() {
            return Origin.of(base).orElseThrow();
        }
    }

    /**
     * An OCI image layout on disk (image-spec, image-layout.md).
     *
     * @param directory holds {@code index.json}, or a directory with one for each repository
     */
    public record Layout(Path directory) implements Location {}

    public UpstreamSettings {
        authorities = List.copyOf(authorities);
        missing = with(missing, 404);
        redirects = Set.copyOf(redirects);
        boolean hub = location instanceof Registry registry
                && registry.origin().host().equals(DOCKER_HUB)
                && registry.origin().secure();
        tokenRealms = hub ? with(tokenRealms, DOCKER_HUB_TOKENS) : Set.copyOf(tokenRealms);
        if (maxConnections < 1) {
            throw new IllegalArgumentException("an upstream needs a connection");
        }
    }

    /** A registry with defaults: anonymous, the system's authorities. */
    public static UpstreamSettings registry(String name, URI base) {
        return of(name, new Registry(base));
    }

    /** The registry that a canonical host stands for, over HTTPS, with defaults. */
    public static UpstreamSettings registry(String name) {
        String host = name.equals("docker.io") ? DOCKER_HUB : name;
        return registry(name, URI.create("https://" + host));
    }

    /** A layout on disk. */
    public static UpstreamSettings layout(String name, Path directory) {
        return of(name, new Layout(directory));
    }

    private static UpstreamSettings of(String name, Location location) {
        return new UpstreamSettings(
                name,
                location,
                Optional.empty(),
                List.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Timeouts.DEFAULT,
                DEFAULT_CONNECTIONS);
    }

    /** The same with these credentials. */
    public UpstreamSettings withCredentials(Supplier<Credentials> supplier) {
        return new UpstreamSettings(
                name,
                location,
                Optional.of(supplier),
                authorities,
                tokenRealms,
                redirects,
                missing,
                timeouts,
                maxConnections);
    }

    /** The same, trusting these authorities too. */
    public UpstreamSettings withAuthorities(List<X509Certificate> certificates) {
        return new UpstreamSettings(
                name, location, credentials, certificates, tokenRealms, redirects, missing, timeouts, maxConnections);
    }

    /** The same, with these token services allowed. */
    public UpstreamSettings withTokenRealms(Set<Origin> realms) {
        return new UpstreamSettings(
                name, location, credentials, authorities, realms, redirects, missing, timeouts, maxConnections);
    }

    /** The same, redirecting to these origins only. */
    public UpstreamSettings withRedirects(Set<Origin> origins) {
        return new UpstreamSettings(
                name, location, credentials, authorities, tokenRealms, origins, missing, timeouts, maxConnections);
    }

    /** Whether the operator's list, where there is one, lets the upstream redirect there. */
    boolean mayRedirectTo(Origin origin) {
        boolean own = location instanceof Registry registry && registry.origin().equals(origin);
        return redirects.isEmpty() || own || redirects.contains(origin);
    }

    /** The same, with these statuses meaning that something is not there. */
    public UpstreamSettings withMissing(Set<Integer> statuses) {
        return new UpstreamSettings(
                name, location, credentials, authorities, tokenRealms, redirects, statuses, timeouts, maxConnections);
    }

    /** The same with other timeouts. */
    public UpstreamSettings withTimeouts(Timeouts other) {
        return new UpstreamSettings(
                name, location, credentials, authorities, tokenRealms, redirects, missing, other, maxConnections);
    }

    /** The same with another number of connections. */
    public UpstreamSettings withMaxConnections(int connections) {
        return new UpstreamSettings(
                name, location, credentials, authorities, tokenRealms, redirects, missing, timeouts, connections);
    }

    private static <T> Set<T> with(Set<T> set, T one) {
        Set<T> more = new HashSet<>(set);
        more.add(one);
        return Set.copyOf(more);
    }
}
