package dev.pratique.signer.provenance;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.ImageShape;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.Lineage;
import dev.pratique.attestations.policy.ShapeReader;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.ImageCheck;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * On which images an image stands: those whose layers are its lowest, on every platform that it has. What it says of its base
 * in annotations only tells where to look.
 */
final class BaseLineage {
    /** By what a base is known whose layers were compared. */
    static final String SEEN = "layers";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String BASE_NAME = "org.opencontainers.image.base.name";
    private static final String BASE_DIGEST = "org.opencontainers.image.base.digest";

    private final Map<String, String> annotations;
    private final Map<Platform, List<Digest>> diffIds;

    private BaseLineage(Map<String, String> annotations, Map<Platform, List<Digest>> diffIds) {
        this.annotations = annotations;
        this.diffIds = diffIds;
    }

    /** Reads what the image is made of. */
    static BaseLineage read(BuiltImage image, InstantSource clock) throws Failure {
        Manifest manifest = image.manifest();
        ImageShape shape = new ShapeReader(image.reader())
                .read(image.repository(), manifest.digest(), manifest, Deadline.after(clock.instant(), PATIENCE));
        Map<Platform, List<Digest>> diffIds = new HashMap<>();
        if (shape instanceof ImageShape.Runnable runnable) {
            for (PlatformImage one : runnable.images()) {
                if (!(one.config() instanceof Config known)) {
                    throw Failure.of(
                            Kind.FAILED,
                            image.name() + " cannot be read whole, so what it stands on is not known",
                            "try again; where it is broken, push it again");
                }
                ImageConfig config = known.config();
                diffIds.put(one.platform().orElse(config.platform()), config.diffIds());
            }
        }
        return new BaseLineage(manifest.annotations(), diffIds);
    }

    /** The digest that a name has in its registry now. */
    static Digest resolve(ImageName image, Elsewhere elsewhere) throws Failure {
        Deadline deadline = Deadline.after(elsewhere.clock().instant(), PATIENCE);
        var fetch = new Fetch.ManifestOf(image.repository(), image.reference(), Manifest.MAX_BYTES);
        var found = ImageCheck.had(elsewhere.reader().fetch(fetch, deadline), image);
        try {
            return Manifest.parse(found.bytes(), found.contentType()).digest();
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            image + " cannot be read: " + e.getMessage(),
                            "name an image that can be pulled; crane manifest " + image + " shows what it is")
                    .because(e);
        }
    }

    /** The base that the image's own annotations name; a claim of whoever built it, until the layers agree. */
    Optional<UsedImage> claimed() {
        String name = annotations.getOrDefault(BASE_NAME, "");
        String digest = annotations.getOrDefault(BASE_DIGEST, "");
        if (name.isEmpty() || digest.isEmpty()) {
            return Optional.empty();
        }
        try {
            UsedImage tagged = UsedImage.parse(name);
            return Optional.of(new UsedImage(tagged.repository(), tagged.tag(), Optional.of(Digest.parse(digest))));
        } catch (MalformedEvidenceException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the layers of a base are the image's lowest, on each of the image's platforms.
     *
     * @param base its diff_ids
     */
    boolean standsOn(Map<Platform, List<Digest>> base) {
        return !diffIds.isEmpty()
                && diffIds.entrySet().stream()
                        .allMatch(own -> begins(own.getValue(), base.getOrDefault(own.getKey(), List.of())));
    }

    private static boolean begins(List<Digest> own, List<Digest> base) {
        return !Lineage.onlyEmptyLayers(base)
                && base.size() <= own.size()
                && own.subList(0, base.size()).equals(base);
    }
}
