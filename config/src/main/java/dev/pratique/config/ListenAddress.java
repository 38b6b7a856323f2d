package dev.pratique.config;

import java.net.InetSocketAddress;

/**
 * Where to listen.
 *
 * @param host an IP address or a name; never empty, IPv6 without brackets
 * @param port 0 to 65535; 0: any free one
 */
public record ListenAddress(String host, int port) {

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
