package dev.pratique.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which HTTP proxy leads to a host, by {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY} in either case, as curl
 * and Go's programs read them.
 */
public final class ProxyVariables extends ProxySelector {
    private static final String QUAD = "(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})";
    private static final Pattern IPV4 = Pattern.compile(QUAD);
    private static final Pattern BLOCK = Pattern.compile(QUAD + "/(\\d{1,2})");

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

    /**
     * The name and password for the proxy on the way to this address; empty where there is no proxy, or its URL has none.
     */
    public Optional<PasswordAuthentication> login(URI uri) {
        if (select(uri).get(0).type() == Proxy.Type.DIRECT) {
            return Optional.empty();
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        return variable(scheme + "_proxy")
                .flatMap(ProxyVariables::address)
                .map(URI::getUserInfo)
                .map(login -> {
                    int colon = login.indexOf(':');
                    return colon < 0
                            ? new PasswordAuthentication(login, new char[0])
                            : new PasswordAuthentication(
                                    login.substring(0, colon),
                                    login.substring(colon + 1).toCharArray());
                });
    }

    // CGI gives a request's header Proxy to programs as HTTP_PROXY; this is none, and both spellings are read.
    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
                .filter(value -> !value.isBlank());
    }

    private static Optional<Proxy> proxy(String written) {
        return address(written).map(uri -> {
            int port = uri.getPort() >= 0 ? uri.getPort() : 3128;
            return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
        });
    }

    private static Optional<URI> address(String written) {
        try {
            URI uri = new URI(written.contains("://") ? written : "http://" + written);
            return Optional.of(uri).filter(named -> named.getHost() != null);
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
        if (entry.indexOf('/') > 0) {
            return isInBlock(entry, host);
        }
        int colon = entry.lastIndexOf(':');
        String named = colon > 0 ? entry.substring(0, colon) : entry;
        if (entry.isEmpty() || colon > 0 && !entry.substring(colon + 1).equals(Integer.toString(port))) {
            return false;
        }
        String domain = named.startsWith(".") ? named.substring(1) : named;
        return named.equals("*") || host.equals(domain) || host.endsWith("." + domain);
    }

    /** {@code 10.0.0.0/8}, as pipelines have it; names are never looked up for this. */
    private static boolean isInBlock(String block, String host) {
        Matcher of = BLOCK.matcher(block);
        Matcher address = IPV4.matcher(host);
        if (!of.matches() || !address.matches() || Integer.parseInt(of.group(5)) > 32) {
            return false;
        }
        int bits = Integer.parseInt(of.group(5));
        long mask = 0xffff_ffffL << (32 - bits) & 0xffff_ffffL;
        return (number(of) & mask) == (number(address) & mask);
    }

    private static long number(Matcher address) {
        long number = 0;
        for (int i = 1; i <= 4; i++) {
            number = number << 8 | Integer.parseInt(address.group(i)) & 0xff;
        }
        return number;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // Whoever asked gets the failure itself.
    }
}
