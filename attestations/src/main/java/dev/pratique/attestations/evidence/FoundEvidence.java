package dev.pratique.attestations.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * All that was found beside one image, and what could not be asked.
 *
 * @param items those that bring least first; they are judged manifest by manifest
 * @param unread sources that gave no answer: with one of these, "not found" means nothing
 * @param broken what was there and cannot be read, one line each
 * @param limits those that kept some of what there was from being looked at
 * @param foundAt when the registry was asked
 */
public record FoundEvidence(
        List<EvidenceBytes> items,
        List<UnreadSource> unread,
        List<UnreadSource> broken,
        Set<EvidenceLimit> limits,
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
        limits = Set.copyOf(limits);
    }

    /** Whether there was more than is looked at. */
    public boolean limitReached() {
        return !limits.isEmpty();
    }

    /** Nothing asked, nothing found: for rules that need no evidence. */
    public static FoundEvidence none(Instant at) {
        return new FoundEvidence(List.of(), List.of(), List.of(), Set.of(), at);
    }
}
