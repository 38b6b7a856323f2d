package dev.pratique.proxy.cli;

import dev.pratique.config.ConfigWatch;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a second whether the configuration is another, and brings it into force where it is in order. */
final class ConfigFollower implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");

    private final ConfigWatch watch;
    private final ProxyServer server;

    ConfigFollower(ConfigWatch watch, ProxyServer server) {
        this.watch = watch;
        this.server = server;
    }

    /** One look. On one thread at a time. */
    @Override
    public void run() {
        try {
            server.refreshCredentials();
            watch.poll()
                    .ifPresent(loaded -> loaded.fold(
                            snapshot -> {
                                server.reload(snapshot);
                                return Optional.empty();
                            },
                            problems -> {
                                server.reject(problems);
                                return Optional.empty();
                            }));
        } catch (RuntimeException fault) {
            // The next look must happen whatever this one met.
            LOG.error("the configuration could not be looked at", fault);
        }
    }
}
