package dev.pratique.attestations.registry;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which manifests are about an image: what the referrers API and the referrers tag name, each opened, because only a
 * manifest's own subject and type count. Whoever asks must be able to rely on the list being whole, so that it is whole or
 * there is none.
 */
public final class ReferrersFinder {
    /** A list's word for a size, which may be too small, still lets a manifest of a signature be read. */
    private static final long SMALLEST_LIMIT = 64 << 10;

    private final RegistryReader reader;

    public ReferrersFinder(RegistryReader reader) {
        this.reader = reader;
    }

    /**
     * A manifest that a source names.
     *
     * @param size as that source says
     * @param authoritative whether the list is not whole without it
     */
    public record Named(Digest digest, long size, boolean authoritative) {}

    /** What the sources name. */
    public sealed interface Names {}

    /** @param named in the order of the lists, the API's first, each digest once */
    public record Listed(List<Named> named) implements Names {}

    /** The list could not be read whole. */
    public record Unlisted(String source, Fetched why) implements Names {}

    /** What one named manifest turned out to be. */
    public sealed interface Opened {}

    /** It is about the image. */
    public record About(Referrer referrer) implements Opened {}

    /**
     * It is not, or is not there, or is no manifest.
     *
     * @param byItsBytes whether it was read, and so can never become one
     */
    public record Other(boolean byItsBytes) implements Opened {}

    /** Nobody can say. */
    public record Unopened(Fetched why) implements Opened {}

    /** Asks the API and, at the same time, for the tag. */
    public Names names(Repository repository, Digest subject, Deadline deadline) {
        Reference.Tag tag = TagScheme.REFERRERS.tagFor(subject);
        List<Fetched> first = reader.fetchAll(
                List.of(
                        page(repository, subject, Optional.empty()),
                        new Fetch.ManifestOf(repository, tag, EvidenceLimits.MAX_PAGE_BYTES)),
                deadline);
        Fetched tagged = first.get(1);
        if (first.get(0) instanceof Fetched.Missing) {
            // distribution-spec, "Listing Referrers": on 404 a client MUST fall back to the referrers tag.
            return tagged instanceof Fetched.Missing
                    ? new Listed(List.of())
                    : byTag(tagged)
                            .<Names>map(list -> named(List.of(), list, true))
                            .orElseGet(() -> unlisted(tagged));
        }
        List<Named> listed = new ArrayList<>();
        Optional<Fetched> stopped = readPages(repository, subject, first.get(0), listed, deadline);
        if (stopped.isPresent()) {
            return new Unlisted("referrers API", stopped.get());
        }
        // What lies under the tag of a registry with the API was left there by older clients, or by anybody: it may add
        // what holds, and cannot spoil the list.
        return named(listed, byTag(tagged).orElse(List.of()), false);
    }

    private Optional<Fetched> readPages(
            Repository repository, Digest subject, Fetched first, List<Named> listed, Deadline deadline) {
        Set<String> seen = new HashSet<>();
        Fetched answer = first;
        while (true) {
            if (!(answer instanceof Fetched.Found found)) {
                return Optional.of(answer instanceof Fetched.Missing ? changed() : answer);
            }
            try {
                ReferrersList list = ReferrersList.parse(found.bytes(), found.contentType());
                // Without the annotations: those of all pages together may be anything.
                list.entries().forEach(entry -> listed.add(new Named(entry.digest(), entry.size(), true)));
                if (listed.size() > DiscoveryLimits.MAX_REFERRERS) {
                    return Optional.of(tooMany());
                }
            } catch (MalformedEvidenceException e) {
                return Optional.of(new Fetched.Wrong(e.getMessage()));
            }
            if (found.next().isEmpty()) {
                return Optional.empty();
            }
            if (!seen.add(found.next().get()) || seen.size() >= DiscoveryLimits.MAX_REFERRER_PAGES) {
                return Optional.of(tooMany());
            }
            answer = reader.fetch(page(repository, subject, found.next()), deadline);
        }
    }

    private static Fetched changed() {
        return new Fetched.Wrong("the registry lost the list between two pages");
    }

    private static Fetched tooMany() {
        return new Fetched.Wrong("more manifests refer to the image than are listed here");
    }

    private static Names unlisted(Fetched tagged) {
        Fetched why = tagged instanceof Fetched.Found ? new Fetched.Wrong("what it names is no list") : tagged;
        return new Unlisted("referrers tag", why);
    }

    private static Optional<List<Descriptor>> byTag(Fetched tagged) {
        if (!(tagged instanceof Fetched.Found found)) {
            return Optional.empty();
        }
        try {
            List<Descriptor> entries =
                    ReferrersList.parse(found.bytes(), found.contentType()).entries();
            return entries.size() > DiscoveryLimits.MAX_REFERRERS ? Optional.empty() : Optional.of(entries);
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    private static Listed named(List<Named> api, List<Descriptor> tag, boolean tagAlone) {
        Map<Digest, Named> named = new LinkedHashMap<>();
        api.forEach(entry -> named.putIfAbsent(entry.digest(), entry));
        tag.forEach(entry -> named.putIfAbsent(entry.digest(), new Named(entry.digest(), entry.size(), tagAlone)));
        return new Listed(List.copyOf(named.values()));
    }

    /**
     * Opens manifests, a limited number at a time.
     *
     * @return one for each, in their order
     */
    public List<Opened> open(Repository repository, Digest subject, Collection<Named> named, Deadline deadline) {
        List<Opened> opened = new ArrayList<>(named.size());
        List<Fetch> batch = new ArrayList<>();
        List<Digest> digests = new ArrayList<>();
        long bytes = 0;
        for (Named each : named) {
            long limit = Math.min(Math.max(each.size(), SMALLEST_LIMIT), Manifest.MAX_BYTES);
            if (batch.size() >= DiscoveryLimits.AT_ONCE || bytes + limit > DiscoveryLimits.AT_ONCE_BYTES) {
                openAll(batch, digests, subject, deadline, opened);
                bytes = 0;
            }
            batch.add(new Fetch.ManifestOf(repository, new Reference.ByDigest(each.digest()), limit));
            digests.add(each.digest());
            bytes += limit;
        }
        openAll(batch, digests, subject, deadline, opened);
        return opened;
    }

    private void openAll(
            List<Fetch> batch, List<Digest> digests, Digest subject, Deadline deadline, List<Opened> opened) {
        if (!batch.isEmpty()) {
            List<Fetched> answers = reader.fetchAll(batch, deadline);
            for (int i = 0; i < answers.size(); i++) {
                opened.add(opened(digests.get(i), answers.get(i), subject));
            }
            batch.clear();
            digests.clear();
        }
    }

    private static Opened opened(Digest digest, Fetched answer, Digest subject) {
        if (answer instanceof Fetched.Missing) {
            return new Other(false);
        }
        if (!(answer instanceof Fetched.Found found)) {
            return new Unopened(answer);
        }
        try {
            Manifest manifest = Manifest.parse(found.bytes(), found.contentType());
            // REG-19: the list says what it likes, the manifest's own subject counts.
            return manifest.subject().equals(Optional.of(subject))
                    ? new About(Referrer.of(digest, manifest))
                    : new Other(true);
        } catch (MalformedEvidenceException e) {
            return new Other(true);
        }
    }

    private static Fetch page(Repository repository, Digest subject, Optional<String> page) {
        return new Fetch.ReferrersOf(repository, subject, page, EvidenceLimits.MAX_PAGE_BYTES);
    }
}
