package dev.pratique.attestations.registry;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceBytes.Kind;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.evidence.FoundEvidence.UnreadSource;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
    private static final String NO_MEMORY = "there is no memory for it while other evidence is being judged";

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
        private final List<UnreadSource> unread = new ArrayList<>();
        private final List<UnreadSource> broken = new ArrayList<>();
        private boolean limitReached;

        Search(Repository repository, Digest subject, Deadline deadline, EvidenceBudget budget) {
            this.repository = repository;
            this.subject = subject;
            this.deadline = deadline;
            this.budget = budget;
        }

        FoundEvidence run(Instant now) {
            Reference.Tag sig = TagScheme.SIG.tagFor(subject);
            Reference.Tag att = TagScheme.ATT.tagFor(subject);
            List<Fetched> first =
                    reader.fetchAll(List.of(manifest(sig), manifest(att), referrers(Optional.empty())), deadline);
            addTagged("tag " + brief(sig), first.get(0));
            addTagged("tag " + brief(att), first.get(1));
            openReferrers(listReferrers(first.get(2)));
            return new FoundEvidence(open(), unread, broken, limitReached, now);
        }

        private void addTagged(String source, Fetched answer) {
            if (answer instanceof Fetched.Found found) {
                add(source, found, false);
            } else if (!(answer instanceof Fetched.Missing)) {
                failed(source, answer);
            }
        }

        private void add(String source, Fetched.Found found, boolean referrer) {
            try {
                Manifest manifest = Manifest.parse(found.bytes(), found.contentType());
                if (!(manifest instanceof Manifest.Image image)) {
                    // Where a tag of the scheme names an index there is nothing to read a signature from.
                    broken.add(new UnreadSource(source, "it is an index, not a manifest with evidence"));
                } else if (referrer && !image.subject().equals(Optional.of(subject))) {
                    // REG-19: the list says what it likes, the manifest's own subject counts.
                    broken.add(new UnreadSource(source, "the listed manifest's subject is another digest"));
                } else {
                    manifests.putIfAbsent(image.digest(), new EvidenceManifest(source, image));
                }
            } catch (MalformedEvidenceException e) {
                broken.add(new UnreadSource(source, e.getMessage()));
            }
        }

        private List<Descriptor> listReferrers(Fetched answer) {
            if (answer instanceof Fetched.Missing) {
                // distribution-spec, "Listing Referrers": on 404 a client MUST fall back to the referrers tag.
                Reference.Tag fallback = TagScheme.REFERRERS.tagFor(subject);
                Fetched tagged = reader.fetch(manifest(fallback), deadline);
                return tagged instanceof Fetched.Missing
                        ? List.of()
                        : readPage("tag " + brief(fallback), tagged, new ArrayList<>());
            }
            String source = "referrers API";
            List<Descriptor> listed = readPage(source, answer, new ArrayList<>());
            Optional<String> next = next(answer);
            for (int page = 1; next.isPresent(); page++) {
                if (page >= EvidenceLimits.MAX_PAGES || listed.size() >= EvidenceLimits.MAX_REFERRERS) {
                    limitReached = true;
                    break;
                }
                Fetched more = reader.fetch(referrers(next), deadline);
                readPage(source, more, listed);
                next = next(more);
            }
            return listed;
        }

        private List<Descriptor> readPage(String source, Fetched answer, List<Descriptor> listed) {
            if (!(answer instanceof Fetched.Found found)) {
                failed(source, answer);
                return listed;
            }
            try {
                ReferrersList list = ReferrersList.parse(found.bytes(), found.contentType());
                listed.addAll(list.entries());
                list.broken().forEach(what -> broken.add(new UnreadSource(source, what)));
                limitReached |= list.limitReached();
            } catch (MalformedEvidenceException e) {
                // Unlike a broken signature, a list that cannot be read may hide a good one.
                unread.add(new UnreadSource(source, e.getMessage()));
            }
            return listed;
        }

        // The newest are listed last by every registry that keeps an order; a signer's newest evidence counts most.
        private void openReferrers(List<Descriptor> listed) {
            List<Fetch> fetches = new ArrayList<>();
            Set<Digest> seen = new HashSet<>(manifests.keySet());
            long large = 0;
            for (int i = listed.size() - 1; i >= 0; i--) {
                Descriptor descriptor = listed.get(i);
                if (!mayBeEvidence(descriptor) || !seen.add(descriptor.digest())) {
                    continue;
                }
                if (fetches.size() >= EvidenceLimits.MAX_MANIFESTS) {
                    limitReached = true;
                    break;
                }
                int limit = limitOf(descriptor);
                if (limit > EvidenceLimits.USUAL_REFERRER_BYTES) {
                    // Counted apart from those of the usual size, so that no large one keeps them from being opened.
                    large += descriptor.size() > limit ? 0 : limit;
                    if (descriptor.size() > limit || large > EvidenceLimits.MAX_LARGE_REFERRERS_BYTES) {
                        limitReached = true;
                        continue;
                    }
                    if (!budget.take(limit)) {
                        unread.add(new UnreadSource(
                                "referrer " + brief(new Reference.ByDigest(descriptor.digest())), NO_MEMORY));
                        continue;
                    }
                }
                fetches.add(new Fetch.ManifestOf(repository, new Reference.ByDigest(descriptor.digest()), limit));
            }
            List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
            for (int i = 0; i < answers.size(); i++) {
                String source = "referrer " + brief(((Fetch.ManifestOf) fetches.get(i)).reference());
                if (answers.get(i) instanceof Fetched.Found found) {
                    add(source, found, true);
                } else {
                    failed(source, answers.get(i));
                }
            }
        }

        // cosign's fallback lists carry the empty configuration's type, so only what is certainly something else is
        // left out.
        private boolean mayBeEvidence(Descriptor descriptor) {
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

        private List<EvidenceBytes> open() {
            List<Layer> chosen = withinBytes(newestOfEach());
            List<Fetch> fetches = new ArrayList<>();
            chosen.forEach(layer -> fetches.add(new Fetch.BlobOf(
                    repository, layer.content().digest(), layer.content().size())));
            List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
            List<EvidenceBytes> items = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                Layer layer = chosen.get(i);
                if (answers.get(i) instanceof Fetched.Found found) {
                    items.add(new EvidenceBytes(
                            layer.content().mediaType(),
                            found.bytes(),
                            layer.content().annotations(),
                            layer.owner().manifest().digest(),
                            layer.owner().source()));
                } else {
                    failed(layer.owner().source(), answers.get(i));
                }
            }
            return items;
        }

        // In turn, one layer of each manifest, the newest (last) first: however many layers one manifest has, it cannot
        // keep another's from being looked at.
        private List<Layer> newestOfEach() {
            List<Layer> layers = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            boolean more = true;
            for (int turn = 0; more; turn++) {
                more = false;
                for (EvidenceManifest owner : manifests.values()) {
                    int place = owner.manifest().layers().size() - 1 - turn;
                    if (place < 0) {
                        continue;
                    }
                    more = true;
                    Descriptor content = owner.manifest().layers().get(place);
                    Optional<Kind> kind = Kind.of(content.mediaType());
                    // The same bytes under another type are another piece: one of the two may be what they say.
                    String piece = content.mediaType() + "|" + content.digest() + "|" + content.annotations();
                    if (kind.isEmpty() || contradicts(owner, content) || !seen.add(piece)) {
                        continue;
                    }
                    if (layers.size() >= EvidenceLimits.MAX_ITEMS) {
                        limitReached = true;
                        return layers;
                    }
                    layers.add(new Layer(owner, content, kind.get()));
                }
            }
            return layers;
        }

        // BND-18: a bundle that its manifest announces as of one version and its layer as of another.
        private boolean contradicts(EvidenceManifest owner, Descriptor content) {
            String artifactType = owner.manifest().artifactType();
            Optional<String> announced =
                    artifactType == null ? Optional.empty() : MediaType.bundleVersion(artifactType);
            Optional<String> held = MediaType.bundleVersion(content.mediaType());
            boolean contradicts = announced.isPresent() && held.isPresent() && !announced.equals(held);
            if (contradicts) {
                broken.add(new UnreadSource(
                        owner.source(),
                        "its artifactType is a bundle of version " + announced.get() + ", its layer one of version "
                                + held.get()));
            }
            return contradicts;
        }

        // The smallest first, with all that it brings: a signature is small, so that nothing large can keep it from
        // being
        // looked at.
        private List<Layer> withinBytes(List<Layer> layers) {
            layers.sort(Comparator.comparingLong(Layer::brings));
            List<Layer> chosen = new ArrayList<>();
            long total = 0;
            for (Layer layer : layers) {
                long size = layer.content().size();
                if (size > limitOf(layer.kind()) || total + size > EvidenceLimits.MAX_TOTAL_BYTES) {
                    limitReached = true;
                    continue;
                }
                if (!budget.take(size)) {
                    unread.add(new UnreadSource(layer.owner().source(), NO_MEMORY));
                    continue;
                }
                total += size;
                chosen.add(layer);
            }
            return chosen;
        }

        private void failed(String source, Fetched answer) {
            if (answer instanceof Fetched.Unread noAnswer) {
                unread.add(new UnreadSource(source, noAnswer.what()));
            } else if (answer instanceof Fetched.Denied denied) {
                // POL-08: only a definite "not there" means unsigned; 401 and 403 do not.
                unread.add(new UnreadSource(source, "the upstream answered " + denied.status()));
            } else if (answer instanceof Fetched.Wrong wrong) {
                broken.add(new UnreadSource(source, wrong.what()));
            } else {
                broken.add(new UnreadSource(source, "it is listed, but the upstream does not have it"));
            }
        }

        private Fetch manifest(Reference reference) {
            return new Fetch.ManifestOf(repository, reference, EvidenceLimits.MAX_MANIFEST_BYTES);
        }

        private Fetch referrers(Optional<String> page) {
            return new Fetch.ReferrersOf(repository, subject, page, EvidenceLimits.MAX_PAGE_BYTES);
        }
    }

    private record EvidenceManifest(String source, Manifest.Image manifest) {}

    private record Layer(EvidenceManifest owner, Descriptor content, Kind kind) {
        /** Bytes that are read for it. */
        long brings() {
            return content.size()
                    + content.annotations().values().stream()
                            .mapToLong(String::length)
                            .sum();
        }
    }

    private static Optional<String> next(Fetched answer) {
        return answer instanceof Fetched.Found found ? found.next() : Optional.empty();
    }

    // What the list says of a manifest's length is the registry's or a stranger's word: enough to ask for no more than
    // that.
    private static int limitOf(Descriptor listed) {
        long said = Math.max(listed.size(), EvidenceLimits.USUAL_REFERRER_BYTES);
        return (int) Math.min(said, EvidenceLimits.MAX_REFERRER_BYTES);
    }

    private static int limitOf(Kind kind) {
        return kind == Kind.SIMPLE_SIGNING ? EvidenceLimits.MAX_PAYLOAD_BYTES : EvidenceLimits.MAX_ENVELOPE_BYTES;
    }

    private static String brief(Reference reference) {
        String text = reference.toString();
        return text.length() <= 24
                ? text
                : text.substring(0, 19) + "..." + text.substring(Math.max(19, text.length() - 4));
    }
}
