package dev.pratique.attestations.registry;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one search for evidence did not bring, and why. For one thread. */
final class EvidenceGaps {
    private static final String NO_MEMORY = "there is no memory for it while other evidence is being judged";

    private final List<UnreadSource> unread = new ArrayList<>();
    private final List<UnreadSource> broken = new ArrayList<>();
    private boolean limitReached;

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
    void limitReached() {
        limitReached = true;
    }

    /** Something else came than what was asked for. */
    void failed(String source, Fetched answer) {
        if (answer instanceof Fetched.Unread noAnswer) {
            unread(source, noAnswer.what());
        } else if (answer instanceof Fetched.Denied denied) {
            // POL-08: only a definite "not there" means unsigned; 401 and 403 do not.
            unread(source, "the upstream answered " + denied.status());
        } else if (answer instanceof Fetched.Wrong wrong) {
            broken(source, wrong.what());
        } else {
            broken(source, "it is listed, but the upstream does not have it");
        }
    }

    /** What was found beside them. */
    FoundEvidence beside(List<EvidenceBytes> items, Instant foundAt) {
        return new FoundEvidence(items, unread, broken, limitReached, foundAt);
    }
}
