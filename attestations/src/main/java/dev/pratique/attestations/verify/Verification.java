package dev.pratique.attestations.verify;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that the evidence of one image proves, and what was wrong with the rest.
 *
 * @param statements proved, about this image
 * @param rejections the kinds of what was found and proves nothing
 * @param lacking signers whose key made a signature of which fewer know than the signer asks, each with what is too few
 * @param unread sources that could not be asked
 * @param findings in the order of {@link Check}
 * @param exhausted whether some of it was not looked at to its end, because there was too much
 */
public record Verification(
        List<VerifiedStatement> statements,
        Set<Rejection> rejections,
        Map<String, Rejection> lacking,
        List<UnreadSource> unread,
        List<Finding> findings,
        boolean exhausted) {

    public Verification {
        statements = List.copyOf(statements);
        rejections = Set.copyOf(rejections);
        lacking = Map.copyOf(lacking);
        unread = List.copyOf(unread);
        findings = List.copyOf(findings);
    }

    /** Which question is answered with "no" where evidence is rejected for this. */
    public static Check check(Rejection rejection) {
        return switch (rejection) {
            case MALFORMED, SIGNATURE_INVALID -> Check.INTEGRITY;
            case NO_TRUSTED_KEY, IDENTITY_UNKNOWN -> Check.IDENTITY;
            case OTHER_SUBJECT -> Check.SUBJECT;
            case CERTIFICATE_UNTRUSTED, CERTIFICATE_UNFIT, CERTIFICATE_TIME, CERTIFICATE_NOT_LOGGED -> Check.VALIDITY;
            case LOG_ENTRY_MISMATCH, LOG_ENTRY_UNPROVEN, NOT_LOGGED -> Check.LOG_INCLUSION;
            case TIMESTAMP_INVALID, NOT_STAMPED, NO_SIGNED_TIME -> Check.SIGNED_TIME;
            case NOT_JUDGED, LIMIT -> Check.EVIDENCE;
        };
    }
}
