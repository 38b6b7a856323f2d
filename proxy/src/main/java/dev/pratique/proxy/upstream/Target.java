package dev.pratique.proxy.upstream;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where one request goes.
 *
 * @param path path and query as they stand in the request line: printable ASCII without spaces
 */
record Target(Origin origin, String path) {
    /** Signed links of object stores have a few kilobytes; a request line longer than this is refused by most servers. */
    private static final int MAX_LENGTH = 8192;

    /** The target of an absolute URI, empty where it is not one that can be asked over HTTP. */
    static Optional<Target> of(URI uri) {
        Optional<Origin> origin = Origin.of(uri);
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String full = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        boolean sendable = full.length() <= MAX_LENGTH && full.chars().allMatch(c -> c > ' ' && c < 127);
        return origin.isPresent() && sendable ? Optional.of(new Target(origin.get(), full)) : Optional.empty();
    }

    /** What a Location or Link header means here (RFC 3986 section 5), empty where it cannot be read. */
    Optional<Target> resolve(String reference) {
        if (reference.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            return of(new URI(origin + path).resolve(new URI(reference.trim())));
        } catch (URISyntaxException | IllegalArgumentException notAUri) {
            return Optional.empty();
        }
    }
}
