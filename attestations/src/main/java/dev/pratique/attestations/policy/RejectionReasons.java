package dev.pratique.attestations.policy;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Verification;
import java.util.List;
import java.util.Optional;

/** What is said of an image of whose evidence nothing is good. */
public final class RejectionReasons {
    /** From what comes nearest to a proof to what is furthest from it: the first tells most about what to do. */
    private static final List<Rejection> NEAREST = List.of(
            Rejection.OTHER_SUBJECT,
            Rejection.IDENTITY_UNKNOWN,
            Rejection.CERTIFICATE_NOT_LOGGED,
            Rejection.CERTIFICATE_TIME,
            Rejection.NOT_LOGGED,
            Rejection.NOT_STAMPED,
            Rejection.NO_SIGNED_TIME,
            Rejection.LOG_ENTRY_MISMATCH,
            Rejection.LOG_ENTRY_UNPROVEN,
            Rejection.TIMESTAMP_INVALID,
            Rejection.CERTIFICATE_UNFIT,
            Rejection.CERTIFICATE_UNTRUSTED,
            Rejection.SIGNATURE_INVALID,
            Rejection.MALFORMED,
            Rejection.NO_TRUSTED_KEY,
            Rejection.NOT_JUDGED,
            Rejection.LIMIT);

    private RejectionReasons() {}

    /** Of what was rejected, what is said; empty where nothing was. */
    static Optional<RefusalReason> nearest(Verification verification) {
        return nearestProof(verification).map(RejectionReasons::of);
    }

    /** The one that comes nearest to a proof; empty where nothing was rejected. */
    public static Optional<Rejection> nearestProof(Verification verification) {
        // What was not looked at may have been good: nothing else that is said would be the reason.
        if (verification.exhausted()) {
            return Optional.of(Rejection.LIMIT);
        }
        return NEAREST.stream().filter(verification.rejections()::contains).findFirst();
    }

    /** Where one that is asked for has signed, and fewer know of it than that signer asks. */
    static Optional<RefusalReason> lacking(Verification verification, SignedBy wanted) {
        return wanted.signers().stream()
                .sorted()
                .flatMap(name -> Optional.ofNullable(verification.lacking().get(name)).stream())
                .findFirst()
                .map(RejectionReasons::of);
    }

    /** Which question has "no" for an answer where this is said; empty where it is said of no piece of evidence. */
    static Optional<Check> check(RefusalReason reason) {
        return NEAREST.stream()
                .filter(rejection -> of(rejection) == reason)
                .map(Verification::check)
                .findFirst();
    }

    static RefusalReason of(Rejection rejection) {
        return switch (rejection) {
            case MALFORMED -> RefusalReason.MALFORMED_EVIDENCE;
            case NO_TRUSTED_KEY -> RefusalReason.SIGNATURE_UNTRUSTED;
            case SIGNATURE_INVALID -> RefusalReason.SIGNATURE_INVALID;
            case OTHER_SUBJECT -> RefusalReason.OTHER_SUBJECT;
            case CERTIFICATE_UNTRUSTED -> RefusalReason.CERTIFICATE_UNTRUSTED;
            case CERTIFICATE_UNFIT -> RefusalReason.CERTIFICATE_UNFIT;
            case CERTIFICATE_TIME -> RefusalReason.CERTIFICATE_TIME;
            case CERTIFICATE_NOT_LOGGED -> RefusalReason.CERTIFICATE_NOT_LOGGED;
            case IDENTITY_UNKNOWN -> RefusalReason.IDENTITY_UNTRUSTED;
            case LOG_ENTRY_MISMATCH, LOG_ENTRY_UNPROVEN -> RefusalReason.LOG_ENTRY_INVALID;
            case NOT_LOGGED -> RefusalReason.NOT_LOGGED;
            case TIMESTAMP_INVALID -> RefusalReason.TIMESTAMP_INVALID;
            case NOT_STAMPED -> RefusalReason.NOT_STAMPED;
            case NO_SIGNED_TIME -> RefusalReason.NO_SIGNED_TIME;
            case NOT_JUDGED -> RefusalReason.EVIDENCE_NOT_JUDGED;
            case LIMIT -> RefusalReason.EVIDENCE_LIMIT;
        };
    }
}
