package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What has been seen of one image's evidence so far, and how much more may be looked at. For one thread. */
final class Examination {
    private final List<VerifiedStatement> statements = new ArrayList<>();
    private final Set<Rejection> rejections = EnumSet.noneOf(Rejection.class);
    private final List<Finding> findings = new ArrayList<>();
    private final List<UnreadSource> unread = new ArrayList<>();
    private int checksLeft = EvidenceLimits.MAX_SIGNATURE_CHECKS;

    /** Takes as many checks as if they were of P-256 signatures, whether or not there are so many left. */
    boolean maySpend(int checks) {
        checksLeft -= checks;
        return checksLeft >= 0;
    }

    /** @throws UnprovenException where there are not so many left; the whole examination then has reached its limit */
    void spend(int checks) throws UnprovenException {
        if (!maySpend(checks)) {
            throw new UnprovenException(Rejection.LIMIT, "not looked at: too much was before it");
        }
    }

    boolean exhausted() {
        return checksLeft < 0;
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    void addAll(List<Finding> more) {
        findings.addAll(more);
    }

    void reject(Rejection rejection, Finding finding) {
        rejections.add(rejection);
        findings.add(finding);
    }

    void reject(UnprovenException unproven, String where) {
        reject(unproven.rejection(), Finding.failed(Verification.check(unproven.rejection()), unproven.saw(), where));
    }

    /** What could not be asked leaves open what would otherwise be said. */
    void unread(UnreadSource source, Check check) {
        if (!unread.contains(source)) {
            unread.add(source);
            findings.add(Finding.unknown(check, source.what(), source.source()));
        }
    }

    void prove(VerifiedStatement statement) {
        statements.add(statement);
    }

    Verification result() {
        return new Verification(statements, rejections, unread, findings);
    }
}
