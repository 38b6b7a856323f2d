package dev.pratique.signer.check;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.evidence.FoundEvidence;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.EvidenceFinder;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What lies beside one image in its registry, for a person who waits.
 *
 * @param digest of the image's manifest or index, as it is there now
 * @param subject the same with its bytes
 */
public record ImageEvidence(Digest digest, Subject subject, FoundEvidence found) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** @throws Failure where the image itself cannot be had */
    public static ImageEvidence find(ImageName image, RegistryReader reader, InstantSource clock) throws Failure {
        Deadline deadline = Deadline.after(clock.instant(), PATIENCE);
        Fetched answer =
                reader.fetch(new Fetch.ManifestOf(image.repository(), image.reference(), Manifest.MAX_BYTES), deadline);
        Fetched.Found manifest = ImageCheck.had(answer, image);
        try {
            Manifest parsed = Manifest.parse(manifest.bytes(), manifest.contentType());
            Digest digest = image.reference().pinned().orElse(parsed.digest());
            FoundEvidence found =
                    new EvidenceFinder(reader).find(image.repository(), digest, deadline, clock.instant());
            return new ImageEvidence(digest, Subject.of(digest, parsed.bytes()), found);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            image + " is no image: " + e.getMessage(),
                            "name an image or an index of images; crane manifest " + image + " shows what it is")
                    .because(e);
        }
    }
}
