package dev.pratique.proxy.http;

import dev.pratique.config.ClientNames;
import dev.pratique.config.ProxySettings;
import dev.pratique.proxy.admission.KnownTargets;
import dev.pratique.proxy.admission.UpstreamNames;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * What one listener shows its clients. Replaced as a whole when the configuration changes.
 *
 * @param upstreams which upstreams its clients may name
 * @param environmentOf the environment of a client that goes by these names
 * @param refusal how clients are told
 * @param operator where people find the explain page; empty where there is none
 * @param targets reads what its clients ask for
 * @param entrance whom it lets in
 * @param tls for new connections; empty: plain HTTP
 */
public record Face(
        UpstreamNames upstreams,
        Function<ClientNames, String> environmentOf,
        ProxySettings.Refusal refusal,
        Optional<URI> operator,
        KnownTargets targets,
        Entrance entrance,
        Optional<SslContext> tls) {

    /** Of a listener that speaks plain HTTP and asks nobody who they are. */
    public Face(UpstreamNames upstreams, String environment, ProxySettings.Refusal refusal, Optional<URI> operator) {
        this(
                upstreams,
                client -> environment,
                refusal,
                operator,
                new KnownTargets(upstreams),
                Entrance.OPEN,
                Optional.empty());
    }

    /** The environment of clients that proved nothing about themselves. */
    public String environment() {
        return environmentOf.apply(ClientNames.NONE);
    }
}
