package dev.pratique.proxy.cli;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.admin.Metrics;
import dev.pratique.proxy.admission.AdmissionEvents;
import dev.pratique.proxy.admission.DiscoveryAnswer;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.RequestTarget;
import dev.pratique.proxy.http.PullEvents;
import dev.pratique.proxy.ledger.DecisionLog;
import dev.pratique.proxy.ledger.Entry;
import dev.pratique.proxy.ledger.RecentDecisions;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what happens to those who count and write. Called on event loops and judge threads; never blocks. */
final class ProxyEvents implements PullEvents, AdmissionEvents {
    private static final Logger LOG = LoggerFactory.getLogger("pratique");

    private static final Set<RefusalReason> BY_RULE = EnumSet.of(RefusalReason.NO_RULE, RefusalReason.REFUSED_BY_RULE);

    private final Metrics metrics;
    private final DecisionLog log;
    private final RecentDecisions recent;
    private final InstantSource clock;

    ProxyEvents(Metrics metrics, DecisionLog log, RecentDecisions recent, InstantSource clock) {
        this.metrics = metrics;
        this.log = log;
        this.recent = recent;
        this.clock = clock;
    }

    @Override
    public Transfer decided(PullAnswer answer) {
        DecisionLog.Recorded recorded = log.record(answer);
        metrics.pull(recorded.entry());
        if (recorded.first() && isWorthReading(recorded.entry().key())) {
            recent.add(new RecentDecisions.Seen(clock.instant(), recorded.entry()));
        }
        return (bytes, complete) -> {
            recorded.carried(bytes);
            metrics.bytes(bytes);
        };
    }

    /** An admitted image brings all its blobs with it: they would fill the page and say nothing new. */
    private static boolean isWorthReading(Entry.Key key) {
        boolean passed = key.said() == Entry.Said.ADMITTED || key.said() == Entry.Said.WARNED;
        return key.kind() == Entry.Asked.MANIFEST || !passed;
    }

    @Override
    public void listed(DiscoveryAnswer answer) {
        metrics.listed(answer);
        // Whom the policy refuses a list is worth a line; a list itself admits nothing.
        if (answer instanceof DiscoveryAnswer.Declined declined
                && declined.verdict() instanceof Verdict.Refused refused
                && BY_RULE.contains(refused.reason())) {
            DecisionLog.Recorded recorded = log.record(Entry.of(declined, refused));
            if (recorded.first()) {
                recent.add(new RecentDecisions.Seen(clock.instant(), recorded.entry()));
            }
        }
    }

    @Override
    public void turnedAway(RequestTarget.Wrong wrong, boolean manifest) {
        metrics.turnedAway(wrong, manifest);
    }

    @Override
    public void verdictFrom(Source source) {
        metrics.verdictFrom(
                switch (source) {
                    case HEAP -> Metrics.VerdictSource.HEAP;
                    case STORED -> Metrics.VerdictSource.STORED;
                    case JUDGED -> Metrics.VerdictSource.MISS;
                });
    }

    @Override
    public void judged(long nanos) {
        metrics.verdict(nanos);
    }

    @Override
    public void failed(String id, Throwable cause) {
        metrics.fault();
        LOG.error("fault {}", id, cause);
    }
}
