package dev.pratique.config;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where images come from. */
public sealed interface Upstream {

    /** The registry's canonical host, as repositories are named by it. */
    String name();

    /**
     * A registry over HTTP.
     *
     * @param url scheme, host and port, without path; {@code http} only where the file says {@code plainHttp: true}
     * @param credentials where it asks for any
     * @param authorities roots of its certificate beside the system's, as containerd and Docker read their {@code ca}
     * @param tokenRealms scheme, host and port of the token services that may see the credentials, besides the registry
     *     itself
     * @param redirects scheme, host and port of where it may redirect to, besides itself; empty: to any public address
     * @param missing statuses, besides 404, by which it says that a tag or manifest does not exist
     */
    record Registry(
            String name,
            URI url,
            Optional<Credentials> credentials,
            List<X509Certificate> authorities,
            List<URI> tokenRealms,
            List<URI> redirects,
            Set<Integer> missing,
            Timeouts timeouts)
            implements Upstream {
        public Registry {
            authorities = List.copyOf(authorities);
            tokenRealms = List.copyOf(tokenRealms);
            redirects = List.copyOf(redirects);
            missing = Set.copyOf(missing);
        }
    }

    /**
     * An OCI image layout on disk.
     *
     * @param directory absolute; it holds {@code oci-layout}, or layouts named by the repositories' paths
     */
    record Layout(String name, Path directory) implements Upstream {}

    /** Who the proxy is to the upstream. */
    record Credentials(String username, SecretRef password) {}

    /**
     * How long to wait for an upstream.
     *
     * @param connect for the connection, TLS included
     * @param response for the status line, once the request is written
     * @param idle between two reads of a body
     * @param total for a whole exchange; zero: no limit
     */
    record Timeouts(Duration connect, Duration response, Duration idle, Duration total) {
        /** Where the file says nothing. */
        public static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofHours(1));
    }
}
