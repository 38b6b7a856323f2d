package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.RejectionReasons;
import dev.pratique.attestations.statement.Statement;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.VerifiedStatement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The result of {@code verify} for people and for programs.
 *
 * @param subject the image or artifact as it was asked for
 * @param asked what was asked for, a line each
 * @param proofs what fulfils it
 * @param why where nothing does, one line
 * @param remedy what to do about it, one line
 */
record VerifyReport(
        String subject,
        Digest digest,
        List<String> asked,
        Answer answer,
        Optional<String> reason,
        Optional<String> why,
        Optional<String> remedy,
        List<VerifiedStatement> proofs,
        List<Finding> findings) {

    /** There is nothing to verify. */
    private static final String UNSIGNED = "UNSIGNED";
    /** The signer signed something about it, and nothing of what is asked for. */
    private static final String OTHER_STATEMENT = "NOT_WHAT_IS_ASKED_FOR";

    /** What is said. */
    enum Answer {
        VERIFIED(ExitCode.DONE),
        NOT_VERIFIED(ExitCode.REFUSED),
        UNDECIDED(ExitCode.UNDECIDED);

        private final ExitCode exit;

        Answer(ExitCode exit) {
            this.exit = exit;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * @param wanted what of the proved statements fulfils what was asked for
     * @param otherwise why none of those that are proved does; used only where there are some
     */
    static VerifyReport of(
            String subject,
            Digest digest,
            List<String> asked,
            Verification verification,
            List<VerifiedStatement> wanted,
            String otherwise) {
        VerifyReport verified = new VerifyReport(
                subject,
                digest,
                asked,
                Answer.VERIFIED,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                wanted,
                verification.findings());
        if (!wanted.isEmpty()) {
            return verified;
        }
        if (!verification.unread().isEmpty()) {
            return verified.but(
                    Answer.UNDECIDED,
                    Optional.empty(),
                    Optional.of("not every place where evidence may be could be read"),
                    Optional.of("the findings say which; ask again once it can be read"));
        }
        if (!verification.statements().isEmpty()) {
            return verified.but(
                    Answer.NOT_VERIFIED,
                    Optional.of(OTHER_STATEMENT),
                    Optional.of(otherwise + whatThereIs(verification)),
                    Optional.empty());
        }
        Optional<Rejection> furthest = RejectionReasons.nearestProof(verification);
        return verified.but(
                Answer.NOT_VERIFIED,
                Optional.of(furthest.map(Enum::name).orElse(UNSIGNED)),
                Optional.empty(),
                Optional.of(furthest.map(VerifyRemedy::of).orElse(VerifyRemedy.OF_NOTHING)));
    }

    private static String whatThereIs(Verification verification) {
        List<String> types = verification.statements().stream()
                .flatMap(proof -> proof.statement().stream())
                .map(Statement::predicateType)
                .distinct()
                .sorted()
                .map(Printable::line)
                .toList();
        return types.isEmpty() ? "" : "; there is " + String.join(", ", types);
    }

    private VerifyReport but(Answer other, Optional<String> because, Optional<String> known, Optional<String> todo) {
        return new VerifyReport(subject, digest, asked, other, because, known, todo, proofs, findings);
    }

    ExitCode exitCode() {
        return answer.exit;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(subject);
        lines.add("digest:    " + digest);
        asked.forEach(one -> lines.add("asks for:  " + one));
        lines.add("answer:    " + answer.label()
                + reason.map(known -> ", " + known).orElse(""));
        why.ifPresent(known -> lines.add("why:       " + known));
        proofs.forEach(proof -> lines.addAll(new ProofReport(proof).lines()));
        if (!findings.isEmpty()) {
            lines.add("findings:");
            findings.forEach(finding -> lines.add("  " + finding));
        }
        remedy.ifPresent(what -> lines.add("remedy:    " + what));
        return lines;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("subject", subject);
        members.put("digest", digest.toString());
        members.put("asked", asked);
        members.put("answer", answer.label());
        members.put("reason", reason.orElse(null));
        members.put("detail", why.orElse(null));
        members.put("remedy", remedy.orElse(null));
        members.put(
                "proofs",
                proofs.stream().map(proof -> new ProofReport(proof).row()).toList());
        members.put("findings", findings.stream().map(VerifyReport::row).toList());
        return members;
    }

    private static Map<String, Object> row(Finding finding) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("check", finding.check().name());
        row.put("outcome", finding.outcome().name());
        row.put("saw", finding.saw());
        row.put("where", finding.where());
        return row;
    }
}
