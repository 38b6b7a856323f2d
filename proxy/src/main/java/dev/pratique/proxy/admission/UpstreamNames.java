package dev.pratique.proxy.admission;

import java.util.Optional;
import java.util.Set;

/**
 * The upstreams that requests of one listener may name. There are no others, whatever a client writes.
 *
 * @param configured canonical registry hosts
 * @param fallback the listener's default upstream, for requests that name none; one of the configured
 */
public record UpstreamNames(Set<String> configured, Optional<String> fallback) {
    public UpstreamNames {
        configured = Set.copyOf(configured);
        if (fallback.isPresent() && !configured.contains(fallback.get())) {
            throw new IllegalArgumentException("the default upstream is not configured");
        }
    }
}
