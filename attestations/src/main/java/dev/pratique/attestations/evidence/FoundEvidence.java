package dev.pratique.attestations.evidence;

import dev.pratique.attestations.EvidenceLimits;
import java.time.Instant;
import java.util.List;

/**
 * All that was found beside one image, and what could not be asked.
 *
 * @param items those that bring least first; they are judged manifest by manifest
 * @param unread sources that gave no answer: with one of these, "not found" means nothing
 * @param broken what was there and cannot be read, one line each
 * @param limitReached whether there was more than {@link EvidenceLimits} lets us look at
 * @param foundAt when the registry was asked
 */
public record FoundEvidence(
        List<EvidenceBytes> items,
        List<UnreadSource> unread,
        List<UnreadSource> broken,
        boolean limitReached,
        Instant foundAt) {

    /**
     * A source of evidence and what is wrong with it.
     *
     * @param source for people: a tag, "referrers API"
     * @param what one line
     */
    public record UnreadSource(String source, String what) {}

    public FoundEvidence {
        items = List.copyOf(items);
        unread = List.copyOf(unread);
        broken = List.copyOf(broken);
    }

    /** Nothing asked, nothing found: for rules that need no evidence. */
    public static FoundEvidence none(Instant at) {
        return new FoundEvidence(List.of(), List.of(), List.of(), false, at);
    }
}
