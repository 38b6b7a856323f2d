package dev.pratique.attestations.policy;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.ImageShape.BrokenConfig;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.ConfigRead;
import dev.pratique.attestations.policy.ImageShape.OtherPlatform;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.policy.IndexReader.Child;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what an image's base is recognised by: the configuration of every runnable image in it. Waits for its reader; any
 * number of threads may use one.
 */
public final class ShapeReader {
    private final RegistryReader reader;
    private final IndexReader indexes;

    public ShapeReader(RegistryReader reader) {
        this.reader = reader;
        this.indexes = new IndexReader(reader);
    }

    /** Everything that an image's manifests and configurations say, as far as it is asked. */
    public record Look(ImageShape shape, Composition composition) {}

    /**
     * Reads what the requirements ask about, and no more. Never throws for what a registry answers.
     *
     * @param digest the one that the manifest was asked for by
     */
    public Look look(
            Repository repository, Digest digest, Manifest manifest, Requirements requirements, Deadline deadline) {
        boolean configs = requirements.needsConfig();
        if (manifest instanceof Manifest.Image image) {
            ImageShape shape = configs ? shape(repository, digest, image, deadline) : new ImageShape.NotAsked();
            return new Look(shape, Composition.of(image));
        }
        List<Child> children = indexes.read(
                repository,
                (Manifest.Index) manifest,
                requirements.platforms(),
                configs || !requirements.foreignLayersAllowed(),
                deadline);
        ImageShape shape = configs ? shape(repository, children, deadline) : new ImageShape.NotAsked();
        return new Look(shape, Composition.of(children));
    }

    /**
     * The make of an image on all its platforms. Never throws for what a registry answers.
     *
     * @param digest the one that the manifest was asked for by
     */
    public ImageShape read(Repository repository, Digest digest, Manifest manifest, Deadline deadline) {
        return manifest instanceof Manifest.Image image
                ? shape(repository, digest, image, deadline)
                : shape(
                        repository,
                        indexes.read(repository, (Manifest.Index) manifest, Set.of(), true, deadline),
                        deadline);
    }

    // Only an image that no index speaks for is taken at its own word; a child whose index names no platform is judged
    // whatever its configuration says.
    private ImageShape shape(Repository repository, Digest digest, Manifest.Image image, Deadline deadline) {
        if (!image.runnable()) {
            String type = image.artifactType();
            return new ImageShape.Artifact(type == null ? image.config().mediaType() : type);
        }
        ConfigRead config = config(reader.fetch(blob(repository, image), deadline));
        Optional<Platform> platform =
                config instanceof Config known ? Optional.of(known.config().platform()) : Optional.empty();
        return new ImageShape.Runnable(
                List.of(new PlatformImage(platform, digest, image.layers().size(), config)));
    }

    private ImageShape shape(Repository repository, List<Child> children, Deadline deadline) {
        List<PlatformImage> images = new ArrayList<>();
        List<Child> read = new ArrayList<>();
        for (Child child : children) {
            // What calls itself an attestation is opened all the same: only its layers say whether it can be run.
            if (child.content() instanceof IndexReader.Read known) {
                if (!known.image().evidenceOnly()) {
                    read.add(child);
                }
            } else if (child.content() instanceof IndexReader.Other) {
                images.add(without(child, new OtherPlatform()));
            } else if (child.content() instanceof IndexReader.Unread unread) {
                images.add(without(child, new UnreadConfig(unread.what())));
            } else if (child.content() instanceof IndexReader.Unusable unusable) {
                images.add(without(child, new BrokenConfig(unusable.what())));
            } else if (child.content() instanceof IndexReader.Wrong wrong) {
                images.add(without(child, new BrokenConfig(wrong.what())));
            } else if (child.content() instanceof IndexReader.Missing) {
                images.add(without(child, new BrokenConfig("the upstream does not have it")));
            } else if (child.content() instanceof IndexReader.TooDeep) {
                images.add(without(child, new BrokenConfig("an index inside an index inside an index")));
            }
        }
        images.addAll(withConfigs(repository, read, deadline));
        return images.isEmpty()
                ? new ImageShape.Artifact("an index without runnable images")
                : new ImageShape.Runnable(images);
    }

    private static PlatformImage without(Child child, ConfigRead why) {
        return new PlatformImage(child.platform(), child.listed().digest(), -1, why);
    }

    private List<PlatformImage> withConfigs(Repository repository, List<Child> children, Deadline deadline) {
        List<Manifest.Image> manifests = children.stream()
                .map(child -> ((IndexReader.Read) child.content()).image())
                .toList();
        // Each once, however often an index lists it.
        Map<Digest, Fetch> fetches = new LinkedHashMap<>();
        manifests.forEach(manifest -> fetches.put(manifest.config().digest(), blob(repository, manifest)));
        List<Digest> asked = List.copyOf(fetches.keySet());
        List<Fetched> answers =
                fetches.isEmpty() ? List.of() : reader.fetchAll(List.copyOf(fetches.values()), deadline);
        List<PlatformImage> images = new ArrayList<>();
        for (int i = 0; i < manifests.size(); i++) {
            images.add(new PlatformImage(
                    children.get(i).platform(),
                    children.get(i).listed().digest(),
                    manifests.get(i).layers().size(),
                    config(answers.get(asked.indexOf(manifests.get(i).config().digest())))));
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
}
