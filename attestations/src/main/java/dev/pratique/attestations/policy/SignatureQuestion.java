package dev.pratique.attestations.policy;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Is the image signed by the signers that the rule names, so many of them? Only "this image is signed" counts, not a
 * statement of another kind.
 */
final class SignatureQuestion {
    private SignatureQuestion() {}

    static Answer ask(Judge.Case facts, SignedBy wanted) {
        SignerCount count =
                SignerCount.of(wanted, facts.verification().statements(), VerifiedStatement::signsFor, facts.now());
        if (count.met()) {
            return Answer.met(count.counted(), List.of(), count.end());
        }
        String unread = unread(facts.verification());
        RefusalReason reason = count.reason(facts.now()).orElseGet(() -> reason(facts.verification(), wanted));
        List<Finding> findings = new ArrayList<>(count.untimely(Check.IDENTITY, facts.now()));
        if (!unread.isEmpty()) {
            String what =
                    wanted.atLeast() == 1 ? "no signature by " + wanted : "too few signatures (" + count.text() + ")";
            return Answer.open(reason, what + " so far, and " + unread, findings);
        }
        String detail = reason.sentence() + " (" + count.text() + ")";
        findings.add(Finding.failed(check(reason), detail, ""));
        return Answer.notMet(reason, detail, findings, count.beginnings(facts.now()));
    }

    /** Which question has this for an answer. */
    private static Check check(RefusalReason reason) {
        return reason == RefusalReason.UNSIGNED || reason == RefusalReason.NOT_A_SIGNATURE
                ? Check.EVIDENCE
                : RejectionReasons.check(reason).orElse(Check.IDENTITY);
    }

    // From what comes nearest to a signature to what is furthest from it: the first tells most about what to do.
    private static RefusalReason reason(Verification verification, SignedBy wanted) {
        List<VerifiedStatement> statements = verification.statements();
        if (verification.exhausted()) {
            return RefusalReason.EVIDENCE_LIMIT;
        }
        Optional<RefusalReason> lacking = RejectionReasons.lacking(verification, wanted);
        if (lacking.isPresent()) {
            return lacking.get();
        }
        if (statements.stream().anyMatch(VerifiedStatement::signature)) {
            return RefusalReason.WRONG_SIGNER;
        }
        Set<Rejection> rejections = verification.rejections();
        if (rejections.contains(Rejection.OTHER_SUBJECT)) {
            return RefusalReason.OTHER_SUBJECT;
        }
        if (statements.stream().anyMatch(statement -> names(statement, wanted))) {
            return RefusalReason.NOT_A_SIGNATURE;
        }
        if (!verification.lacking().isEmpty()) {
            return RefusalReason.WRONG_SIGNER;
        }
        Optional<RefusalReason> rejected = RejectionReasons.nearest(verification);
        if (rejected.isPresent()) {
            return rejected.get();
        }
        return statements.isEmpty() ? RefusalReason.UNSIGNED : RefusalReason.NOT_A_SIGNATURE;
    }

    /** Whether one of the signers that are asked for signed it, at whatever time. */
    static boolean names(VerifiedStatement statement, SignedBy wanted) {
        return statement.signatories().stream()
                .anyMatch(signatory -> wanted.signers().contains(signatory.name()));
    }

    /** What could not be read, or nothing. */
    static String unread(Verification verification) {
        if (verification.unread().isEmpty()) {
            return "";
        }
        var first = verification.unread().get(0);
        return first.source() + " could not be read: " + first.what();
    }
}
