package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.DiscoveryLimits;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.registry.TagList;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists of tags: read whole from the upstream, without what the rule refuses, in pages of our own. Upstreams page in ways
 * that only their own links can say; ours are the specification's. Threads of lists only.
 */
final class TagLister {
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** Characters of the tags that are remembered, of all repositories together, with what each takes beside them. */
    private static final long MAX_REMEMBERED = 16L << 20;

    private static final int TAG = 64;

    private final RegistryReader reader;
    private final InstantSource clock;
    private final Map<Repository, Remembered> remembered = new HashMap<>();

    private record Remembered(List<String> tags, long readAt, long room) {}

    TagLister(RegistryReader reader, InstantSource clock) {
        this.reader = reader;
        this.clock = clock;
    }

    DiscoveryAnswer list(
            DiscoveryRequest request, DiscoveryRequest.Tags wanted, Rule rule, Standard standard, Deadline deadline) {
        Optional<List<String>> known =
                known(request.repository(), standard.settings().tagTtl());
        if (known.isPresent()) {
            return page(request, wanted, rule, standard, known.get());
        }
        TagList.Read read = TagList.of(reader, request.repository(), deadline);
        if (read instanceof TagList.Not not) {
            return declined(request, rule, standard, not.why());
        }
        List<String> tags = ((TagList.Whole) read).tags();
        remember(request.repository(), tags);
        return page(request, wanted, rule, standard, tags);
    }

    private static DiscoveryAnswer declined(DiscoveryRequest request, Rule rule, Standard standard, Fetched why) {
        if (why instanceof Fetched.Missing) {
            RefusalReason reason = RefusalReason.NAME_UNKNOWN;
            return Discovery.refused(request, rule.name(), standard, reason, reason.sentence());
        }
        if (why instanceof Fetched.Denied denied) {
            String detail = "the upstream answered " + denied.status();
            return Discovery.refused(request, rule.name(), standard, RefusalReason.UPSTREAM_DENIED, detail);
        }
        if (why instanceof Fetched.Unread unread) {
            Verdict.Cause cause = unread.late() ? Verdict.Cause.UPSTREAM_TIMEOUT : Verdict.Cause.UPSTREAM_UNREACHABLE;
            return Discovery.undecided(request, rule, standard, cause, unread.what(), unread.retryAfter());
        }
        String what = why instanceof Fetched.Wrong wrong ? wrong.what() : Verdict.Cause.UPSTREAM_WRONG_BYTES.sentence();
        return Discovery.undecided(request, rule, standard, Verdict.Cause.UPSTREAM_WRONG_BYTES, what, RETRY);
    }

    private static DiscoveryAnswer page(
            DiscoveryRequest request, DiscoveryRequest.Tags wanted, Rule rule, Standard standard, List<String> tags) {
        int limit = wanted.limit().orElse(DiscoveryLimits.TAGS_AN_ANSWER);
        List<String> following = tags.stream()
                .filter(tag -> wanted.last().isEmpty()
                        || TagList.ORDER.compare(tag, wanted.last().get()) > 0)
                .filter(tag -> !rule.refusesTag(tag))
                .limit(limit + 1L)
                .toList();
        boolean more = following.size() > limit;
        List<String> page = more ? following.subList(0, limit) : following;
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", request.written());
        body.put("tags", page);
        // distribution-spec, "Listing Tags": "When n is zero, this endpoint MUST return an empty list, and MUST NOT
        // include a Link header."
        Optional<String> next =
                more && limit > 0 ? Optional.of(request.pageAfter(page.get(limit - 1))) : Optional.empty();
        return new DiscoveryAnswer.Listed(
                request,
                rule.name(),
                standard.revision(),
                JsonWriter.bytes(body),
                "application/json",
                next,
                Optional.empty());
    }

    private synchronized Optional<List<String>> known(Repository repository, Duration ttl) {
        Remembered last = remembered.get(repository);
        long now = clock.millis();
        return last != null && now >= last.readAt() && now < last.readAt() + ttl.toMillis()
                ? Optional.of(last.tags())
                : Optional.empty();
    }

    private synchronized void remember(Repository repository, List<String> tags) {
        remembered.remove(repository);
        // A list of few tags takes room, too.
        long all = remembered.values().stream().mapToLong(Remembered::room).sum();
        long room =
                8L * TAG + tags.stream().mapToLong(tag -> TAG + tag.length()).sum();
        if (all + room > MAX_REMEMBERED) {
            remembered.clear();
        }
        if (room <= MAX_REMEMBERED) {
            remembered.put(repository, new Remembered(tags, clock.millis(), room));
        }
    }
}
