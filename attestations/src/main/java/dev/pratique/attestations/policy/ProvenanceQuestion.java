package dev.pratique.attestations.policy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.pattern.Glob;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Was the image built by a builder and from a source of the rule, and does a signer of the rule say so? All statements are looked at. */
final class ProvenanceQuestion {
    private ProvenanceQuestion() {}

    static Answer ask(Judge.Case facts, ProvenanceRequirement wanted) {
        List<Finding> findings = new ArrayList<>();
        List<VerifiedStatement> good = new ArrayList<>();
        RefusalReason nearest = RefusalReason.NO_PROVENANCE;
        SignerCount count = SignerCount.of(wanted.signedBy(), good, (one, signatory) -> true, facts.now());
        for (VerifiedStatement verified : facts.verification().statements()) {
            if (verified.statement().isEmpty()
                    || !SignatureQuestion.names(verified, wanted.signedBy())
                    || !Provenance.isProvenance(verified.statement().get().predicateType())) {
                continue;
            }
            RefusalReason reason = judge(verified, verified.statement().get(), wanted, findings);
            if (reason != null) {
                nearest = reason;
                continue;
            }
            good.add(verified);
            count = SignerCount.of(wanted.signedBy(), good, (one, signatory) -> true, facts.now());
            if (count.met()) {
                return Answer.met(findings, List.of(), count.end());
            }
        }
        // What is good but for its signers comes nearer than what is not good at all.
        nearest = count.reason(facts.now()).orElse(nearest);
        if (nearest == RefusalReason.NO_PROVENANCE) {
            nearest = nothingProved(facts);
        }
        findings.addAll(count.untimely(Check.PROVENANCE, facts.now()));
        return notMet(facts, nearest, count, findings);
    }

    private static Answer notMet(Judge.Case facts, RefusalReason reason, SignerCount count, List<Finding> findings) {
        String unread = SignatureQuestion.unread(facts.verification());
        if (!unread.isEmpty()) {
            return Answer.open(reason, "no provenance that the rule asks for so far, and " + unread, findings);
        }
        String detail = reason.sentence() + " (" + count.text() + ")";
        if (findings.stream().noneMatch(finding -> finding.outcome() == Finding.Outcome.FAILED)) {
            findings.add(Finding.failed(RejectionReasons.check(reason).orElse(Check.PROVENANCE), detail, ""));
        }
        return Answer.notMet(reason, detail, findings, count.beginnings(facts.now()));
    }

    /** Null where it is what the rule asks for. */
    private static @org.jspecify.annotations.Nullable RefusalReason judge(
            VerifiedStatement verified, Statement statement, ProvenanceRequirement wanted, List<Finding> findings) {
        Provenance provenance;
        try {
            provenance = Provenance.read(statement);
        } catch (MalformedEvidenceException e) {
            findings.add(Finding.failed(Check.PROVENANCE, Printable.line(e.getMessage()), verified.where()));
            return RefusalReason.MALFORMED_EVIDENCE;
        }
        String builder = Printable.line(provenance.builderId());
        if (!matches(wanted.builders(), provenance.builderId())) {
            findings.add(Finding.failed(
                    Check.PROVENANCE, "built by " + builder + ", which the rule does not name", verified.where()));
            return RefusalReason.PROVENANCE_BUILDER;
        }
        String from = provenance.source().map(Printable::line).orElse("");
        if (!wanted.sources().isEmpty()
                && (provenance.source().isEmpty()
                        || !matches(wanted.sources(), provenance.source().get()))) {
            String saw = from.isEmpty()
                    ? "it names no source, or more than one, where its build type is known to name it"
                    : "built from " + from + ", which the rule does not name";
            findings.add(Finding.failed(Check.PROVENANCE, saw, verified.where()));
            return RefusalReason.PROVENANCE_SOURCE;
        }
        String ref = provenance.ref().map(Printable::line).orElse("");
        if (!wanted.refs().isEmpty()
                && (provenance.ref().isEmpty()
                        || !matches(wanted.refs(), provenance.ref().get()))) {
            String saw = ref.isEmpty()
                    ? "it names no branch or tag, or more than one, where its build type is known to name it"
                    : "built from " + ref + ", which the rule does not name";
            findings.add(Finding.failed(Check.PROVENANCE, saw, verified.where()));
            return RefusalReason.PROVENANCE_REF;
        }
        String of = (from.isEmpty() ? "" : " from " + from) + (ref.isEmpty() ? "" : " at " + ref);
        findings.add(Finding.passed(Check.PROVENANCE, "built by " + builder + of, verified.where()));
        return null;
    }

    private static RefusalReason nothingProved(Judge.Case facts) {
        // Evidence for another image, or that cannot be read, tells more about what to do than "none was found"; but
        // only where there is nothing good at all, for a broken signature beside it says nothing about provenance.
        if (!facts.verification().statements().isEmpty()
                && !facts.verification().exhausted()) {
            return RefusalReason.NO_PROVENANCE;
        }
        return RejectionReasons.nearest(facts.verification()).orElse(RefusalReason.NO_PROVENANCE);
    }

    private static boolean matches(Set<Glob> globs, String text) {
        return globs.isEmpty() || globs.stream().anyMatch(glob -> glob.matches(text));
    }
}
