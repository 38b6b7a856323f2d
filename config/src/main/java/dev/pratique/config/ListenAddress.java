package dev.pratique.config;

import dev.pratique.config.yaml.Value;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where to listen.
 *
 * @param host an IP address or a name; never empty, IPv6 without brackets
 * @param port 0 to 65535; 0: any free one
 */
public record ListenAddress(String host, int port) {

    /** {@code host:port}; complains where it is not. */
    static Optional<ListenAddress> read(Value value) {
        String text = value.text();
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? text : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean bracketed = host.matches("\\[[0-9A-Fa-f:.]+\\]");
        boolean plain = host.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
        if (colon < 0 || !bracketed && !plain || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            String hint = text.startsWith(":") ? "write 0.0.0.0" + text + " for all of this machine" : "";
            value.refuse(
                    value.path() + " is " + value.quoted() + ", not host:port",
                    hint.isEmpty() ? "write it as 127.0.0.1:5060 or [::1]:5060" : hint);
            return Optional.empty();
        }
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        return Optional.of(new ListenAddress(bare, Integer.parseInt(port)));
    }

    /** Resolves the host; the result may be unresolved where it is a name that nothing knows. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    /** Whether only this machine can reach it. */
    public boolean loopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
