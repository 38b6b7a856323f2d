package dev.pratique.attestations.policy;

import dev.pratique.attestations.verify.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What was decided about one image under one rule's requirements. Undecided is not refused, and neither is admitted. */
public sealed interface Verdict {

    /** All answers to the questions that were asked, in their order. */
    List<Finding> findings();

    /** Exactly one of the functions is applied. */
    <T> T fold(Function<Admitted, T> admitted, Function<Refused, T> refused, Function<Undecided, T> undecided);

    /**
     * It may pass.
     *
     * @param warnings for the client, one line each: a deprecated base, or what a rule in warn mode would have refused
     * @param wouldRefuse in warn mode the reason for which enforcing would refuse, or would if what could not be read holds
     *     nothing better
     * @param validUntil when the first of its evidence expires; from then on it is no admission
     */
    record Admitted(
            List<Finding> findings, List<String> warnings, Optional<RefusalReason> wouldRefuse, Instant validUntil)
            implements Verdict {
        public Admitted {
            findings = List.copyOf(findings);
            warnings = List.copyOf(warnings);
        }

        @Override
        public <T> T fold(
                Function<Admitted, T> admitted, Function<Refused, T> refused, Function<Undecided, T> undecided) {
            return admitted.apply(this);
        }
    }

    /**
     * It is not acceptable.
     *
     * @param detail what exactly, one line; never empty
     */
    record Refused(RefusalReason reason, String detail, List<Finding> findings) implements Verdict {
        public Refused {
            findings = List.copyOf(findings);
        }

        @Override
        public <T> T fold(
                Function<Admitted, T> admitted, Function<Refused, T> refused, Function<Undecided, T> undecided) {
            return refused.apply(this);
        }
    }

    /**
     * It could not be decided.
     *
     * @param detail what could not be had, one line; never empty
     * @param retryAfter when asking again may help
     */
    record Undecided(Cause cause, String detail, Duration retryAfter, List<Finding> findings) implements Verdict {
        public Undecided {
            findings = List.copyOf(findings);
        }

        @Override
        public <T> T fold(
                Function<Admitted, T> admitted, Function<Refused, T> refused, Function<Undecided, T> undecided) {
            return undecided.apply(this);
        }
    }

    /** Why nothing could be decided, and the HTTP status for clients that retry on it. */
    enum Cause {
        UPSTREAM_UNREACHABLE(502, "the upstream could not be read"),
        UPSTREAM_TIMEOUT(504, "the upstream did not answer in time"),
        UPSTREAM_WRONG_BYTES(502, "the upstream answered with other bytes than were asked for"),
        EVIDENCE_UNREADABLE(503, "not every place where evidence may be could be read"),
        POOL_FULL(503, "too many images are being judged"),
        INTERNAL(500, "the proxy failed");

        private final int status;
        private final String sentence;

        Cause(int status, String sentence) {
            this.status = status;
            this.sentence = sentence;
        }

        public int status() {
            return status;
        }

        public String sentence() {
            return sentence;
        }
    }
}
