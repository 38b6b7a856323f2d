package dev.pratique.attestations.policy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.ImageShape.BrokenConfig;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.ConfigRead;
import dev.pratique.attestations.policy.ImageShape.OtherPlatform;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an image's base is recognised by: the configuration of every runnable image in it. Waits for its reader; any
 * number of threads may use one.
 */
public final class ShapeReader {
    /** More platforms than any published image has; each costs two fetches. */
    private static final int MAX_PLATFORMS = 64;

    private final RegistryReader reader;

    public ShapeReader(RegistryReader reader) {
        this.reader = reader;
    }

    /**
     * Never throws for what a registry answers.
     *
     * @param digest the one that the manifest was asked for by
     * @param platforms the platforms that are wanted; empty: all
     */
    public ImageShape read(
            Repository repository, Digest digest, Manifest manifest, Set<Platform> platforms, Deadline deadline) {
        if (manifest instanceof Manifest.Image image) {
            return image.runnable() ? alone(repository, digest, image, deadline) : new ImageShape.Artifact(type(image));
        }
        Manifest.Index index = (Manifest.Index) manifest;
        List<PlatformImage> images = new ArrayList<>();
        List<Descriptor> wanted = new ArrayList<>();
        for (Descriptor child : index.manifests()) {
            if (!MediaType.isManifest(child.mediaType())) {
                images.add(unusable(child, "an index inside an index, or no manifest: " + child.mediaType()));
            } else if (isOther(child.platform(), platforms)) {
                images.add(new PlatformImage(platform(child), child.digest(), -1, new OtherPlatform()));
            } else if (wanted.size() >= MAX_PLATFORMS) {
                images.add(unusable(child, "more than " + MAX_PLATFORMS + " platforms"));
            } else {
                wanted.add(child);
            }
        }
        images.addAll(children(repository, wanted, deadline));
        return images.isEmpty()
                ? new ImageShape.Artifact("an index without runnable images")
                : new ImageShape.Runnable(images);
    }

    private static String type(Manifest.Image image) {
        String type = image.artifactType();
        return type == null ? image.config().mediaType() : type;
    }

    // Only an image that no index speaks for is taken at its own word; a child whose index names no platform is judged
    // whatever its configuration says.
    private ImageShape alone(Repository repository, Digest digest, Manifest.Image image, Deadline deadline) {
        ConfigRead config = config(reader.fetch(blob(repository, image), deadline));
        Optional<Platform> platform =
                config instanceof Config known ? Optional.of(known.config().platform()) : Optional.empty();
        return new ImageShape.Runnable(
                List.of(new PlatformImage(platform, digest, image.layers().size(), config)));
    }

    private List<PlatformImage> children(Repository repository, List<Descriptor> wanted, Deadline deadline) {
        List<Fetch> fetches = new ArrayList<>();
        for (Descriptor child : wanted) {
            fetches.add(new Fetch.ManifestOf(repository, new Reference.ByDigest(child.digest()), Manifest.MAX_BYTES));
        }
        List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
        List<PlatformImage> images = new ArrayList<>();
        List<Descriptor> descriptors = new ArrayList<>();
        List<Manifest.Image> manifests = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Descriptor child = wanted.get(i);
            if (!(answers.get(i) instanceof Fetched.Found found)) {
                images.add(new PlatformImage(platform(child), child.digest(), -1, notRead(answers.get(i))));
                continue;
            }
            try {
                // What calls itself an attestation is opened all the same: only its layers say whether it can be run.
                String type = found.contentType() == null ? child.mediaType() : found.contentType();
                if (Manifest.parse(found.bytes(), type) instanceof Manifest.Image image && !image.evidenceOnly()) {
                    descriptors.add(child);
                    manifests.add(image);
                }
            } catch (MalformedEvidenceException e) {
                images.add(unusable(child, e.getMessage()));
            }
        }
        images.addAll(withConfigs(repository, descriptors, manifests, deadline));
        return images;
    }

    private List<PlatformImage> withConfigs(
            Repository repository, List<Descriptor> children, List<Manifest.Image> manifests, Deadline deadline) {
        List<Fetch> fetches = new ArrayList<>();
        manifests.forEach(manifest -> fetches.add(blob(repository, manifest)));
        List<Fetched> answers = fetches.isEmpty() ? List.of() : reader.fetchAll(fetches, deadline);
        List<PlatformImage> images = new ArrayList<>();
        for (int i = 0; i < manifests.size(); i++) {
            images.add(new PlatformImage(
                    platform(children.get(i)),
                    children.get(i).digest(),
                    manifests.get(i).layers().size(),
                    config(answers.get(i))));
        }
        return images;
    }

    private static Fetch blob(Repository repository, Manifest.Image image) {
        return new Fetch.BlobOf(repository, image.config().digest(), ImageConfig.MAX_BYTES);
    }

    private static ConfigRead config(Fetched answer) {
        if (!(answer instanceof Fetched.Found found)) {
            return notRead(answer);
        }
        try {
            return new Config(ImageConfig.parse(found.bytes()));
        } catch (MalformedEvidenceException e) {
            return new BrokenConfig(e.getMessage());
        }
    }

    private static ConfigRead notRead(Fetched answer) {
        if (answer instanceof Fetched.Unread unread) {
            return new UnreadConfig(unread.what());
        }
        if (answer instanceof Fetched.Denied denied) {
            return new UnreadConfig("the upstream answered " + denied.status());
        }
        return new BrokenConfig(answer instanceof Fetched.Wrong wrong ? wrong.what() : "the upstream does not have it");
    }

    private static PlatformImage unusable(Descriptor child, String what) {
        return new PlatformImage(platform(child), child.digest(), -1, new BrokenConfig(what));
    }

    private static Optional<Platform> platform(Descriptor child) {
        return Optional.ofNullable(child.platform()).filter(named -> !named.unknown());
    }

    private static boolean isOther(@Nullable Platform platform, Set<Platform> platforms) {
        return !platforms.isEmpty() && platform != null && !platform.unknown() && !platforms.contains(platform);
    }
}
