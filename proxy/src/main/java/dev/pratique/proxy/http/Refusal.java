package dev.pratique.proxy.http;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.ErrorBody;
import dev.pratique.attestations.registry.ErrorCode;
import dev.pratique.attestations.verify.Finding;
import dev.pratique.proxy.admission.DiscoveryAnswer.Declined;
import dev.pratique.proxy.admission.DiscoveryRequest;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullAnswer.Decision;
import dev.pratique.proxy.admission.RequestTarget;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that is not content, before it is known how this client must be told.
 *
 * @param status for clients that stop at an error
 * @param essence all that fits a reason phrase: printable ASCII, at most 200 bytes
 * @param retryAfter when asking again may help
 * @param challenge how the client may show who it is (RFC 9110 section 11.6.1); empty: not at all
 */
record Refusal(int status, String essence, ErrorBody body, Optional<Duration> retryAfter, String challenge) {
    /** containerd shows the reason phrase whole, also in events of the cluster, where longer ones are cut. */
    private static final int MAX_ESSENCE = 200;

    /** RFC 7617 sections 2 and 2.1. */
    private static final String BASIC = "Basic realm=\"pratique\", charset=\"UTF-8\"";

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);

    private Refusal(int status, String essence, ErrorBody body, Optional<Duration> retryAfter) {
        this(status, essence, body, retryAfter, "");
    }

    /** @param answer that is no admission */
    static Refusal of(PullAnswer answer, Face face) {
        return answer.fold(
                pass -> {
                    throw new IllegalArgumentException("an admission is no refusal");
                },
                (decision, refused) -> refused(decision, refused, face),
                (decision, undecided) -> undecided(decision, undecided, face));
    }

    private static Refusal refused(Decision decision, Verdict.Refused verdict, Face face) {
        RefusalReason reason = verdict.reason();
        String remedy = reason.remedy();
        return new Refusal(
                reason.status(),
                essence(reason.name(), verdict.detail(), remedy),
                new ErrorBody(
                        reason.code(),
                        line(reason.name(), verdict.detail(), remedy),
                        detail(reason.name(), verdict.detail(), decision, verdict.findings(), remedy, face)),
                Optional.empty());
    }

    private static Refusal undecided(Decision decision, Verdict.Undecided verdict, Face face) {
        Verdict.Cause cause = verdict.cause();
        String remedy = "try again later; nothing was decided about the image";
        ErrorCode code = cause == Verdict.Cause.INTERNAL ? ErrorCode.UNKNOWN : ErrorCode.UNAVAILABLE;
        return new Refusal(
                cause.status(),
                essence(cause.name(), verdict.detail(), remedy),
                new ErrorBody(
                        code,
                        line(cause.name(), verdict.detail(), remedy),
                        detail(cause.name(), verdict.detail(), decision, verdict.findings(), remedy, face)),
                Optional.of(verdict.retryAfter()));
    }

    /** There is no list for this client, or none that is whole. */
    static Refusal of(Declined declined, Face face) {
        return declined.verdict()
                .fold(
                        admitted -> {
                            throw new IllegalArgumentException("an admission is no refusal");
                        },
                        refused -> {
                            RefusalReason reason = refused.reason();
                            return of(
                                    declined,
                                    reason.status(),
                                    reason.code(),
                                    reason.name(),
                                    refused.detail(),
                                    reason.remedy(),
                                    face,
                                    Optional.empty());
                        },
                        undecided -> {
                            Verdict.Cause cause = undecided.cause();
                            ErrorCode code =
                                    cause == Verdict.Cause.INTERNAL ? ErrorCode.UNKNOWN : ErrorCode.UNAVAILABLE;
                            String remedy = "try again later; a list that may lack something is not sent";
                            return of(
                                    declined,
                                    cause.status(),
                                    code,
                                    cause.name(),
                                    undecided.detail(),
                                    remedy,
                                    face,
                                    Optional.of(undecided.retryAfter()));
                        });
    }

    private static Refusal of(
            Declined declined,
            int status,
            ErrorCode code,
            String name,
            String what,
            String remedy,
            Face face,
            Optional<Duration> retryAfter) {
        DiscoveryRequest request = declined.request();
        Optional<String> image = request.subject().map(subject -> request.repository() + "@" + subject);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("reason", name);
        detail.put("list", request.kind());
        detail.put("repository", request.repository().toString());
        request.subject().ifPresent(subject -> detail.put("digest", subject.toString()));
        detail.put("detail", what);
        detail.put("rule", declined.rule());
        detail.put("findings", List.of());
        detail.put("remedy", remedy);
        detail.put("revision", declined.revision().value());
        image.flatMap(about -> explain(about, request.environment(), face))
                .ifPresent(url -> detail.put("explain", url));
        ErrorBody body = new ErrorBody(code, line(name, what, remedy), detail);
        return new Refusal(status, essence(name, what, remedy), body, retryAfter);
    }

    static Refusal wrong(RequestTarget.Wrong wrong) {
        String name = wrong.reason().map(Enum::name).orElse(wrong.code().name());
        String remedy = wrong.reason().map(RefusalReason::remedy).orElse("");
        Map<String, Object> detail = new LinkedHashMap<>();
        if (wrong.reason().isPresent()) {
            detail.put("reason", name);
            detail.put("findings", List.of());
            detail.put("remedy", remedy);
        }
        return new Refusal(
                wrong.status(),
                essence(name, wrong.message(), remedy),
                new ErrorBody(wrong.code(), line(name, wrong.message(), remedy), detail),
                Optional.empty());
    }

    /** The request itself is not acceptable to this server. */
    static Refusal of(int status, ErrorCode code, String message) {
        return wrong(new RequestTarget.Wrong(status, code, Optional.empty(), message));
    }

    /**
     * The client has not shown who it is.
     *
     * @param passwords whether it could by a password
     */
    static Refusal unknownClient(String why, boolean passwords) {
        if (!passwords) {
            return of(403, ErrorCode.DENIED, why);
        }
        Refusal plain = of(401, ErrorCode.UNAUTHORIZED, why);
        return new Refusal(plain.status, plain.essence, plain.body, plain.retryAfter, BASIC);
    }

    /** @param id under which the log has the cause */
    static Refusal fault(String id) {
        String message = "the proxy failed; its log has the cause under " + id;
        return new Refusal(
                500,
                essence(Verdict.Cause.INTERNAL.name(), message, ""),
                new ErrorBody(ErrorCode.UNKNOWN, message, Map.of("reason", Verdict.Cause.INTERNAL.name(), "id", id)),
                Optional.of(SHORTEST_RETRY));
    }

    private static Map<String, Object> detail(
            String reason, String what, Decision decision, List<Finding> findings, String remedy, Face face) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("reason", reason);
        detail.put("image", image(decision));
        decision.digest().ifPresent(digest -> detail.put("digest", digest.toString()));
        detail.put("detail", what);
        detail.put("rule", decision.rule());
        detail.put("findings", findings.stream().map(Refusal::finding).toList());
        detail.put("remedy", remedy);
        detail.put("revision", decision.revision().value());
        explain(image(decision), decision.request().environment(), face).ifPresent(url -> detail.put("explain", url));
        return detail;
    }

    private static Map<String, Object> finding(Finding finding) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("check", finding.check().name());
        shown.put("outcome", finding.outcome().name());
        shown.put("saw", finding.saw());
        if (!finding.where().isEmpty()) {
            shown.put("where", finding.where());
        }
        return shown;
    }

    private static String image(Decision decision) {
        String joint = decision.request().reference().pinned().isPresent() ? "@" : ":";
        return decision.request().repository() + joint + decision.request().reference();
    }

    private static Optional<String> explain(String image, String environment, Face face) {
        return face.operator()
                .map(operator -> stripSlash(operator) + "/explain?image=" + encode(image) + "&environment="
                        + encode(environment));
    }

    private static String stripSlash(URI uri) {
        String text = uri.toString();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String line(String name, String what, String remedy) {
        return name + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy);
    }

    private static String essence(String name, String what, String remedy) {
        String whole = Printable.line(line(name, what, remedy));
        return whole.length() <= MAX_ESSENCE ? whole : whole.substring(0, MAX_ESSENCE - 3) + "...";
    }

    /** Whole seconds for a Retry-After header (RFC 9110 section 10.2.3). */
    Optional<String> retryAfterSeconds() {
        return retryAfter.map(time -> Long.toString(Math.max(1, time.toSeconds())));
    }
}
