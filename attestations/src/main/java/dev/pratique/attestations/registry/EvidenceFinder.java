package dev.pratique.attestations.registry;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.EvidenceLayers.EvidenceManifest;
import dev.pratique.attestations.registry.EvidenceLayers.Layer;
import dev.pratique.attestations.registry.EvidenceList.Listed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds all evidence beside an image, in every layout of cosign: the {@code .sig} and {@code .att} tags, the referrers API,
 * and the referrers tag where the API answers 404. Three rounds of parallel requests at the most, plus the list's pages.
 */
public final class EvidenceFinder {
    private final RegistryReader reader;

    public EvidenceFinder(RegistryReader reader) {
        this.reader = reader;
    }

    /**
     * Asks every place and says which of them gave no answer.
     *
     * @param now kept with the evidence as the moment at which it was found
     */
    public FoundEvidence find(Repository repository, Digest subject, Deadline deadline, Instant now) {
        return find(repository, subject, deadline, now, EvidenceBudget.UNSHARED);
    }

    /**
     * The same with a budget.
     *
     * @param budget what it does not give is not fetched, and said to be unread
     */
    public FoundEvidence find(
            Repository repository, Digest subject, Deadline deadline, Instant now, EvidenceBudget budget) {
        return new Search(repository, subject, deadline, budget).run(now);
    }

    private final class Search {
        private final Repository repository;
        private final Digest subject;
        private final Deadline deadline;
        private final EvidenceBudget budget;
        private final Map<Digest, EvidenceManifest> manifests = new LinkedHashMap<>();
        private final EvidenceGaps gaps = new EvidenceGaps();

        Search(Repository repository, Digest subject, Deadline deadline, EvidenceBudget budget) {
            this.repository = repository;
            this.subject = subject;
            this.deadline = deadline;
            this.budget = budget;
        }

        FoundEvidence run(Instant now) {
            Reference.Tag sig = TagScheme.SIG.tagFor(subject);
            Reference.Tag att = TagScheme.ATT.tagFor(subject);
            EvidenceList list = new EvidenceList(reader, repository, subject, gaps);
            List<Fetched> first = reader.fetchAll(List.of(manifest(sig), manifest(att), list.first()), deadline);
            addTagged("tag " + brief(sig), first.get(0));
            addTagged("tag " + brief(att), first.get(1));
            openReferrers(list.read(first.get(2), deadline, now));
            return gaps.beside(open(), now);
        }

        private void addTagged(String source, Fetched answer) {
            if (answer instanceof Fetched.Found found) {
                add(source, found, false);
            } else if (!(answer instanceof Fetched.Missing)) {
                gaps.unanswered(source, answer);
            }
        }

        private void add(String source, Fetched.Found found, boolean referrer) {
            try {
                Manifest manifest = Manifest.parse(found.bytes(), found.contentType());
                if (!(manifest instanceof Manifest.Image image)) {
                    // Where a tag of the scheme names an index there is nothing to read a signature from.
                    gaps.broken(source, "it is an index, not a manifest with evidence");
                } else if (referrer && !image.subject().equals(Optional.of(subject))) {
                    // REG-19: the list says what it likes, the manifest's own subject counts.
                    gaps.broken(source, "the listed manifest's subject is another digest");
                } else {
                    manifests.putIfAbsent(image.digest(), new EvidenceManifest(source, image));
                }
            } catch (MalformedEvidenceException e) {
                gaps.broken(source, e.getMessage());
            }
        }

        // From the end of the list: a signer's newest evidence counts most.
        private void openReferrers(List<Listed> listed) {
            List<Fetch> fetches = new ArrayList<>();
            Set<Digest> seen = new HashSet<>(manifests.keySet());
            long large = 0;
            for (int i = listed.size() - 1; i >= 0; i--) {
                Listed entry = listed.get(i);
                if (!seen.add(entry.digest())) {
                    continue;
                }
                if (fetches.size() >= EvidenceLimits.MAX_MANIFESTS) {
                    gaps.limitReached(EvidenceLimit.MANIFESTS);
                    break;
                }
                int limit = limitOf(entry);
                if (limit > EvidenceLimits.USUAL_REFERRER_BYTES) {
                    // Counted apart from those of the usual size, so that no large one keeps them from being opened.
                    large += entry.size() > limit ? 0 : limit;
                    if (entry.size() > limit || large > EvidenceLimits.MAX_LARGE_REFERRERS_BYTES) {
                        gaps.limitReached(EvidenceLimit.LARGE_MANIFESTS);
                        continue;
                    }
                    if (!budget.take(limit)) {
                        gaps.noMemory("referrer " + brief(new Reference.ByDigest(entry.digest())));
                        continue;
                    }
                }
                fetches.add(new Fetch.ManifestOf(repository, new Reference.ByDigest(entry.digest()), limit));
            }
            List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
            for (int i = 0; i < answers.size(); i++) {
                String source = "referrer " + brief(((Fetch.ManifestOf) fetches.get(i)).reference());
                if (answers.get(i) instanceof Fetched.Found found) {
                    add(source, found, true);
                } else {
                    gaps.failed(source, answers.get(i));
                }
            }
        }

        private List<EvidenceBytes> open() {
            List<Layer> chosen = new EvidenceLayers(gaps, budget).choose(manifests.values());
            List<Fetch> fetches = new ArrayList<>();
            chosen.forEach(layer -> fetches.add(new Fetch.BlobOf(
                    repository, layer.content().digest(), layer.content().size())));
            List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
            List<EvidenceBytes> items = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                Layer layer = chosen.get(i);
                if (answers.get(i) instanceof Fetched.Found found) {
                    items.add(layer.with(found.bytes()));
                } else {
                    gaps.failed(layer.owner().source(), answers.get(i));
                }
            }
            return items;
        }

        private Fetch manifest(Reference reference) {
            return new Fetch.ManifestOf(repository, reference, EvidenceLimits.MAX_MANIFEST_BYTES);
        }
    }

    // What the list says of a manifest's length is the registry's or a stranger's word: enough to ask for no more than
    // that.
    private static int limitOf(Listed listed) {
        long said = Math.max(listed.size(), EvidenceLimits.USUAL_REFERRER_BYTES);
        return (int) Math.min(said, EvidenceLimits.MAX_REFERRER_BYTES);
    }

    static String brief(Reference reference) {
        String text = reference.toString();
        return text.length() <= 24
                ? text
                : text.substring(0, 19) + "..." + text.substring(Math.max(19, text.length() - 4));
    }
}
