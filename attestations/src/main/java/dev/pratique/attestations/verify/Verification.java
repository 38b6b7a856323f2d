package dev.pratique.attestations.verify;

import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import java.util.List;
import java.util.Set;

/**
 * All that the evidence of one image proves, and what was wrong with the rest.
 *
 * @param statements proved, about this image
 * @param rejections the kinds of what was found and proves nothing
 * @param unread sources that could not be asked
 */
public record Verification(
        List<VerifiedStatement> statements,
        Set<Rejection> rejections,
        List<UnreadSource> unread,
        List<Finding> findings) {

    /** Why a piece of evidence proves nothing. */
    public enum Rejection {
        /** It cannot be read, or not in one way only. */
        MALFORMED,
        /** No trusted key made this signature over these bytes. */
        NO_TRUSTED_KEY,
        /** A trusted key signed it, for another image. */
        OTHER_SUBJECT,
        /** A form that this version does not judge. */
        NOT_JUDGED,
        /** There was more than the limits let us look at. */
        LIMIT
    }

    public Verification {
        statements = List.copyOf(statements);
        rejections = Set.copyOf(rejections);
        unread = List.copyOf(unread);
        findings = List.copyOf(findings);
    }
}
