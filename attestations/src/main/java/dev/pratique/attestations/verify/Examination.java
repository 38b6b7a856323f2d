package dev.pratique.attestations.verify;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.verify.Piece.Claimed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What has been seen of one image's evidence so far, and how much more may be looked at. For one thread. */
final class Examination {
    /**
     * What certificates say, a finding each: some twenty of a usual one, and all of a verdict's findings are kept and sent.
     * Those of strangers are counted apart, so that they take no room from a signer's.
     */
    private static final int MAX_CLAIMS = 512;

    private final List<Proved> proved = new ArrayList<>();
    private final Set<Rejection> rejections = EnumSet.noneOf(Rejection.class);
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Rejection> lacking = new HashMap<>();
    private final List<UnreadSource> unread = new ArrayList<>();
    private final CheckBudget budget = new CheckBudget();
    private int roomForSigners = MAX_CLAIMS;
    private int roomForOthers = MAX_CLAIMS;

    private record Proved(Claimed claimed, Proof proof, String where) {}

    CheckBudget budget() {
        return budget;
    }

    /** As {@link CheckBudget#maySpend}. */
    boolean maySpend(int checks) {
        return budget.maySpend(checks);
    }

    /** @throws UnprovenException where the piece's share has not so many */
    void spend(int checks) throws UnprovenException {
        if (!maySpend(checks)) {
            throw limit();
        }
    }

    static UnprovenException limit() {
        return new UnprovenException(
                Rejection.LIMIT, "not looked at to its end: there is too much of it, or too much was before it");
    }

    /** As {@link CheckBudget#cutShort}. */
    boolean cutShort() {
        return budget.cutShort();
    }

    void add(Finding finding) {
        findings.add(finding);
    }

    void addAll(List<Finding> more) {
        findings.addAll(more);
    }

    /** What a certificate says that proves a signature, as much as there is room for; the first of it says most. */
    void addClaims(List<Finding> claims) {
        List<Finding> some = claims.subList(0, Math.min(claims.size(), roomForSigners));
        roomForSigners -= some.size();
        findings.addAll(some);
    }

    /** The same of one that proves none. */
    void addOthersClaims(List<Finding> claims) {
        List<Finding> some = claims.subList(0, Math.min(claims.size(), roomForOthers));
        roomForOthers -= some.size();
        findings.addAll(some);
    }

    void reject(Rejection rejection, Finding finding) {
        rejections.add(rejection);
        findings.add(finding);
    }

    void reject(UnprovenException unproven, String where) {
        reject(unproven.rejection(), Finding.failed(Verification.check(unproven.rejection()), unproven.saw(), where));
    }

    /** A key of this signer's made a signature, and fewer know of it than the signer asks. */
    void lacks(String signer, Rejection what) {
        lacking.put(signer, what);
    }

    /** What could not be asked leaves open what would otherwise be said. */
    void unread(UnreadSource source, Check check) {
        if (!unread.contains(source)) {
            unread.add(source);
            findings.add(Finding.unknown(check, source.what(), source.source()));
        }
    }

    /** A root whose metadata ended, or never came: what rests on it is neither good nor bad. */
    void unread(Root root) {
        String what = root.isNeverFetched()
                ? "it was never fetched: pratique trust update"
                : "its metadata ended at "
                        + root.staleSince().map(Instant::toString).orElse("") + ": pratique trust update";
        unread(new UnreadSource("trust root " + root.name(), what), Check.VALIDITY);
    }

    /** All of it was looked at, or as much as may be: whether there was any, and whether that was all. */
    void found(FoundEvidence found) {
        if (budget.exhausted()) {
            String saw =
                    "more signatures than are tried (about " + EvidenceLimits.MAX_SIGNATURE_CHECKS + " times a key)";
            reject(Rejection.LIMIT, Finding.failed(Check.EVIDENCE, saw, ""));
        }
        if (found.limitReached()) {
            String most =
                    found.limits().stream().sorted().map(EvidenceLimit::most).collect(Collectors.joining("; "));
            String saw = "there is more evidence than is looked at (at most " + most + ")";
            reject(Rejection.LIMIT, Finding.failed(Check.EVIDENCE, saw, ""));
        }
        int count = found.items().size();
        if (budget.exhausted() || found.limitReached() || !found.unread().isEmpty()) {
            return;
        }
        if (count > 0) {
            String saw = (count == 1 ? "one signature or attestation was" : count + " signatures or attestations were")
                    + " found, and every place where some may be could be read";
            add(Finding.passed(Check.EVIDENCE, saw, ""));
        } else if (found.broken().isEmpty()) {
            add(Finding.failed(Check.EVIDENCE, "no signature or attestation was found", ""));
        }
    }

    void prove(Claimed claimed, Proof proof, String where) {
        proved.add(new Proved(claimed, proof, where));
    }

    Verification result() {
        OneSigner signers =
                new OneSigner(proved.stream().map(one -> one.proof.signedBy()).toList());
        List<VerifiedStatement> statements = proved.stream()
                .map(one ->
                        new VerifiedStatement(one.claimed, one.proof, signers.idOf(one.proof.signedBy()), one.where))
                .toList();
        List<Finding> inOrder = new ArrayList<>(findings);
        inOrder.sort(Comparator.comparing(Finding::check));
        return new Verification(statements, rejections, lacking, unread, inOrder, budget.exhausted());
    }
}
