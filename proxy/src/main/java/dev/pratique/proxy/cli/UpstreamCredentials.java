package dev.pratique.proxy.cli;

import dev.pratique.config.SecretRef;
import dev.pratique.config.Upstream;
import dev.pratique.proxy.upstream.Credentials;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The passwords of upstreams, read again every second so that a rotated one counts at once, and never read on an event
 * loop, where they are asked for. Thread safe.
 */
final class UpstreamCredentials {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");

    private final Map<String, String> environment;
    private final Map<SecretRef, String> passwords = new ConcurrentHashMap<>();

    /** @param environment the process's */
    UpstreamCredentials(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** What to authenticate with; reads the password once now. Blocking; what it returns is not. */
    Supplier<Credentials> of(Upstream.Credentials configured) {
        read(configured.password());
        return () -> new Credentials(configured.username(), passwords.getOrDefault(configured.password(), ""));
    }

    /** Reads all passwords again; one that cannot be read stays as it was. Blocking. */
    void refresh() {
        passwords.keySet().forEach(this::read);
    }

    private void read(SecretRef secret) {
        try {
            passwords.put(secret, secret.read(environment));
        } catch (IOException e) {
            if (passwords.putIfAbsent(secret, "") == null) {
                LOG.warn("an upstream's password cannot be read from {}", secret);
            }
        }
    }
}
