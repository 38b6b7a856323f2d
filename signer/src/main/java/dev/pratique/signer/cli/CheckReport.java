package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.RequirementsText;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.verify.Check;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.signer.check.ImageCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of {@code check} for people and for programs, whoever has judged.
 *
 * @param requirements what the rule asks for, a line each
 * @param reason why it is refused, or in warn mode would be
 * @param findings with names as programs read them
 */
record CheckReport(
        String image,
        Optional<String> digest,
        String environment,
        Optional<String> rule,
        List<String> requirements,
        Answer answer,
        Optional<String> reason,
        Optional<String> detail,
        List<String> warnings,
        List<Seen> findings,
        Optional<String> remedy,
        String revision) {

    /** Findings or lines of a proxy's answer; evidence is limited, and so are they. */
    private static final int MAX_ITEMS = 10_000;

    /** What is said. */
    enum Answer {
        ADMITTED(ExitCode.DONE),
        REFUSED(ExitCode.REFUSED),
        UNDECIDED(ExitCode.UNDECIDED);

        private final ExitCode exit;

        Answer(ExitCode exit) {
            this.exit = exit;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A finding.
     *
     * @param line for people
     */
    record Seen(String check, String outcome, String saw, String where, String line) {
        static Seen of(Finding finding) {
            return new Seen(
                    finding.check().name(),
                    finding.outcome().name(),
                    finding.saw(),
                    finding.where(),
                    finding.toString());
        }

        static Seen of(JsonObject finding) throws MalformedEvidenceException {
            String check = CheckReport.line(finding.getString("check"));
            String outcome = CheckReport.line(finding.getString("outcome"));
            String saw = CheckReport.line(finding.getString("saw"));
            String where = text(finding, "where").orElse("");
            String label = Stream.of(Check.values())
                    .filter(known -> known.name().equals(check))
                    .map(Check::label)
                    .findFirst()
                    .orElse(check);
            String line = label + ": " + outcome.toLowerCase(Locale.ROOT) + ", " + saw
                    + (where.isEmpty() ? "" : " [" + where + "]");
            return new Seen(check, outcome, saw, where, line);
        }

        private Map<String, Object> row() {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("check", check);
            row.put("outcome", outcome);
            row.put("saw", saw);
            row.put("where", where);
            return row;
        }
    }

    /**
     * What was judged here.
     *
     * @param trust by which
     */
    static CheckReport of(ImageCheck.Result result, String environment, TrustRoots trust, PolicyRevision revision) {
        Verdict verdict = result.verdict();
        Optional<RefusalReason> reason = verdict.fold(
                Verdict.Admitted::wouldRefuse, refused -> Optional.of(refused.reason()), undecided -> Optional.empty());
        return new CheckReport(
                result.image().toString(),
                result.digest().map(Digest::toString),
                environment,
                result.rule().map(Rule::name),
                result.rule().map(rule -> RequirementsText.of(rule, trust)).orElse(List.of()),
                verdict.fold(admitted -> Answer.ADMITTED, refused -> Answer.REFUSED, undecided -> Answer.UNDECIDED),
                reason.map(Enum::name),
                verdict.fold(
                        admitted -> Optional.empty(),
                        refused -> Optional.of(refused.detail()),
                        undecided -> Optional.of(undecided.cause().sentence() + ": " + undecided.detail())),
                verdict.fold(Verdict.Admitted::warnings, refused -> List.of(), undecided -> List.of()),
                verdict.findings().stream().map(Seen::of).toList(),
                reason.map(RefusalReason::remedy),
                revision.toString());
    }

    /**
     * What a running proxy says, in the words of this command.
     *
     * @param explanation as the operator's port gives it
     * @throws MalformedEvidenceException where it is of another form
     */
    static CheckReport of(JsonObject explanation) throws MalformedEvidenceException {
        String said = explanation.getString("answer");
        Answer answer = switch (said) {
            case "admitted", "warned" -> Answer.ADMITTED;
            case "refused" -> Answer.REFUSED;
            case "undecided" -> Answer.UNDECIDED;
            default -> throw new MalformedEvidenceException("an answer of a later version");
        };
        boolean undecided = answer == Answer.UNDECIDED;
        Optional<String> detail = text(explanation, "detail");
        List<Seen> findings = new ArrayList<>();
        for (JsonValue finding : explanation.arrayOrEmpty("findings", MAX_ITEMS)) {
            findings.add(Seen.of(finding.asObject("finding")));
        }
        return new CheckReport(
                line(explanation.getString("image")),
                text(explanation, "digest"),
                line(explanation.getString("environment")),
                text(explanation, "rule"),
                lines(explanation, "requirements"),
                answer,
                undecided ? Optional.empty() : text(explanation, "reason"),
                switch (answer) {
                    case ADMITTED -> Optional.empty();
                    case REFUSED -> detail;
                    case UNDECIDED ->
                        Optional.of(
                                sentence(explanation.getString("reason")) + ": " + detail.orElse("it says no more"));
                },
                lines(explanation, "warnings"),
                findings,
                undecided ? Optional.empty() : text(explanation, "remedy"),
                line(explanation.getString("revision")));
    }

    private static String sentence(String cause) {
        for (Verdict.Cause known : Verdict.Cause.values()) {
            if (known.name().equals(cause)) {
                return known.sentence();
            }
        }
        return line(cause);
    }

    private static Optional<String> text(JsonObject object, String name) throws MalformedEvidenceException {
        return object.findString(name).map(CheckReport::line);
    }

    private static List<String> lines(JsonObject object, String name) throws MalformedEvidenceException {
        List<String> lines = new ArrayList<>();
        for (JsonValue value : object.arrayOrEmpty(name, MAX_ITEMS)) {
            lines.add(line(value.asString(name)));
        }
        return lines;
    }

    // Whoever answers at that address: nothing of it moves the cursor of a terminal.
    private static String line(String text) {
        return Printable.line(text);
    }

    ExitCode exitCode() {
        return answer.exit;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(image);
        digest.ifPresent(known -> lines.add("digest:    " + known));
        lines.add("rule:      " + rule.orElse("none") + " (environment " + environment + ")");
        requirements.forEach(asked -> lines.add("asks for:  " + asked));
        lines.add("answer:    " + answer.label() + reason.map(why -> ", " + why).orElse(""));
        detail.ifPresent(why -> lines.add("why:       " + why));
        warnings.forEach(warning -> lines.add("warning:   " + warning));
        if (!findings.isEmpty()) {
            lines.add("findings:");
            findings.forEach(finding -> lines.add("  " + finding.line()));
        }
        remedy.ifPresent(what -> lines.add("remedy:    " + what));
        return lines;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("image", image);
        members.put("digest", digest.orElse(null));
        members.put("environment", environment);
        members.put("rule", rule.orElse(null));
        members.put("requirements", requirements);
        members.put("answer", answer.label());
        members.put("reason", reason.orElse(null));
        members.put("detail", detail.orElse(null));
        members.put("warnings", warnings);
        members.put("findings", findings.stream().map(Seen::row).toList());
        members.put("remedy", remedy.orElse(null));
        members.put("revision", revision);
        return members;
    }
}
