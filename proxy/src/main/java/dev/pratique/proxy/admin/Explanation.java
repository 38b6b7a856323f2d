package dev.pratique.proxy.admin;

import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullAnswer.Decision;
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
        Optional<String> digest,
        String revision,
        Optional<Instant> validUntil,
        List<String> warnings,
        List<Finding> findings,
        String command) {

    /** @param registry host and port at which clients reach the proxy */
    static Explanation of(String image, PullAnswer answer, String registry) {
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
                decision.digest().map(Object::toString),
                decision.revision().value(),
                admitted.map(Verdict.Admitted::validUntil),
                entry.warnings(),
                answer.fold(
                        pass -> pass.verdict().findings(),
                        (about, refused) -> refused.findings(),
                        (about, undecided) -> undecided.findings()),
                command(decision, registry));
    }

    private static String command(Decision decision, String registry) {
        String joint = decision.request().reference().pinned().isPresent() ? "@" : ":";
        return "crane manifest " + registry + "/" + decision.request().repository() + joint
                + decision.request().reference();
    }

    /** Plain values for the JSON answer. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("image", image);
        json.put("environment", environment);
        json.put("answer", said.label());
        json.put("reason", reason.isEmpty() ? null : reason);
        json.put("detail", detail.isEmpty() ? null : detail);
        json.put("remedy", remedy.isEmpty() ? null : remedy);
        json.put("rule", rule);
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
