package dev.pratique.proxy.admission;

import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.Verdict;
import java.util.Optional;

/** What is said to a {@link DiscoveryRequest}. */
public sealed interface DiscoveryAnswer {

    /** Who asked for what. */
    DiscoveryRequest request();

    /** Name of the rule; empty where there is none. */
    String rule();

    /** Of trust, policy and catalog. */
    PolicyRevision revision();

    /**
     * The list.
     *
     * @param next path and query of the next page; printable ASCII, for a Link header
     * @param filter what the list was filtered by, for OCI-Filters-Applied
     */
    record Listed(
            DiscoveryRequest request,
            String rule,
            PolicyRevision revision,
            byte[] body,
            String mediaType,
            Optional<String> next,
            Optional<String> filter)
            implements DiscoveryAnswer {}

    /**
     * There is no list for this client, or it could not be had whole.
     *
     * @param verdict refused or undecided
     */
    record Declined(DiscoveryRequest request, String rule, PolicyRevision revision, Verdict verdict)
            implements DiscoveryAnswer {}
}
