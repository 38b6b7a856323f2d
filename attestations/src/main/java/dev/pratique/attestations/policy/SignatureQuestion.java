package dev.pratique.attestations.policy;

import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verification.Rejection;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Is the image signed by a signer that the rule names? Only "this image is signed" counts, not a statement of another kind. */
final class SignatureQuestion {
    private SignatureQuestion() {}

    static Answer ask(Judge.Case facts) {
        Set<String> wanted = facts.requirements().signedBy();
        for (VerifiedStatement statement : facts.verification().statements()) {
            if (statement.signature() && names(statement, wanted)) {
                String saw = "signature by " + listed(statement.signers()) + " meets signedBy";
                return Answer.met(List.of(Finding.passed(Check.IDENTITY, saw, statement.where())));
            }
        }
        String unread = unread(facts.verification());
        RefusalReason reason = reason(facts.verification(), wanted);
        if (!unread.isEmpty()) {
            return Answer.open(reason, "no signature by " + listed(wanted) + " so far, and " + unread, List.of());
        }
        String detail = reason.sentence() + " (signedBy: " + listed(wanted) + ")";
        return Answer.notMet(reason, detail, List.of(Finding.failed(Check.IDENTITY, detail, "")));
    }

    // From what comes nearest to a signature to what is furthest from it: the first tells most about what to do.
    private static RefusalReason reason(Verification verification, Set<String> wanted) {
        List<VerifiedStatement> statements = verification.statements();
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
        if (rejections.contains(Rejection.MALFORMED)) {
            return RefusalReason.MALFORMED_EVIDENCE;
        }
        if (rejections.contains(Rejection.NO_TRUSTED_KEY)) {
            return RefusalReason.SIGNATURE_UNTRUSTED;
        }
        if (rejections.contains(Rejection.NOT_JUDGED)) {
            return RefusalReason.EVIDENCE_NOT_JUDGED;
        }
        if (rejections.contains(Rejection.LIMIT)) {
            return RefusalReason.EVIDENCE_LIMIT;
        }
        return statements.isEmpty() ? RefusalReason.UNSIGNED : RefusalReason.NOT_A_SIGNATURE;
    }

    static boolean names(VerifiedStatement statement, Set<String> wanted) {
        return !Collections.disjoint(statement.signers(), wanted);
    }

    static String listed(Set<String> names) {
        return String.join(", ", new TreeSet<>(names));
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
