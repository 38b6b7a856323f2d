package dev.pratique.proxy.admin;

import dev.pratique.attestations.image.Repository;
import dev.pratique.proxy.admission.KnownVerdicts;
import dev.pratique.proxy.http.Face;
import dev.pratique.proxy.http.Gate;
import dev.pratique.proxy.ledger.RecentDecisions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the operator's port can ask of the running proxy.
 *
 * @param gate judges without a line in the ledger
 * @param face of the first listener: which upstreams there are
 * @param registry host and port at which clients reach that listener
 * @param environments that clients can be of
 * @param requirements what is asked of images of a repository for clients of an environment, a line each
 * @param verdicts blocking: reads the disk
 * @param blocking threads that may
 */
public record OperatorDesk(
        Readiness readiness,
        Metrics metrics,
        RecentDecisions recent,
        Gate gate,
        Supplier<Face> face,
        Supplier<String> registry,
        Supplier<Set<String>> environments,
        BiFunction<Repository, String, List<String>> requirements,
        Function<KnownVerdicts.Query, KnownVerdicts.Page> verdicts,
        Executor blocking) {}
