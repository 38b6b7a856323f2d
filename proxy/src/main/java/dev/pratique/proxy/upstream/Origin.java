package dev.pratique.proxy.upstream;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Scheme, host and port (RFC 6454). Credentials never leave the origins that they are meant for.
 *
 * @param scheme {@code http} or {@code https}
 * @param host lower case; an IPv6 address in brackets
 * @param port always given
 */
public record Origin(String scheme, String host, int port) {

    /** The origin of an absolute http or https URI without user information; empty for any other URI. */
    public static Optional<Origin> of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if ((!secure && !scheme.equals("http")) || uri.getHost() == null || uri.getRawUserInfo() != null) {
            return Optional.empty();
        }
        int port = uri.getPort() == -1 ? secure ? 443 : 80 : uri.getPort();
        if (port < 1 || port > 65_535) {
            return Optional.empty();
        }
        return Optional.of(new Origin(scheme, uri.getHost().toLowerCase(Locale.ROOT), port));
    }

    /** Whether TLS is spoken there. */
    public boolean secure() {
        return scheme.equals("https");
    }

    /** The value of a Host header (RFC 9112 section 3.2): the port only where it is not the default one. */
    String authority() {
        return port == (secure() ? 443 : 80) ? host : host + ":" + port;
    }

    /** The host as a resolver takes it. */
    String address() {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return scheme + "://" + authority();
    }
}
