package dev.pratique.attestations.verify;

import dev.pratique.attestations.Rejection;
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

    public Verification {
        statements = List.copyOf(statements);
        rejections = Set.copyOf(rejections);
        unread = List.copyOf(unread);
        findings = List.copyOf(findings);
    }
}
