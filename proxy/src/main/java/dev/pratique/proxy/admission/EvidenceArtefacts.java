package dev.pratique.proxy.admission;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.EvidenceLimits;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.registry.TagScheme;
import dev.pratique.proxy.admission.ManifestReader.Have;
import dev.pratique.proxy.verdicts.Member;
import dev.pratique.proxy.verdicts.VerdictStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Signatures and statements are served unjudged, so that verifiers behind the proxy work: only where every layer is
 * evidence, and subject or tag names a digest of the repository; where a runtime could start it, its layers' bytes must be
 * evidence too. A tag's name alone never suffices. Judge threads only.
 */
final class EvidenceArtefacts {
    /** Entries of a referrers list that are opened; a longer list is judged as any index is. */
    private static final int MAX_LISTED = 64;
    /** Members of manifests and indexes that no form of evidence has, in lower case: Go's decoder ignores case. */
    private static final Set<String> OF_MANIFESTS = Set.of("schemaversion", "layers", "manifests", "fslayers");
    /** The same, and of configurations; cosign gives its signatures a configuration, never a layer, of that form. */
    private static final Set<String> OF_IMAGES =
            Set.of("schemaversion", "layers", "manifests", "fslayers", "rootfs", "config");

    private final RegistryReader reader;
    private final VerdictStore records;

    EvidenceArtefacts(RegistryReader reader, VerdictStore records) {
        this.reader = reader;
        this.records = records;
    }

    /** The digest that this is evidence about; empty where it is to be judged as an image. */
    Optional<Digest> subjectOf(Repository repository, Optional<Reference.Tag> tag, Have have, Deadline deadline) {
        Optional<Digest> named = tag.flatMap(TagScheme::subjectOf);
        if (have.manifest() instanceof Manifest.Image image) {
            if (!image.evidenceOnly()) {
                return Optional.empty();
            }
            Optional<Digest> subject =
                    image.subject().or(() -> named).or(() -> knownSubject(repository, have.digest()));
            return subject.filter(digest -> inRepository(repository, digest, deadline))
                    .filter(digest -> holdsOnlyEvidence(repository, image, deadline))
                    .map(digest -> remember(repository, have, digest));
        }
        return named.filter(digest -> inRepository(repository, digest, deadline))
                .filter(digest -> listsOnlyEvidence(repository, (Manifest.Index) have.manifest(), digest, deadline))
                .map(digest -> remember(repository, have, digest));
    }

    // A .sig manifest asked for by digest says nothing of its subject; what it was found to be by its tag is
    // remembered.
    private Optional<Digest> knownSubject(Repository repository, Digest digest) {
        return records.member(repository, digest)
                .filter(member -> member.kind() == Member.Kind.EVIDENCE)
                .flatMap(member -> member.parents().stream().findFirst());
    }

    private Digest remember(Repository repository, Have have, Digest subject) {
        Member asNew = new Member(
                Member.Kind.EVIDENCE,
                have.manifest().bytes().length,
                have.manifest().mediaType(),
                List.of(),
                0);
        records.change()
                .memberThrough(repository, have.digest(), asNew, subject)
                .commit();
        return subject;
    }

    private boolean inRepository(Repository repository, Digest digest, Deadline deadline) {
        boolean known = records.member(repository, digest)
                .filter(member -> member.kind() == Member.Kind.MANIFEST && member.confirmedAt() > 0)
                .isPresent();
        return known
                || reader.fetch(new Fetch.ManifestHead(repository, new Reference.ByDigest(digest)), deadline)
                        instanceof Fetched.Found;
    }

    // A manifest may give any bytes the type of evidence, and what evidence lists is served as its blobs: only the
    // bytes
    // tell a signature from a file system, or from the manifest, configuration and layers of an image that is refused.
    private boolean holdsOnlyEvidence(Repository repository, Manifest.Image image, Deadline deadline) {
        List<Descriptor> parts = new ArrayList<>(image.layers());
        parts.add(image.config());
        if (parts.size() > EvidenceLimits.MAX_ITEMS
                || parts.stream().anyMatch(part -> part.size() > EvidenceLimits.MAX_ENVELOPE_BYTES)
                || parts.stream().mapToLong(Descriptor::size).sum() > EvidenceLimits.MAX_TOTAL_BYTES) {
            return false;
        }
        List<Fetch> fetches = new ArrayList<>();
        parts.forEach(part -> fetches.add(new Fetch.BlobOf(repository, part.digest(), part.size())));
        List<Fetched> answers = reader.fetchAll(fetches, deadline);
        int config = answers.size() - 1;
        return answers.subList(0, config).stream().allMatch(answer -> isJsonWithout(answer, OF_IMAGES))
                && isJsonWithout(answers.get(config), OF_MANIFESTS);
    }

    private static boolean isJsonWithout(Fetched answer, Set<String> members) {
        if (!(answer instanceof Fetched.Found found)) {
            return false;
        }
        try {
            return StrictJson.parseObject(found.bytes(), "evidence", EvidenceLimits.MAX_ENVELOPE_BYTES)
                    .members()
                    .keySet()
                    .stream()
                    .noneMatch(name -> members.contains(name.toLowerCase(Locale.ROOT)));
        } catch (MalformedEvidenceException e) {
            return false;
        }
    }

    private boolean listsOnlyEvidence(Repository repository, Manifest.Index index, Digest subject, Deadline deadline) {
        if (index.manifests().size() > MAX_LISTED) {
            return false;
        }
        List<Fetch> fetches = new ArrayList<>();
        for (Descriptor listed : index.manifests()) {
            fetches.add(new Fetch.ManifestOf(repository, new Reference.ByDigest(listed.digest()), Manifest.MAX_BYTES));
        }
        List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
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
