package dev.pratique.attestations.registry;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What one search for evidence did not bring, and why. For one thread. */
final class EvidenceGaps {
    private static final String NO_MEMORY = "there is no memory for it while other evidence is being judged";

    private final List<UnreadSource> unread = new ArrayList<>();
    private final List<UnreadSource> broken = new ArrayList<>();
    private final Set<EvidenceLimit> limits = EnumSet.noneOf(EvidenceLimit.class);

    /** Nobody knows what is there: "not found" then means nothing. */
    void unread(String source, String what) {
        unread.add(new UnreadSource(source, what));
    }

    /** The budget did not give it. */
    void noMemory(String source) {
        unread(source, NO_MEMORY);
    }

    /** What is there is no evidence. */
    void broken(String source, String what) {
        broken.add(new UnreadSource(source, what));
    }

    /** There is more than is looked at. */
    void limitReached(EvidenceLimit limit) {
        limits.add(limit);
    }

    /**
     * A place gave no answer by which to know what is there. POL-08: only a definite "not there", or an empty list, means
     * unsigned; what cannot be an answer is none, whoever gave it.
     */
    void unanswered(String source, Fetched answer) {
        if (answer instanceof Fetched.Wrong wrong) {
            unread(source, wrong.what());
        } else if (answer instanceof Fetched.Missing) {
            unread(source, "the registry lost the list between two pages");
        } else {
            failed(source, answer);
        }
    }

    /** Something else came than what a list or a manifest promised. */
    void failed(String source, Fetched answer) {
        if (answer instanceof Fetched.Unread noAnswer) {
            unread(source, noAnswer.what());
        } else if (answer instanceof Fetched.Denied denied) {
            unread(source, "the upstream answered " + denied.status());
        } else if (answer instanceof Fetched.Wrong wrong) {
            broken(source, wrong.what());
        } else {
            broken(source, "it is listed, but the upstream does not have it");
        }
    }

    /** What was found beside them. */
    FoundEvidence beside(List<EvidenceBytes> items, Instant foundAt) {
        return new FoundEvidence(items, unread, broken, limits, foundAt);
    }
}
