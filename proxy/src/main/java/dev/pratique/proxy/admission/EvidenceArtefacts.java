package dev.pratique.proxy.admission;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceForm;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.proxy.admission.ManifestReader.Have;
import dev.pratique.proxy.verdicts.Member;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Signatures and statements are served unjudged, so that verifiers behind the proxy work: only where every layer is
 * evidence by its type and by its bytes, and subject or tag names a digest of the repository. A tag's name alone never
 * suffices. Judge threads only.
 */
final class EvidenceArtefacts {
    /** Entries of a referrers list that are opened; a longer list is judged as any index is. */
    private static final int MAX_LISTED = 64;
    /** What such an entry may take whatever the list says of its length. */
    private static final int USUAL_LISTED_BYTES = 64 << 10;
    /** All entries of one list: they are in memory together. */
    private static final long MAX_LISTED_BYTES = 16L << 20;

    private static final Fetched NO_MEMORY =
            new Fetched.Unread("there is no memory for it while other evidence is being judged", Duration.ofSeconds(2));

    private final RegistryReader reader;
    private final VerdictStore records;
    private final EvidenceMemory memory;

    /** @param memory shared with those who judge by evidence: whoever can push decides how much of it there is */
    EvidenceArtefacts(RegistryReader reader, VerdictStore records, EvidenceMemory memory) {
        this.reader = reader;
        this.records = records;
        this.memory = memory;
    }

    /** What a manifest is. */
    sealed interface Kind {}

    /** Evidence about this digest, and nothing else. */
    record EvidenceAbout(Digest subject) implements Kind {}

    /** It is to be judged as an image. */
    record NoEvidence() implements Kind {}

    /**
     * It looks like evidence, but not all of it could be read: where it is not admitted as an image, nothing is decided.
     *
     * @param why what could not be had
     */
    record Unreadable(Fetched why) implements Kind {}

    /** Says what a manifest is. */
    Kind kindOf(Repository repository, Optional<Reference.Tag> tag, Have have, Deadline deadline) {
        try (EvidenceMemory.Share share = memory.share()) {
            return kindOf(repository, tag, have, deadline, share);
        }
    }

    private Kind kindOf(
            Repository repository,
            Optional<Reference.Tag> tag,
            Have have,
            Deadline deadline,
            EvidenceMemory.Share share) {
        Optional<Digest> named = tag.flatMap(TagScheme::subjectOf);
        List<Fetched> answers;
        Optional<Digest> subject;
        boolean evidence;
        if (have.manifest() instanceof Manifest.Image image) {
            if (!image.evidenceOnly() || tooMuch(image)) {
                return new NoEvidence();
            }
            subject = image.subject().or(() -> named).or(() -> knownSubject(repository, have.digest()));
            answers = subject.isPresent() ? parts(repository, image, deadline, share) : List.of();
            evidence = subject.isPresent() && holdsOnlyEvidence(image, answers);
        } else {
            Manifest.Index index = (Manifest.Index) have.manifest();
            subject = named.filter(digest -> !tooMuch(index));
            answers = subject.isPresent() ? listed(repository, index, deadline, share) : List.of();
            evidence = subject.isPresent() && listsOnlyEvidence(answers, subject.get());
        }
        if (!evidence) {
            return answers.stream()
                    .filter(EvidenceArtefacts::unread)
                    .findFirst()
                    .<Kind>map(Unreadable::new)
                    .orElseGet(NoEvidence::new);
        }
        return inRepository(repository, have, subject.orElseThrow(), deadline);
    }

    private static boolean unread(Fetched answer) {
        return !(answer instanceof Fetched.Found || answer instanceof Fetched.Missing);
    }

    // A .sig manifest asked for by digest says nothing of its subject; what it was found to be by its tag is
    // remembered.
    private Optional<Digest> knownSubject(Repository repository, Digest digest) {
        return records.member(repository, digest)
                .filter(member -> member.kind() == Member.Kind.EVIDENCE)
                .flatMap(member -> member.parents().stream().findFirst());
    }

    private Kind inRepository(Repository repository, Have have, Digest subject, Deadline deadline) {
        boolean known = records.member(repository, subject)
                .filter(member -> member.kind() == Member.Kind.MANIFEST && member.confirmedAt() > 0)
                .isPresent();
        if (!known) {
            Fetched answer =
                    reader.fetch(new Fetch.ManifestHead(repository, new Reference.ByDigest(subject)), deadline);
            if (!(answer instanceof Fetched.Found)) {
                return unread(answer) ? new Unreadable(answer) : new NoEvidence();
            }
        }
        remember(repository, have, subject);
        return new EvidenceAbout(subject);
    }

