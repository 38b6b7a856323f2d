package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.Verdict;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What the gate says to one request, with what a ledger wants to know about it.
 */
public sealed interface PullAnswer {

    /** What was decided about whom and under what. */
    Decision decision();

    /** Exactly one of the functions is applied. */
    <T> T fold(
            Function<Pass, T> pass,
            BiFunction<Decision, Verdict.Refused, T> refused,
            BiFunction<Decision, Verdict.Undecided, T> undecided);

    /**
     * For the ledger and for metrics.
     *
     * @param rule name of the rule; empty where none was found
     * @param digest what the request came down to, where that is known
     * @param revision of trust, policy and catalog
     * @param cached whether no judging was needed
     */
    record Decision(
            PullRequest request, String rule, Optional<Digest> digest, PolicyRevision revision, boolean cached) {}

    /** It may pass; the verdict is the one that admits it. */
    record Pass(Decision decision, Admission admission, Verdict.Admitted verdict) implements PullAnswer {
        @Override
        public <T> T fold(
                Function<Pass, T> pass,
                BiFunction<Decision, Verdict.Refused, T> refused,
                BiFunction<Decision, Verdict.Undecided, T> undecided) {
            return pass.apply(this);
        }
    }

    /** It may not. */
    record Refuse(Decision decision, Verdict.Refused verdict) implements PullAnswer {
        @Override
        public <T> T fold(
                Function<Pass, T> pass,
                BiFunction<Decision, Verdict.Refused, T> refused,
                BiFunction<Decision, Verdict.Undecided, T> undecided) {
            return refused.apply(decision, verdict);
        }
    }

    /** Nobody can say. */
    record Defer(Decision decision, Verdict.Undecided verdict) implements PullAnswer {
        @Override
        public <T> T fold(
                Function<Pass, T> pass,
                BiFunction<Decision, Verdict.Refused, T> refused,
                BiFunction<Decision, Verdict.Undecided, T> undecided) {
            return undecided.apply(decision, verdict);
        }
    }
}
