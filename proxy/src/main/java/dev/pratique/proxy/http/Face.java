package dev.pratique.proxy.http;

import dev.pratique.config.ProxySettings;
import dev.pratique.proxy.admission.KnownTargets;
import dev.pratique.proxy.admission.UpstreamNames;
import java.net.URI;
import java.util.Optional;

/**
 * What one listener shows its clients. Replaced as a whole when the configuration changes.
 *
 * @param upstreams which upstreams its clients may name
 * @param environment the environment of its clients
 * @param refusal how clients are told
 * @param operator where people find the explain page; empty where there is none
 * @param targets reads what its clients ask for
 */
public record Face(
        UpstreamNames upstreams,
        String environment,
        ProxySettings.Refusal refusal,
        Optional<URI> operator,
        KnownTargets targets) {

    public Face(UpstreamNames upstreams, String environment, ProxySettings.Refusal refusal, Optional<URI> operator) {
        this(upstreams, environment, refusal, operator, new KnownTargets(upstreams, environment));
    }
}
