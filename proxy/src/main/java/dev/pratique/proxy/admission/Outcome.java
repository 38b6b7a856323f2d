package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import java.util.List;
import java.util.Optional;

/** What a judge hands back to the gate. */
sealed interface Outcome {

    /** It may pass. */
    record Granted(Digest digest, HeapFront.Entry entry) implements Outcome {}

    /** It may not, or nobody can say. */
    record Stopped(Optional<Digest> digest, Verdict verdict) implements Outcome {}

    static Outcome refused(Optional<Digest> digest, RefusalReason reason, String detail) {
        return new Stopped(digest, new Verdict.Refused(reason, detail, List.of()));
    }

    static Outcome undecided(Optional<Digest> digest, Verdict.Cause cause, String detail) {
        return new Stopped(digest, new Verdict.Undecided(cause, detail, java.time.Duration.ofSeconds(2), List.of()));
    }
}
