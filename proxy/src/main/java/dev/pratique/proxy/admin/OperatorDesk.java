package dev.pratique.proxy.admin;

import dev.pratique.proxy.http.Face;
import dev.pratique.proxy.http.Gate;
import dev.pratique.proxy.ledger.RecentDecisions;
import java.util.function.Supplier;

/**
 * What the operator's port can ask of the running proxy.
 *
 * @param gate judges without a line in the ledger
 * @param face of the first listener: which upstreams there are
 * @param registry host and port at which clients reach that listener
 */
public record OperatorDesk(
        Readiness readiness,
        Metrics metrics,
        RecentDecisions recent,
        Gate gate,
        Supplier<Face> face,
        Supplier<String> registry) {}
