package dev.pratique.proxy.admission;

import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.policy.Rule;
import dev.pratique.attestations.policy.Verdict;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.DiscoveryLimits;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.Referrer;
import dev.pratique.attestations.registry.ReferrersFinder;
import dev.pratique.attestations.registry.ReferrersFinder.About;
import dev.pratique.attestations.registry.ReferrersFinder.Named;
import dev.pratique.attestations.registry.ReferrersFinder.Opened;
import dev.pratique.attestations.registry.ReferrersFinder.Other;
import dev.pratique.attestations.registry.ReferrersFinder.Unopened;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists of what refers to a manifest, merged from the upstream's API, the tag and the evidence that is kept here, each entry
 * as its own manifest says. A verifier concludes from a list that an image is not signed: one that may lack something is not
 * sent. Threads of lists only.
 */
final class ReferrersLister {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ReferrersFinder finder;
    private final VerdictStore records;
    private final OpenedReferrers opened;

    ReferrersLister(RegistryReader reader, VerdictStore records, InstantSource clock) {
        this.finder = new ReferrersFinder(reader);
        this.records = records;
        this.opened = new OpenedReferrers(finder, clock);
    }

    DiscoveryAnswer list(
            DiscoveryRequest request,
            DiscoveryRequest.Referrers wanted,
            Rule rule,
            Standard standard,
            Deadline deadline) {
        Repository repository = request.repository();
        ReferrersFinder.Names names = finder.names(repository, wanted.subject(), deadline);
        if (names instanceof ReferrersFinder.Unlisted unlisted) {
            return declined(request, rule, standard, unlisted.source(), unlisted.why());
        }
        List<Named> all = withOwn(repository, wanted.subject(), ((ReferrersFinder.Listed) names).named());
        int first = wanted.after().map(after -> placeOf(after, all) + 1).orElse(0);
        if (first == 0 && wanted.after().isPresent()) {
            String changed = "the list changed between two pages; begin again";
            return Discovery.undecided(request, rule, standard, Verdict.Cause.EVIDENCE_UNREADABLE, changed, RETRY);
        }
        List<Named> page = all.subList(first, Math.min(all.size(), first + DiscoveryLimits.REFERRERS_AN_ANSWER));
        List<Opened> manifests =
                open(repository, wanted, page, standard.settings().authorisationTtl(), deadline);
        page = page.subList(0, manifests.size());
        for (int i = 0; i < page.size(); i++) {
            if (manifests.get(i) instanceof Unopened unopened && page.get(i).authoritative()) {
                String source = "referrer " + page.get(i).digest().brief();
                return declined(request, rule, standard, source, unopened.why());
            }
        }
        return answer(request, wanted, rule, standard, page, manifests, first + page.size() < all.size());
    }

    // No more than one answer holds, however much whoever pushed wrote into each; the next page begins with the rest.
    private List<Opened> open(
            Repository repository,
            DiscoveryRequest.Referrers wanted,
            List<Named> page,
            Duration ttl,
            Deadline deadline) {
        List<Opened> manifests = new ArrayList<>();
        long held = 0;
        while (manifests.size() < page.size() && held <= DiscoveryLimits.ANSWER_BYTES) {
            int end = Math.min(page.size(), manifests.size() + DiscoveryLimits.AT_ONCE);
            List<Named> next = page.subList(manifests.size(), end);
            for (Opened one : opened.open(repository, wanted.subject(), next, ttl, deadline)) {
                boolean listed = !(one instanceof About about) || isWanted(about.referrer(), wanted);
                Opened kept = listed ? one : new Other(true);
                held += OpenedReferrers.roomOf(kept);
                manifests.add(kept);
            }
        }
        return manifests;
    }

    private static int placeOf(Digest digest, List<Named> all) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).digest().equals(digest)) {
                return i;
            }
        }
        return -1;
    }

    // What the registry has lost sight of may still be there: evidence that was found once is looked for by its digest.
    private List<Named> withOwn(Repository repository, Digest subject, List<Named> listed) {
        Set<Digest> seen = new HashSet<>();
        listed.forEach(each -> seen.add(each.digest()));
        List<Named> all = new ArrayList<>();
        for (EvidenceBytes item :
                records.evidence(repository, subject).map(FoundEvidence::items).orElse(List.of())) {
            if (seen.add(item.manifest())) {
                all.add(new Named(item.manifest(), Manifest.MAX_BYTES, false));
            }
        }
        // The newest are listed last, and some clients take the last.
        all.addAll(listed);
        return all;
    }

    private static DiscoveryAnswer declined(
            DiscoveryRequest request, Rule rule, Standard standard, String source, Fetched why) {
        if (why instanceof Fetched.Denied denied) {
            String detail = source + ": the upstream answered " + denied.status();
            return Discovery.refused(request, rule.name(), standard, RefusalReason.UPSTREAM_DENIED, detail);
        }
        String what = why instanceof Fetched.Unread unread
                ? unread.what()
                : why instanceof Fetched.Wrong wrong ? wrong.what() : "it is not there";
        Duration retry = why instanceof Fetched.Unread unread ? unread.retryAfter() : RETRY;
        return Discovery.undecided(
                request, rule, standard, Verdict.Cause.EVIDENCE_UNREADABLE, source + ": " + what, retry);
    }

    private static DiscoveryAnswer answer(
            DiscoveryRequest request,
            DiscoveryRequest.Referrers wanted,
            Rule rule,
            Standard standard,
            List<Named> page,
            List<Opened> manifests,
            boolean more) {
        List<Object> entries = new ArrayList<>();
        long bytes = 0;
        Optional<Digest> stoppedAt = Optional.empty();
        for (int i = 0; i < page.size() && stoppedAt.isEmpty(); i++) {
            if (manifests.get(i) instanceof About about && isWanted(about.referrer(), wanted)) {
                Map<String, Object> entry = about.referrer().descriptor();
                bytes += JsonWriter.bytes(entry).length;
                entries.add(entry);
            }
            boolean last = i + 1 == page.size();
            if (last ? more : bytes > DiscoveryLimits.ANSWER_BYTES) {
                stoppedAt = Optional.of(page.get(i).digest());
            }
        }
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2L);
        index.put("mediaType", MediaType.OCI_INDEX);
        index.put("manifests", entries);
        return new DiscoveryAnswer.Listed(
                request,
                rule.name(),
                standard.revision(),
                JsonWriter.bytes(index),
                MediaType.OCI_INDEX,
                stoppedAt.map(entry -> request.pageAfter(wanted, entry)),
                wanted.artifactType().map(type -> "artifactType"));
    }

    private static boolean isWanted(Referrer referrer, DiscoveryRequest.Referrers wanted) {
        return wanted.artifactType()
                .map(type -> type.equals(referrer.artifactType()))
                .orElse(true);
    }
}
