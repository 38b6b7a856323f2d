package dev.pratique.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which HTTP proxy leads to a host, by {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} in either case, as curl
 * and Go's programs read them. A name and password in a proxy's URL are not sent.
 */
public final class ProxyVariables extends ProxySelector {
    private final Map<String, String> environment;

    /** @param environment the process's */
    public ProxyVariables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public List<Proxy> select(URI uri) {
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (isLocal(host) || isExempt(host, uri.getPort())) {
            return List.of(Proxy.NO_PROXY);
        }
        return List.of(
                variable(scheme + "_proxy").flatMap(ProxyVariables::proxy).orElse(Proxy.NO_PROXY));
    }

    // CGI gives a request's header Proxy to programs as HTTP_PROXY; this is none, and both spellings are read.
    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }

    private static Optional<Proxy> proxy(String written) {
        try {
            URI uri = new URI(written.contains("://") ? written : "http://" + written);
            if (uri.getHost() == null) {
                return Optional.empty();
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : 3128;
            return Optional.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port)));
        } catch (URISyntaxException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private boolean isExempt(String host, int port) {
        return variable("no_proxy").stream()
                .flatMap(list -> Arrays.stream(list.split(",")))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .anyMatch(entry -> covers(entry, host, port));
    }

    private static boolean covers(String entry, String host, int port) {
        int colon = entry.lastIndexOf(':');
        String named = colon > 0 ? entry.substring(0, colon) : entry;
        if (entry.isEmpty() || colon > 0 && !entry.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        String domain = named.startsWith(".") ? named.substring(1) : named;
        return named.equals("*") || host.equals(domain) || host.endsWith("." + domain);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // Whoever asked gets the failure itself.
    }
}
