package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.policy.Glob;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.policy.Requirements.BaseRequirement;
import dev.pratique.attestations.policy.Requirements.Mode;
import dev.pratique.attestations.policy.Requirements.ProvenanceRequirement;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.SignedBy;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.signer.check.ImageCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The result of {@code check} for people and for programs. */
record CheckReport(ImageCheck.Result result, String environment, PolicyRevision revision) {

    ExitCode exitCode() {
        return result.verdict()
                .fold(admitted -> ExitCode.DONE, refused -> ExitCode.REFUSED, undecided -> ExitCode.UNDECIDED);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(result.image().toString());
        result.digest().ifPresent(digest -> lines.add("digest:    " + digest));
        lines.add("rule:      " + result.rule().map(Rule::name).orElse("none") + " (environment " + environment + ")");
        requirements().forEach(asked -> lines.add("asks for:  " + asked));
        lines.add("answer:    " + answer()
                + reason().map(reason -> ", " + reason.name()).orElse(""));
        detail().ifPresent(detail -> lines.add("why:       " + detail));
        warnings().forEach(warning -> lines.add("warning:   " + warning));
        if (!result.verdict().findings().isEmpty()) {
            lines.add("findings:");
            result.verdict().findings().forEach(finding -> lines.add("  " + finding));
        }
        reason().ifPresent(reason -> lines.add("remedy:    " + reason.remedy()));
        return lines;
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("image", result.image().toString());
        members.put("digest", result.digest().map(Digest::toString).orElse(null));
        members.put("environment", environment);
        members.put("rule", result.rule().map(Rule::name).orElse(null));
        members.put("requirements", requirements());
        members.put("answer", answer());
        members.put("reason", reason().map(Enum::name).orElse(null));
        members.put("detail", detail().orElse(null));
        members.put("warnings", warnings());
        members.put(
                "findings",
                result.verdict().findings().stream().map(CheckReport::row).toList());
        members.put("remedy", reason().map(RefusalReason::remedy).orElse(null));
        members.put("revision", revision.toString());
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

    private String answer() {
        return result.verdict().fold(admitted -> "admitted", refused -> "refused", undecided -> "undecided");
    }

    /** Why it is refused, or in warn mode would be. */
    private Optional<RefusalReason> reason() {
        return result.verdict()
                .fold(
                        Verdict.Admitted::wouldRefuse,
                        refused -> Optional.of(refused.reason()),
                        undecided -> Optional.empty());
    }

    private Optional<String> detail() {
        return result.verdict()
                .fold(
                        admitted -> Optional.empty(),
                        refused -> Optional.of(refused.detail()),
                        undecided -> Optional.of(undecided.cause().sentence() + ": " + undecided.detail()));
    }

    private List<String> warnings() {
        return result.verdict().fold(Verdict.Admitted::warnings, refused -> List.of(), undecided -> List.of());
    }

    private List<String> requirements() {
        if (result.rule().isEmpty() || !(result.rule().get().effect() instanceof Rule.Require require)) {
            return List.of();
        }
        Requirements asked = require.requirements();
        List<String> all = new ArrayList<>();
        asked.signedBy().ifPresent(by -> all.add("a signature by " + signers(by)));
        asked.provenance().ifPresent(provenance -> all.add(provenance(provenance)));
        if (asked.base() != BaseRequirement.NONE) {
            all.add("a base image of the catalog" + (asked.base() == BaseRequirement.SCRATCH ? ", or none" : ""));
        }
        if (!asked.platforms().isEmpty()) {
            all.add("one of the platforms " + new TreeSet<>(asked.platforms()));
        }
        if (asked.mode() == Mode.WARN) {
            all.add("nothing yet: the rule only warns");
        }
        return all;
    }

    private static String provenance(ProvenanceRequirement provenance) {
        String text = "provenance signed by " + signers(provenance.signedBy());
        if (!provenance.builders().isEmpty()) {
            text += ", built by " + globs(provenance.builders());
        }
        return provenance.sources().isEmpty() ? text : text + ", from " + globs(provenance.sources());
    }

    private static String globs(Set<Glob> globs) {
        TreeSet<String> patterns = new TreeSet<>();
        globs.forEach(glob -> patterns.add(glob.pattern()));
        return either(patterns);
    }

    private static String signers(SignedBy by) {
        if (by.atLeast() == 1) {
            return either(by.signers());
        }
        return (by.atLeast() == by.signers().size() ? "each of " : by.atLeast() + " of ")
                + String.join(", ", new TreeSet<>(by.signers())) + ", each with a key of its own";
    }

    private static String either(Set<String> names) {
        return String.join(" or ", new TreeSet<>(names));
    }
}
