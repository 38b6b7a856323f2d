package dev.pratique.attestations.registry;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceBytes.Kind;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the registry says refers to an image, as far as it may be evidence: the last of it, for every registry that keeps an
 * order lists the newest last. One list gives one answer, whether it comes as one page, as many or under the tag. For one
 * thread.
 */
final class EvidenceList {
    private static final String API = "referrers API";
    /** The half of the time that there is, for the pages, the first one included: what they name must be opened too. */
    private static final int SHARE_OF_TIME = 2;
    /** Entries that cannot be read, of all pages together. */
    private static final int MAX_BROKEN = 10;

    private final RegistryReader reader;
    private final Repository repository;
    private final Digest subject;
    private final EvidenceGaps gaps;
    private final Deque<Listed> newest = new ArrayDeque<>();
    private boolean listed;
    private int broken;

    /**
     * What is needed of an entry to open it; its annotations may be anything.
     *
     * @param size as the list says
     */
    record Listed(Digest digest, long size) {}

    /** @param gaps is told of what is left out */
    EvidenceList(RegistryReader reader, Repository repository, Digest subject, EvidenceGaps gaps) {
        this.reader = reader;
        this.repository = repository;
        this.subject = subject;
        this.gaps = gaps;
    }

    /** The first page of the API. */
    Fetch first() {
        return page(Optional.empty());
    }

    /**
     * Reads on from the first page, and under the tag where there is no API, or no list comes from it.
     *
     * @param now when the first page was asked for
     * @return in the order of the list
     */
    List<Listed> read(Fetched first, Deadline deadline, Instant now) {
        boolean noApi = first instanceof Fetched.Missing;
        if (!noApi) {
            readPages(first, Deadline.after(now, deadline.remaining(now).dividedBy(SHARE_OF_TIME)));
        }
        if (listed) {
            return List.copyOf(newest);
        }
        // distribution-spec, "Listing Referrers": on 404 a client MUST fall back to the referrers tag. So do signers
        // where
        // something else is answered that is no list (400, 405, a page of HTML): what is there counts, and that nothing
        // is
        // there says nothing then.
        Reference.Tag tag = TagScheme.REFERRERS.tagFor(subject);
        Fetched tagged = reader.fetch(new Fetch.ManifestOf(repository, tag, EvidenceLimits.MAX_PAGE_BYTES), deadline);
        if (noApi ? !(tagged instanceof Fetched.Missing) : tagged instanceof Fetched.Found) {
            add("tag " + EvidenceFinder.brief(tag), tagged);
        }
        return List.copyOf(newest);
    }

    private void readPages(Fetched first, Deadline deadline) {
        Set<String> asked = new HashSet<>();
        long left = EvidenceLimits.MAX_LIST_BYTES - length(first);
        Optional<String> next = add(API, first);
        while (next.isPresent()) {
            // A page that was asked for before begins a list without an end.
            if (!asked.add(next.get()) || asked.size() >= EvidenceLimits.MAX_PAGES) {
                gaps.limitReached(EvidenceLimit.PAGES);
                return;
            }
            if (left <= 0) {
                gaps.limitReached(EvidenceLimit.LIST_BYTES);
                return;
            }
            Fetched more = reader.fetch(page(next), deadline);
            left -= length(more);
            next = add(API, more);
        }
    }

    /** Takes what a page names, and says where the list goes on. */
    private Optional<String> add(String source, Fetched answer) {
        if (!(answer instanceof Fetched.Found found)) {
            gaps.unanswered(source, answer);
            return Optional.empty();
        }
        try {
            ReferrersList page = ReferrersList.parse(found.bytes(), found.contentType());
            listed = true;
            page.entries().stream().filter(EvidenceList::mayBeEvidence).forEach(this::add);
            for (String what : page.broken()) {
                if (broken++ < MAX_BROKEN) {
                    gaps.broken(source, what);
                }
            }
        } catch (MalformedEvidenceException e) {
            // Unlike a broken signature, a list that cannot be read may hide a good one.
            gaps.unread(source, e.getMessage());
        }
        return found.next();
    }

    private void add(Descriptor entry) {
        newest.addLast(new Listed(entry.digest(), entry.size()));
        if (newest.size() > EvidenceLimits.MAX_REFERRERS) {
            newest.removeFirst();
            gaps.limitReached(EvidenceLimit.REFERRERS);
        }
    }

    // cosign's fallback lists carry the empty configuration's type, so only what is certainly something else is left
    // out.
    private static boolean mayBeEvidence(Descriptor descriptor) {
        String type = descriptor.artifactType();
        return type == null
                || type.isEmpty()
                || type.equals(MediaType.OCI_EMPTY)
                || type.equals(MediaType.OCI_CONFIG)
                || type.equals(MediaType.COSIGN_ARTIFACT_SIG)
                || type.startsWith("application/vnd.dev.cosign.")
                || type.equals(MediaType.IN_TOTO)
                || Kind.of(type).isPresent();
    }

    private Fetch page(Optional<String> page) {
        return new Fetch.ReferrersOf(repository, subject, page, EvidenceLimits.MAX_PAGE_BYTES);
    }

    private static long length(Fetched answer) {
        return answer instanceof Fetched.Found found ? found.bytes().length : 0;
    }
}
