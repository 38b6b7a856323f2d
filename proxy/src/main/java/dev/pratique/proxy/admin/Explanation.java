package dev.pratique.proxy.admin;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullAnswer.Decision;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.ledger.Entry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why an image is answered as it is.
 *
 * @param image as it was asked for
 * @param requirements what the rule asks for, a line each
 * @param detail one line; empty where there is nothing to add
 * @param remedy what to do; empty where nothing needs to be done
 * @param validUntil when the verdict ends; empty where none admits it
 * @param command repeats the pull
 */
record Explanation(
        String image,
        String environment,
        Entry.Said said,
        String reason,
        String detail,
        String remedy,
        String rule,
        List<String> requirements,
        Optional<String> digest,
        String revision,
        Optional<Instant> validUntil,
        List<String> warnings,
        List<Finding> findings,
        String command) {

    static final String SCHEMA = "pratique.explain/v1";

    /**
     * @param asked what the rule asks for
     * @param registry host and port at which clients reach the proxy
     */
    static Explanation of(String image, PullAnswer answer, List<String> asked, String registry) {
        Decision decision = answer.decision();
        Entry entry = Entry.of(answer);
        Optional<Verdict.Admitted> admitted =
                answer instanceof PullAnswer.Pass pass ? Optional.of(pass.verdict()) : Optional.empty();
        return new Explanation(
                image,
                decision.request().environment(),
                entry.key().said(),
                entry.reason(),
                answer.fold(
                        pass -> pass.admission()
                                .wouldRefuse()
                                .map(reason -> "enforcing would refuse it: " + reason.sentence())
                                .orElse(""),
                        (about, refused) -> refused.detail(),
                        (about, undecided) -> undecided.detail()),
                answer.fold(
                        pass -> pass.admission()
                                .wouldRefuse()
                                .map(RefusalReason::remedy)
                                .orElse(""),
                        (about, refused) -> refused.reason().remedy(),
                        (about, undecided) ->
                                "ask again in " + undecided.retryAfter().toSeconds() + " seconds"),
                decision.rule(),
                asked,
                decision.digest().map(Object::toString),
                decision.revision().value(),
                admitted.map(Verdict.Admitted::validUntil),
                entry.warnings(),
                answer.fold(
                        pass -> pass.verdict().findings(),
                        (about, refused) -> refused.findings(),
                        (about, undecided) -> undecided.findings()),
                command(decision.request(), registry));
    }

    /** Of an image that no upstream has: such a request never becomes a pull. */
    static Explanation ofUnknownUpstream(String image, PullRequest request, String revision, String registry) {
        RefusalReason reason = RefusalReason.UNKNOWN_UPSTREAM;
        return new Explanation(
                image,
                request.environment(),
                Entry.Said.REFUSED,
                reason.name(),
                reason.sentence(),
                reason.remedy(),
                "",
                List.of(),
                Optional.empty(),
                revision,
                Optional.empty(),
                List.of(),
                List.of(),
                command(request, registry));
    }

    private static String command(PullRequest request, String registry) {
        String joint = request.reference().pinned().isPresent() ? "@" : ":";
        return "crane manifest " + registry + "/" + request.repository() + joint + request.reference();
    }

    /** Plain values for the JSON answer. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("image", image);
        json.put("environment", environment);
        json.put("answer", said.label());
        json.put("reason", reason.isEmpty() ? null : reason);
        json.put("detail", detail.isEmpty() ? null : detail);
        json.put("remedy", remedy.isEmpty() ? null : remedy);
        json.put("rule", rule.isEmpty() ? null : rule);
        json.put("requirements", requirements);
        json.put("digest", digest.orElse(null));
        json.put("revision", revision);
        json.put("validUntil", validUntil.map(Instant::toString).orElse(null));
        json.put("warnings", warnings);
        json.put("findings", findings.stream().map(Explanation::finding).toList());
        json.put("command", command);
        return json;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("check", finding.check().name());
        json.put("outcome", finding.outcome().name());
        json.put("saw", finding.saw());
        json.put("where", finding.where().isEmpty() ? null : finding.where());
        return json;
    }
}
