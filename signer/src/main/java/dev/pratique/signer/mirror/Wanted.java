package dev.pratique.signer.mirror;

import java.net.URI;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a client is to be told.
 *
 * @param proxy scheme, host and port, nothing more
 * @param registries canonical names of those that go through the proxy
 * @param authority path on the client's machine of the certificate authority that the proxy's certificate is from; empty:
 *     one that the machine trusts
 */
public record Wanted(URI proxy, SortedSet<String> registries, Optional<String> authority) {
    public Wanted {
        registries = Collections.unmodifiableSortedSet(new TreeSet<>(registries));
    }

    /** Host, and port where there is one, as images are named by. */
    public String host() {
        return proxy.getRawAuthority();
    }

    boolean plainHttp() {
        return "http".equals(proxy.getScheme());
    }
}
