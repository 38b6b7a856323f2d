package dev.pratique.config;

import dev.pratique.attestations.policy.Catalog;
import dev.pratique.attestations.policy.Policy;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.trust.TrustRoots;
import java.util.List;

/**
 * One consistent state of the four files. Immutable.
 *
 * @param environments which environment a client is of
 * @param revision changes exactly when what answers follow from does: every value of trust, policy and catalog, every
 *     byte of the key files; of the proxy's settings the listeners' names and default upstreams, the upstreams' names and
 *     what they say for missing, and how long tags and evidence hold
 * @param roots whom certificates are believed from, for those who show or refresh them
 */
public record Snapshot(
        ProxySettings proxy,
        Environments environments,
        TrustRoots trust,
        Policy policy,
        Catalog catalog,
        PolicyRevision revision,
        List<ConfiguredRoot> roots) {

    public Snapshot {
        roots = List.copyOf(roots);
    }

    /** The environment of a client of this listener that proved nothing about itself. */
    public String environmentOf(String listener) {
        return environments.of(listener, ClientNames.NONE);
    }
}
