package dev.pratique.proxy.admission;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.policy.ImageShape;
import dev.pratique.attestations.policy.ImageShape.BrokenConfig;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.ConfigRead;
import dev.pratique.attestations.policy.ImageShape.OtherPlatform;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.policy.Requirements;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.proxy.store.ContentStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads what the base of an image is recognised by: the configurations of every runnable image that the rule admits. What
 * is read is stored, so that a new catalog judges it without the network. Judge threads only.
 */
final class ShapeReader {
    /** More platforms than any published image has; each costs two fetches. */
    private static final int MAX_PLATFORMS = 64;

    private final RegistryReader reader;
    private final ContentStore content;

    ShapeReader(RegistryReader reader, ContentStore content) {
        this.reader = reader;
        this.content = content;
    }

    ImageShape read(
            Repository repository, Digest digest, Manifest manifest, Requirements requirements, Deadline deadline) {
        if (manifest instanceof Manifest.Index index) {
            return readIndex(repository, index, requirements, deadline);
        }
        Manifest.Image image = (Manifest.Image) manifest;
        if (!image.runnable()) {
            String type = image.artifactType() == null ? image.config().mediaType() : image.artifactType();
            return new ImageShape.Artifact(type);
        }
        List<PlatformImage> alone =
                withConfigs(repository, List.of(new Child(Optional.empty(), digest, image)), deadline);
        return new ImageShape.Runnable(
                alone.stream().map(ShapeReader::platformOfConfig).toList());
    }

    private record Child(Optional<Platform> platform, Digest digest, Manifest.Image image) {}

    private ImageShape readIndex(
            Repository repository, Manifest.Index index, Requirements requirements, Deadline deadline) {
        List<PlatformImage> images = new ArrayList<>();
        List<Descriptor> toRead = new ArrayList<>();
        for (Descriptor descriptor : index.manifests()) {
            Optional<Platform> platform = Optional.ofNullable(descriptor.platform());
            if (!MediaType.isManifest(descriptor.mediaType())) {
                String what = "an index inside an index, or no manifest: " + descriptor.mediaType();
                images.add(new PlatformImage(platform, descriptor.digest(), -1, new BrokenConfig(what)));
            } else if (otherPlatform(descriptor, requirements)) {
                images.add(new PlatformImage(platform, descriptor.digest(), -1, new OtherPlatform()));
            } else if (toRead.size() >= MAX_PLATFORMS) {
                images.add(new PlatformImage(
                        platform, descriptor.digest(), -1, new BrokenConfig("more than 64 platforms")));
            } else {
                toRead.add(descriptor);
            }
        }
        images.addAll(withConfigs(repository, children(repository, toRead, images, deadline), deadline));
        return images.isEmpty()
                ? new ImageShape.Artifact("an index without runnable images")
                : new ImageShape.Runnable(images);
    }

    // What calls itself BuildKit's attestation is looked into all the same: only its layers say whether it can be run.
    private static boolean otherPlatform(Descriptor descriptor, Requirements requirements) {
        Platform platform = descriptor.platform();
        return !requirements.platforms().isEmpty()
                && platform != null
                && !platform.unknown()
                && !requirements.platforms().contains(platform);
    }

    private List<Child> children(
            Repository repository, List<Descriptor> descriptors, List<PlatformImage> failed, Deadline deadline) {
        List<Fetch> fetches = new ArrayList<>();
        descriptors.forEach(descriptor -> fetches.add(
                new Fetch.ManifestOf(repository, new Reference.ByDigest(descriptor.digest()), Manifest.MAX_BYTES)));
        List<Digest> digests = descriptors.stream().map(Descriptor::digest).toList();
        List<Fetched> answers = storedOrFetched(fetches, digests, Manifest.MAX_BYTES, deadline);
        List<Child> children = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Descriptor descriptor = descriptors.get(i);
            Optional<Platform> platform =
                    Optional.ofNullable(descriptor.platform()).filter(named -> !named.unknown());
            if (!(answers.get(i) instanceof Fetched.Found found)) {
                failed.add(new PlatformImage(platform, descriptor.digest(), -1, notRead(answers.get(i))));
                continue;
            }
            try {
                String type = found.contentType() == null ? descriptor.mediaType() : found.contentType();
                if (Manifest.parse(found.bytes(), type) instanceof Manifest.Image image && !image.evidenceOnly()) {
                    children.add(new Child(platform, descriptor.digest(), image));
                }
            } catch (MalformedEvidenceException e) {
                failed.add(new PlatformImage(platform, descriptor.digest(), -1, new BrokenConfig(e.getMessage())));
            }
        }
        return children;
    }

    private List<PlatformImage> withConfigs(Repository repository, List<Child> children, Deadline deadline) {
        List<Fetch> fetches = new ArrayList<>();
        children.forEach(child ->
                fetches.add(new Fetch.BlobOf(repository, child.image().config().digest(), ImageConfig.MAX_BYTES)));
        List<Digest> digests =
                children.stream().map(child -> child.image().config().digest()).toList();
        List<Fetched> answers = storedOrFetched(fetches, digests, ImageConfig.MAX_BYTES, deadline);
        List<PlatformImage> images = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Child child = children.get(i);
            ConfigRead read = config(answers.get(i));
            images.add(new PlatformImage(
                    child.platform(), child.digest(), child.image().layers().size(), read));
        }
        return images;
    }

    // Only an image that no index speaks for is taken at its own word; a child whose index names no platform is judged
    // whatever its configuration says.
    private static PlatformImage platformOfConfig(PlatformImage image) {
        return image.config() instanceof Config known
                ? new PlatformImage(
                        Optional.of(known.config().platform()), image.manifest(), image.layers(), image.config())
                : image;
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

    /** Content that is stored has the digest that was asked for; reading it to judge by gives nobody a right to it. */
    private List<Fetched> storedOrFetched(List<Fetch> fetches, List<Digest> digests, int maxBytes, Deadline deadline) {
        List<Fetched> answers = new ArrayList<>();
        List<Fetch> missing = new ArrayList<>();
        for (int i = 0; i < fetches.size(); i++) {
            Optional<byte[]> stored = stored(digests.get(i), maxBytes);
            answers.add(
                    stored.isPresent()
                            ? new Fetched.Found(stored.get(), null, digests.get(i), Optional.empty())
                            : new Fetched.Missing());
            if (stored.isEmpty()) {
                missing.add(fetches.get(i));
            }
        }
        List<Fetched> fetched = missing.isEmpty() ? List.of() : reader.fetchAll(missing, deadline);
        int next = 0;
        for (int i = 0; i < fetches.size(); i++) {
            if (next < missing.size() && missing.get(next) == fetches.get(i)) {
                answers.set(i, fetched.get(next++));
                keep(digests.get(i), answers.get(i));
            }
        }
        return answers;
    }

    private Optional<byte[]> stored(Digest digest, int maxBytes) {
        try {
            return content.read(digest, maxBytes);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void keep(Digest digest, Fetched answer) {
        if (answer instanceof Fetched.Found found) {
            try {
                content.put(digest, found.bytes());
            } catch (IOException e) {
                // It is judged all the same; when it is asked for, it is fetched again.
                return;
            }
        }
    }
}