    private void remember(Repository repository, Have have, Digest subject) {
        Member asNew = new Member(
                Member.Kind.EVIDENCE,
                have.manifest().bytes().length,
                have.manifest().mediaType(),
                List.of(),
                0);
        records.change()
                .memberThrough(repository, have.digest(), asNew, subject)
                .commit();
    }

    private static boolean tooMuch(Manifest.Image image) {
        List<Descriptor> parts = partsOf(image);
        return parts.size() > EvidenceLimits.MAX_ITEMS
                || parts.stream().anyMatch(part -> part.size() > EvidenceLimits.MAX_ENVELOPE_BYTES)
                || parts.stream().mapToLong(Descriptor::size).sum() > EvidenceLimits.MAX_TOTAL_BYTES;
    }

    private static boolean tooMuch(Manifest.Index index) {
        List<Descriptor> entries = index.manifests();
        return entries.size() > MAX_LISTED
                || entries.stream().anyMatch(entry -> limitOf(entry) > Manifest.MAX_BYTES)
                || entries.stream().mapToLong(EvidenceArtefacts::limitOf).sum() > MAX_LISTED_BYTES;
    }

    private static long limitOf(Descriptor entry) {
        return Math.max(entry.size(), USUAL_LISTED_BYTES);
    }

    private static List<Descriptor> partsOf(Manifest.Image image) {
        List<Descriptor> parts = new ArrayList<>(image.layers());
        parts.add(image.config());
        return parts;
    }

    private List<Fetched> parts(
            Repository repository, Manifest.Image image, Deadline deadline, EvidenceMemory.Share share) {
        List<Fetch> fetches = new ArrayList<>();
        partsOf(image).forEach(part -> fetches.add(new Fetch.BlobOf(repository, part.digest(), part.size())));
        return fetchAll(fetches, deadline, share);
    }

    private List<Fetched> fetchAll(List<Fetch> fetches, Deadline deadline, EvidenceMemory.Share share) {
        long most = fetches.stream().mapToLong(Fetch::maxBytes).sum();
        return share.take(most) ? reader.fetchAll(fetches, deadline) : Collections.nCopies(fetches.size(), NO_MEMORY);
    }

    // A manifest may give any bytes the type of evidence, and what evidence lists is served as its blobs: only the
    // bytes tell a signature from a file system, or from the manifest, configuration and layers of an image that is
    // refused. A length that is wrong would be held against everybody who lists the same blob rightly.
    private static boolean holdsOnlyEvidence(Manifest.Image image, List<Fetched> answers) {
        List<Descriptor> layers = image.layers();
        for (int i = 0; i < layers.size(); i++) {
            if (!(answers.get(i) instanceof Fetched.Found found)
                    || found.bytes().length != layers.get(i).size()
                    || !EvidenceForm.isLayer(layers.get(i).mediaType(), found.bytes())) {
                return false;
            }
        }
        return answers.get(layers.size()) instanceof Fetched.Found config
                && config.bytes().length == image.config().size()
                && EvidenceForm.isConfiguration(layers, config.bytes());
    }

    private List<Fetched> listed(
            Repository repository, Manifest.Index index, Deadline deadline, EvidenceMemory.Share share) {
        List<Fetch> fetches = new ArrayList<>();
        for (Descriptor entry : index.manifests()) {
            fetches.add(new Fetch.ManifestOf(repository, new Reference.ByDigest(entry.digest()), limitOf(entry)));
        }
        return fetches.isEmpty() ? List.of() : fetchAll(fetches, deadline, share);
    }

    private static boolean listsOnlyEvidence(List<Fetched> answers, Digest subject) {
        return answers.stream().allMatch(answer -> isEvidenceAbout(answer, subject));
    }

    private static boolean isEvidenceAbout(Fetched answer, Digest subject) {
        if (!(answer instanceof Fetched.Found found)) {
            return false;
        }
        try {
            return Manifest.parse(found.bytes(), found.contentType()) instanceof Manifest.Image image
                    && image.evidenceOnly()
                    && image.subject().equals(Optional.of(subject));
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }
}
