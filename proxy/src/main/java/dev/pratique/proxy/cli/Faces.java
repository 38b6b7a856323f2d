package dev.pratique.proxy.cli;

import dev.pratique.config.Listener;
import dev.pratique.config.ProxySettings;
import dev.pratique.config.Snapshot;
import dev.pratique.config.Upstream;
import dev.pratique.proxy.admission.KnownTargets;
import dev.pratique.proxy.admission.UpstreamNames;
import dev.pratique.proxy.http.Entrance;
import dev.pratique.proxy.http.Face;
import dev.pratique.proxy.http.ListenerTls;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each listener shows under one configuration after the other. TLS sessions and passwords that were proved are kept
 * where nothing about them changed. For one thread at a time.
 */
final class Faces {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");

    private final Executor slow;
    private final InstantSource clock;
    private final SslProvider provider = ListenerTls.fastest();
    private volatile Map<String, Made> made;

    private record Made(Listener listener, @Nullable Face face) {}

    /**
     * @param bound the listeners of the start, whose ports are open
     * @param slow checks passwords
     */
    Faces(List<Listener> bound, Executor slow, InstantSource clock) {
        this.slow = slow;
        this.clock = clock;
        Map<String, Made> listeners = new HashMap<>();
        bound.forEach(one -> listeners.put(one.name(), new Made(one, null)));
        this.made = Map.copyOf(listeners);
    }

    /**
     * By listener.
     *
     * @param operator where people find the explain page
     * @throws IllegalStateException where this machine cannot use a certificate, or a port that only a restart closes would
     *     be open to more than the configuration lets it; nothing has changed then
     */
    Map<String, Face> under(Snapshot snapshot, URI operator) {
        Map<String, Made> next = new HashMap<>();
        Map<String, Face> faces = new HashMap<>();
        made.forEach((name, before) -> {
            // A listener that the configuration no longer has, or has elsewhere, listens on until a restart, and
            // goes on asking whom it asked: what is safe at the other address may not be so at this one.
            Listener now = snapshot.proxy().listeners().stream()
                    .filter(one -> one.name().equals(name))
                    .filter(one -> one.address().equals(before.listener().address()))
                    .findFirst()
                    .orElse(before.listener());
            checkWhole(now);
            checkOpenness(now, snapshot);
            Face face = face(snapshot, now, before, operator);
            next.put(name, new Made(now, face));
            faces.put(name, face);
        });
        made = Map.copyOf(next);
        return Map.copyOf(faces);
    }

    // What was read to judge by has no certificates and no users: it would let in everybody, in the clear.
    private static void checkWhole(Listener listener) {
        if (!listener.canServe()) {
            throw new IllegalStateException("the listener " + listener.name()
                    + " was read without its certificate and users; read the configuration to serve by it");
        }
    }

    // As the configuration is checked, but with the address that is really open.
    private static void checkOpenness(Listener open, Snapshot snapshot) {
        boolean credentials = snapshot.proxy().upstreams().values().stream()
                .anyMatch(one -> one instanceof Upstream.Registry registry
                        && registry.credentials().isPresent());
        if (credentials
                && !open.anonymous()
                && !open.clients().known()
                && !open.address().loopback()) {
            throw new IllegalStateException("the listener " + open.name() + " is still open at " + open.address()
                    + ", and whoever reaches it would pull with the upstreams' credentials; restart the proxy");
        }
    }

    private Face face(Snapshot snapshot, Listener now, Made before, URI operator) {
        ProxySettings settings = snapshot.proxy();
        UpstreamNames upstreams = new UpstreamNames(settings.upstreams().keySet(), now.upstream());
        return new Face(
                upstreams,
                client -> snapshot.environments().of(now.name(), client),
                settings.refusal(),
                Optional.of(operator),
                new KnownTargets(upstreams),
                entrance(now, before),
                tls(now, before));
    }

    private Entrance entrance(Listener now, Made before) {
        Face face = before.face();
        return face != null && now.clients().equals(before.listener().clients())
                ? face.entrance()
                : Entrance.of(now.clients(), slow, clock);
    }

    private Optional<SslContext> tls(Listener now, Made before) {
        Face face = before.face();
        Listener old = before.listener();
        boolean same = now.tls().equals(old.tls())
                && now.clients().authorities().equals(old.clients().authorities());
        if (face != null && same) {
            return face.tls();
        }
        return now.tls().map(tls -> {
            SslContext context = ListenerTls.context(tls, now.clients().authorities(), provider);
            LOG.info(
                    "listener {} shows a certificate that is valid until {} ({})",
                    now.name(),
                    tls.certificate().getNotAfter().toInstant(),
                    provider == SslProvider.JDK ? "TLS of the Java runtime" : "BoringSSL");
            return context;
        });
    }

    /** The end of a listener's certificate, in seconds since 1970; NaN where it has none. */
    double certificateEnd(String listener) {
        return Objects.requireNonNull(made.get(listener))
                .listener()
                .tls()
                .map(tls -> (double) tls.certificate().getNotAfter().toInstant().getEpochSecond())
                .orElse(Double.NaN);
    }

    /** {@code https://} where a listener speaks TLS, else nothing. */
    String scheme(String listener) {
        return Objects.requireNonNull(made.get(listener)).listener().tls().isPresent() ? "https://" : "";
    }
}
