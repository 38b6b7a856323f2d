package dev.pratique.proxy.admission;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.RefusalReason;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.proxy.admission.ManifestReader.Have;
import dev.pratique.proxy.admission.ManifestReader.Not;
import dev.pratique.proxy.admission.ManifestReader.Obtained;
import dev.pratique.proxy.verdicts.VerdictStore;
import dev.pratique.proxy.verdicts.VerdictStore.SeenTag;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * From a tag to the manifest it names now. The upstream's digest is a hint: the manifest is got by it and has it, or it is
 * not used. Judge threads only.
 */
final class TagResolver {
    private final RegistryReader reader;
    private final ManifestReader manifests;
    private final VerdictStore records;
    private final TagTable tags;
    private final InstantSource clock;

    TagResolver(
            RegistryReader reader, ManifestReader manifests, VerdictStore records, TagTable tags, InstantSource clock) {
        this.reader = reader;
        this.manifests = manifests;
        this.records = records;
        this.tags = tags;
        this.clock = clock;
    }

    Obtained resolve(Repository repository, Reference.Tag tag, AdmissionSettings settings, Deadline deadline) {
        Optional<Digest> current = tags.current(repository, tag.value(), clock.millis());
        if (current.isPresent()) {
            return manifests.obtain(repository, current.get(), settings.authorisationTtl(), deadline);
        }
        Fetched head = reader.fetch(new Fetch.ManifestHead(repository, tag), deadline);
        if (head instanceof Fetched.Found found) {
            return known(repository, tag, byHint(repository, tag, found, settings, deadline), settings);
        }
        if (head instanceof Fetched.Unread) {
            return lastKnown(repository, tag, head, settings, deadline);
        }
        return new Not(ManifestReader.failed(Optional.empty(), head));
    }

    private Obtained byHint(
            Repository repository,
            Reference.Tag tag,
            Fetched.Found head,
            AdmissionSettings settings,
            Deadline deadline) {
        Digest hint = head.digest();
        if (hint == null) {
            return manifests.obtainByTag(repository, tag, settings.authorisationTtl(), deadline);
        }
        Obtained obtained = manifests.obtain(repository, hint, settings.authorisationTtl(), deadline);
        boolean gone = obtained instanceof Not not
                && not.outcome() instanceof Outcome.Stopped stopped
                && stopped.verdict()
                        .fold(
                                admitted -> false,
                                refused -> refused.reason() == RefusalReason.MANIFEST_UNKNOWN,
                                undecided -> false);
        return gone ? manifests.obtainByTag(repository, tag, settings.authorisationTtl(), deadline) : obtained;
    }

    private Obtained known(Repository repository, Reference.Tag tag, Obtained obtained, AdmissionSettings settings) {
        if (obtained instanceof Have have) {
            Instant now = clock.instant();
            if (!settings.tagTtl().isZero()) {
                tags.put(
                        repository,
                        tag.value(),
                        have.digest(),
                        now.toEpochMilli(),
                        now.plus(settings.tagTtl()).toEpochMilli());
            }
            records.change()
                    .tag(repository, tag.value(), new SeenTag(have.digest(), now))
                    .commit();
        }
        return obtained;
    }

    private Obtained lastKnown(
            Repository repository, Reference.Tag tag, Fetched head, AdmissionSettings settings, Deadline deadline) {
        Instant now = clock.instant();
        Optional<SeenTag> seen = records.tag(repository, tag.value())
                .filter(last -> !last.at().isAfter(now))
                .filter(last -> now.isBefore(last.at().plus(settings.tagTtl()).plus(settings.tagStaleIfError())));
        return seen.isPresent()
                ? manifests.obtain(repository, seen.get().digest(), settings.authorisationTtl(), deadline)
                : new Not(ManifestReader.failed(Optional.empty(), head));
    }
}
