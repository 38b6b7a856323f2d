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
import java.util.Optional;

/**
 * Signatures and statements are served unjudged, so that verifiers behind the proxy work: only where every layer is
 * evidence, and subject or tag names a digest of the repository; where a runtime could start it, its layers' bytes must be
 * evidence too. A tag's name alone never suffices. Judge threads only.
 */
final class EvidenceArtefacts {
    /** Entries of a referrers list that are opened; a longer list is judged as any index is. */
    private static final int MAX_LISTED = 64;

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
                    .filter(digest -> !image.runnable() || holdsJsonOnly(repository, image, deadline))
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

    // Docker and others unpack whatever layers a runnable configuration has, whatever type a manifest gives them;
    // cosign
    // writes such a configuration too, so only the bytes tell a signature from a file system.
    private boolean holdsJsonOnly(Repository repository, Manifest.Image image, Deadline deadline) {
        long total = image.layers().stream().mapToLong(Descriptor::size).sum();
        if (image.layers().size() > EvidenceLimits.MAX_ITEMS || total < 0 || total > EvidenceLimits.MAX_TOTAL_BYTES) {
            return false;
        }
        List<Fetch> fetches = new ArrayList<>();
        image.layers().forEach(layer -> fetches.add(new Fetch.BlobOf(repository, layer.digest(), layer.size())));
        return reader.fetchAll(fetches, deadline).stream().allMatch(EvidenceArtefacts::isJson);
    }

    private static boolean isJson(Fetched answer) {
        if (!(answer instanceof Fetched.Found found)) {
            return false;
        }
        try {
            var unused = StrictJson.parseObject(found.bytes(), "evidence", EvidenceLimits.MAX_ENVELOPE_BYTES);
            return true;
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
