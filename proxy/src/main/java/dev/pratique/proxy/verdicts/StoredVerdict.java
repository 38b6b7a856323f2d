package dev.pratique.proxy.verdicts;

import dev.pratique.attestations.policy.Verdict;
import java.time.Instant;

/**
 * An admission as it was written down.
 *
 * @param judgedAt a record from the future is a clock that was set back: it is not used
 * @param foundAt when its evidence was looked for
 */
public record StoredVerdict(Verdict.Admitted verdict, Instant judgedAt, Instant foundAt) {}
