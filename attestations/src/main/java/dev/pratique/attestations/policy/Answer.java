package dev.pratique.attestations.policy;

import dev.pratique.attestations.verify.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What came of one requirement.
 *
 * @param reason why it is not met, or what it would be if a source that could not be read has nothing; empty where met
 * @param detail one line; empty where met
 * @param changes moments at which the answer would be another
 */
record Answer(
        State state,
        Optional<RefusalReason> reason,
        String detail,
        List<Finding> findings,
        List<String> warnings,
        List<Instant> changes) {

    Answer {
        if (reason.filter(RefusalReason::isOfTheRequest).isPresent()) {
            throw new IllegalArgumentException(reason.get() + " is said of requests, not of images");
        }
    }

    /** Whether the requirement is met. */
    enum State {
        MET,
        NOT_MET,
        /** Not met by what was found, and not all could be asked. */
        OPEN
    }

    static Answer met(List<Finding> findings) {
        return new Answer(State.MET, Optional.empty(), "", findings, List.of(), List.of());
    }

    static Answer met(List<Finding> findings, List<String> warnings, List<Instant> changes) {
        return new Answer(State.MET, Optional.empty(), "", findings, warnings, changes);
    }

    static Answer notMet(RefusalReason reason, String detail, List<Finding> findings) {
        return new Answer(State.NOT_MET, Optional.of(reason), detail, findings, List.of(), List.of());
    }

    /** A refusal that ends at a known moment. */
    static Answer notMet(RefusalReason reason, String detail, List<Finding> findings, List<Instant> changes) {
        return new Answer(State.NOT_MET, Optional.of(reason), detail, findings, List.of(), changes);
    }

    static Answer open(RefusalReason reason, String detail, List<Finding> findings) {
        return new Answer(State.OPEN, Optional.of(reason), detail, findings, List.of(), List.of());
    }
}
