package dev.pratique.attestations.policy;

import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Verdict.Admitted;
import dev.pratique.attestations.policy.Verdict.Cause;
import dev.pratique.attestations.policy.Verdict.Refused;
import dev.pratique.attestations.policy.Verdict.Undecided;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Turns findings into a verdict. Pure: the same case has the same verdict.
 *
 * <p>Each requirement is judged on its own. One that cannot be met whatever else is found refuses; one that is not met
 * while a source could not be read leaves the case undecided; evidence that suffices admits whatever other sources said.
 */
public final class Judge {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Lineage lineage;

    public Judge(Catalog catalog) {
        this.lineage = new Lineage(catalog);
    }

    /**
     * One image under one rule's requirements.
     *
     * @param evidenceGoodUntil when the evidence must have been looked for again
     */
    public record Case(
            Requirements requirements,
            Verification verification,
            ImageShape shape,
            Composition composition,
            Instant now,
            Instant evidenceGoodUntil) {}

    /** The verdict; its findings are in the order of {@link Check}. */
    public Verdict judge(Case facts) {
        List<Answer> answers = new ArrayList<>();
        facts.requirements().signedBy().ifPresent(wanted -> answers.add(SignatureQuestion.ask(facts, wanted)));
        if (facts.requirements().provenance().isPresent()) {
            answers.add(ProvenanceQuestion.ask(
                    facts, facts.requirements().provenance().get()));
        }
        answers.addAll(BaseQuestion.ask(facts, lineage));
        answers.addAll(CompositionQuestion.ask(facts));

        List<Finding> findings = new ArrayList<>();
        if (facts.requirements().needsEvidence()) {
            findings.addAll(facts.verification().findings());
        } else {
            // Nobody looked for any: that none was found says nothing.
            findings.add(Finding.notRequired(Check.EVIDENCE, "the rule asks for no signature or attestation", ""));
        }
        answers.forEach(answer -> findings.addAll(answer.findings()));
        findings.sort(Comparator.comparing(Finding::check));

        Optional<Answer> refused = first(answers, Answer.State.NOT_MET);
        Optional<Answer> open = first(answers, Answer.State.OPEN);
        List<String> warnings = new ArrayList<>();
        answers.forEach(answer -> warnings.addAll(answer.warnings()));
        if (facts.requirements().mode() == Mode.WARN) {
            refused.or(() -> open).ifPresent(answer -> warnings.add(0, warning(answer)));
            return new Admitted(
                    findings, warnings, refused.or(() -> open).flatMap(Answer::reason), validUntil(facts, answers));
        }
        if (refused.isPresent()) {
            return new Refused(
                    refused.get().reason().orElseThrow(), refused.get().detail(), findings);
        }
        if (open.isPresent()) {
            return new Undecided(Cause.EVIDENCE_UNREADABLE, open.get().detail(), RETRY, findings);
        }
        return new Admitted(findings, warnings, Optional.empty(), validUntil(facts, answers));
    }

    private static Optional<Answer> first(List<Answer> answers, Answer.State state) {
        return answers.stream().filter(answer -> answer.state() == state).findFirst();
    }

    private static String warning(Answer answer) {
        String reason = answer.state() == Answer.State.NOT_MET
                ? "would be refused: " + answer.reason().map(Enum::name).orElse("")
                : "could not be decided";
        return reason + ": " + answer.detail();
    }

    // A verdict expires exactly when the first of its evidence does.
    private static Instant validUntil(Case facts, List<Answer> answers) {
        return answers.stream()
                .flatMap(answer -> answer.changes().stream())
                .filter(change -> change.isBefore(facts.evidenceGoodUntil()))
                .min(Instant::compareTo)
                .orElse(facts.evidenceGoodUntil());
    }

    /** Whether a runnable image is to be judged: its platform is one that the requirements admit, or not said at all. */
    static boolean admitsPlatform(Requirements requirements, PlatformImage image) {
        return requirements.platforms().isEmpty()
                || image.platform().isEmpty()
                || requirements.platforms().contains(image.platform().get());
    }
}
