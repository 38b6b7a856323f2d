package dev.pratique.config;

import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.trust.TrustRoots;

/**
 * One consistent state of the four files. Immutable.
 *
 * @param revision changes exactly when what answers follow from does: every value of trust, policy and catalog, every
 *     byte of the key files; of the proxy's settings the listeners' names and environments, the upstreams' names and what they say for
 *     missing, and how long tags and evidence hold
 */
public record Snapshot(ProxySettings proxy, TrustRoots trust, Policy policy, Catalog catalog, PolicyRevision revision) {

    /** The environment of clients of this listener; {@link Policy#DEFAULT_ENVIRONMENT} where none is for it. */
    public String environmentOf(String listener) {
        return proxy.listeners().stream()
                .filter(one -> one.name().equals(listener))
                .map(Listener::environment)
                .findFirst()
                .orElse(Policy.DEFAULT_ENVIRONMENT);
    }
}
