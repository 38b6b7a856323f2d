package dev.pratique.proxy.admin;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.admission.KnownVerdict;
import dev.pratique.proxy.admission.KnownVerdicts;
import dev.pratique.proxy.ledger.Entry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The list of verdicts: from parameters to a query, from a page to JSON. Stateless. */
final class VerdictQueries {
    static final String SCHEMA = "pratique.verdicts/v1";
    static final int MAX_LIMIT = 1000;
    private static final int LIMIT = 100;
    private static final int MAX_CURSOR = 2048;

    private VerdictQueries() {}

    /** A parameter that cannot be read. */
    static final class WrongParameterException extends Exception {
        private static final long serialVersionUID = 1L;

        WrongParameterException(String what) {
            super(what);
        }

        String what() {
            return String.valueOf(getMessage());
        }
    }

    static KnownVerdicts.Query query(Parameters parameters) throws WrongParameterException {
        return new KnownVerdicts.Query(
                repository(parameters.find("repository")),
                digest(parameters.find("digest")),
                wanted(parameters.find("answer")),
                after(parameters.find("cursor")),
                limit(parameters.find("limit")));
    }

    private static Optional<Repository> repository(Optional<String> text) throws WrongParameterException {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        int slash = text.get().indexOf('/');
        try {
            return Optional.of(Repository.parse(
                    text.get().substring(0, Math.max(slash, 0)), text.get().substring(slash + 1)));
        } catch (MalformedEvidenceException e) {
            throw new WrongParameterException("repository is not host/name, as registry.example/acme/app");
        }
    }

    private static Optional<Digest> digest(Optional<String> text) throws WrongParameterException {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(text.get()));
        } catch (MalformedEvidenceException e) {
            throw new WrongParameterException("digest is not sha256: or sha512: and hex digits");
        }
    }

    private static Predicate<Verdict> wanted(Optional<String> text) throws WrongParameterException {
        if (text.isEmpty()) {
            return verdict -> true;
        }
        for (Entry.Said said : Entry.Said.values()) {
            if (said.label().equals(text.get())) {
                return verdict -> said(verdict) == said;
            }
        }
        throw new WrongParameterException("answer is not admitted, warned, refused or undecided");
    }

    private static int limit(Optional<String> text) throws WrongParameterException {
        int limit = text.filter(digits -> digits.matches("[0-9]{1,4}"))
                .map(Integer::parseInt)
                .orElse(text.isEmpty() ? LIMIT : 0);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new WrongParameterException("limit is not a whole number from 1 to " + MAX_LIMIT);
        }
        return limit;
    }

    private static String after(Optional<String> cursor) throws WrongParameterException {
        try {
            String text = cursor.filter(encoded -> encoded.length() <= MAX_CURSOR)
                    .map(encoded -> new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8))
                    .orElse(cursor.isEmpty() ? "" : "?");
            if (text.isEmpty() || text.matches("[^\n]+\n[^\n]+\n[^\n]+")) {
                return text;
            }
        } catch (IllegalArgumentException notBase64) {
            // said below
        }
        throw new WrongParameterException("cursor is not the next of an earlier page");
    }

    /** The document of one page. */
    static byte[] json(KnownVerdicts.Page page, Optional<PolicyRevision> revision) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("revision", revision.map(PolicyRevision::value).orElse(null));
        json.put(
                "verdicts",
                page.verdicts().stream().map(VerdictQueries::verdict).toList());
        json.put(
                "next",
                page.next()
                        .map(after -> Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(after.getBytes(StandardCharsets.UTF_8)))
                        .orElse(null));
        return JsonWriter.bytes(json);
    }

    private static Map<String, Object> verdict(KnownVerdict known) {
        String image = known.repository() + "@" + known.digest();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("repository", known.repository().toString());
        json.put("digest", known.digest().toString());
        json.put("requirements", known.requirements());
        json.put("rules", known.rules());
        json.put("answer", said(known.verdict()).label());
        json.put("reason", reason(known.verdict()).orElse(null));
        json.put("since", known.since().toString());
        json.put("validUntil", known.until().toString());
        json.put(
                "evidenceFoundAt",
                known.evidenceFoundAt().map(Instant::toString).orElse(null));
        String about = known.environment()
                .map(environment -> "&environment=" + URLEncoder.encode(environment, StandardCharsets.UTF_8))
                .orElse("");
        json.put("explain", "/api/v1/explain?image=" + URLEncoder.encode(image, StandardCharsets.UTF_8) + about);
        return json;
    }

    private static Optional<String> reason(Verdict verdict) {
        return verdict.fold(
                admitted -> admitted.wouldRefuse().map(RefusalReason::name),
                refused -> Optional.of(refused.reason().name()),
                undecided -> Optional.of(undecided.cause().name()));
    }

    private static Entry.Said said(Verdict verdict) {
        return verdict.fold(
                admitted ->
                        admitted.warnings().isEmpty() && admitted.wouldRefuse().isEmpty()
                                ? Entry.Said.ADMITTED
                                : Entry.Said.WARNED,
                refused -> Entry.Said.REFUSED,
                undecided -> Entry.Said.UNDECIDED);
    }
}
