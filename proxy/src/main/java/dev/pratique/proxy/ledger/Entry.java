package dev.pratique.proxy.ledger;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.PolicyRevision;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.proxy.admission.DiscoveryAnswer.Declined;
import dev.pratique.proxy.admission.DiscoveryRequest;
import dev.pratique.proxy.admission.PullAnswer;
import dev.pratique.proxy.admission.PullAnswer.Decision;
import dev.pratique.proxy.admission.PullRequest;
import dev.pratique.proxy.admission.Requester;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One decision as the ledger knows it. Two that are equal in {@link #key} are repeats of one another.
 *
 * @param cached whether the first of them needed no judging
 */
public record Entry(Key key, String rule, boolean cached, List<String> warnings) {

    /** Which route was asked. */
    public enum Asked {
        MANIFEST,
        BLOB,
        TAGS,
        REFERRERS;

        static Asked of(PullRequest.Kind kind) {
            return kind == PullRequest.Kind.MANIFEST ? MANIFEST : BLOB;
        }

        /** As it stands in the log and in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What was said. */
    public enum Said {
        ADMITTED("admitted"),
        /** Admitted, with something that the client was warned of. */
        WARNED("warned"),
        REFUSED("refused"),
        UNDECIDED("undecided");

        private final String label;

        Said(String label) {
            this.label = label;
        }

        /** As it stands in the log and in metrics. */
        public String label() {
            return label;
        }
    }

    /**
     * What makes two decisions the same.
     *
     * @param reference empty for a list of tags
     * @param reason of a refusal, of what a rule in warn mode would have refused, or why it is undecided; empty if admitted
     */
    public record Key(
            Requester client,
            String environment,
            Asked kind,
            Repository repository,
            Optional<Reference> reference,
            Optional<Digest> digest,
            Said said,
            String reason,
            PolicyRevision revision) {}

    public Entry {
        warnings = List.copyOf(warnings);
    }

    /** The part of an answer that makes it the same as another. */
    static Key keyOf(PullAnswer answer) {
        Decision decision = answer.decision();
        PullRequest request = decision.request();
        return new Key(
                request.client(),
                request.environment(),
                Asked.of(request.kind()),
                request.repository(),
                Optional.of(request.reference()),
                decision.digest(),
                said(answer),
                reason(answer),
                decision.revision());
    }

    /** The decision in an answer. */
    public static Entry of(PullAnswer answer) {
        return of(keyOf(answer), answer);
    }

    static Entry of(Key key, PullAnswer answer) {
        List<String> warnings = answer.fold(
                pass -> pass.admission().warnings(),
                (decision, refused) -> List.of(),
                (decision, undecided) -> List.of());
        return new Entry(key, answer.decision().rule(), answer.decision().cached(), warnings);
    }

    /** A list that was refused. */
    public static Entry of(Declined declined, Verdict.Refused verdict) {
        DiscoveryRequest request = declined.request();
        Key key = new Key(
                request.client(),
                request.environment(),
                request.subject().isPresent() ? Asked.REFERRERS : Asked.TAGS,
                request.repository(),
                request.subject().map(Reference.ByDigest::new),
                request.subject(),
                Said.REFUSED,
                verdict.reason().name(),
                declined.revision());
        return new Entry(key, declined.rule(), true, List.of());
    }

    private static String reason(PullAnswer answer) {
        return answer.fold(
                pass -> pass.admission().wouldRefuse().map(RefusalReason::name).orElse(""),
                (decision, refused) -> refused.reason().name(),
                (decision, undecided) -> undecided.cause().name());
    }

    private static Said said(PullAnswer answer) {
        return answer.fold(
                pass -> pass.admission().warnings().isEmpty()
                                && pass.admission().wouldRefuse().isEmpty()
                        ? Said.ADMITTED
                        : Said.WARNED,
                (decision, refused) -> Said.REFUSED,
                (decision, undecided) -> Said.UNDECIDED);
    }

    /** As in the key. */
    public String reason() {
        return key.reason();
    }

    /** The line of the first such decision. */
    byte[] firstLine(Instant time) {
        Map<String, Object> line = line(time);
        line.put("cached", cached);
        if (!warnings.isEmpty()) {
            line.put("warnings", warnings);
        }
        return JsonWriter.bytes(line);
    }

    /**
     * The line at the end of a window.
     *
     * @param repeats decisions after the first
     * @param bytes of bodies that went to the client, the first included
     */
    byte[] repeatsLine(Instant time, long repeats, long bytes) {
        Map<String, Object> line = line(time);
        line.put("repeats", repeats);
        line.put("bytes", bytes);
        return JsonWriter.bytes(line);
    }

    private static void putName(Map<String, Object> line, String field, String name) {
        if (!name.isEmpty()) {
            line.put(field, name);
        }
    }

    private Map<String, Object> line(Instant time) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", time.toString());
        line.put("client", key.client().address());
        putName(line, "user", key.client().user());
        putName(line, "certificate", key.client().certificate());
        line.put("environment", key.environment());
        line.put("kind", key.kind().label());
        line.put("repository", key.repository().toString());
        key.reference().ifPresent(reference -> line.put("reference", reference.toString()));
        key.digest().ifPresent(digest -> line.put("digest", digest.toString()));
        line.put("answer", key.said().label());
        if (!reason().isEmpty()) {
            line.put("reason", reason());
        }
        line.put("rule", rule);
        line.put("revision", key.revision().value());
        return line;
    }
}
