package dev.pratique.signer.check;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import dev.pratique.attestations.policy.ImageShape;
import dev.pratique.attestations.policy.ImageShape.BrokenConfig;
import dev.pratique.attestations.policy.ImageShape.Config;
import dev.pratique.attestations.policy.ImageShape.PlatformImage;
import dev.pratique.attestations.policy.ImageShape.UnreadConfig;
import dev.pratique.attestations.policy.ShapeReader;
import dev.pratique.attestations.registry.Deadline;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What images that stand on an image are recognised by, on each of its platforms.
 *
 * @param digests of its manifest or index, and of the index's images
 * @param diffIds the layers that {@code platforms} is computed from, lowest first
 */
public record BaseLayers(
        Set<Digest> digests, Map<Platform, PlatformBase> platforms, Map<Platform, List<Digest>> diffIds) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    public BaseLayers {
        digests = Set.copyOf(digests);
        platforms = Map.copyOf(platforms);
        diffIds = Map.copyOf(diffIds);
    }

    /** Reads every runnable image; a base that is known on some of its platforms only would surprise people. */
    public static BaseLayers read(RegistryReader reader, ImageName name, InstantSource clock) throws Failure {
        Deadline deadline = Deadline.after(clock.instant(), PATIENCE);
        Fetch fetch = new Fetch.ManifestOf(name.repository(), name.reference(), Manifest.MAX_BYTES);
        Fetched.Found found = ImageCheck.had(reader.fetch(fetch, deadline), name);
        Manifest manifest;
        try {
            manifest = Manifest.parse(found.bytes(), found.contentType());
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            name + " cannot be a base: " + e.getMessage(),
                            "name an image or index that can be pulled: crane manifest " + name + " shows what it is")
                    .because(e);
        }
        ImageShape shape = new ShapeReader(reader).read(name.repository(), manifest.digest(), manifest, deadline);
        if (!(shape instanceof ImageShape.Runnable runnable)) {
            throw Failure.of(
                    Kind.FAILED,
                    name + " cannot be a base: there is nothing to run in it",
                    "name the image itself, not a signature, chart or other artifact beside it");
        }
        Set<Digest> digests = new HashSet<>(Set.of(manifest.digest()));
        Map<Platform, PlatformBase> platforms = new HashMap<>();
        Map<Platform, List<Digest>> diffIds = new HashMap<>();
        for (PlatformImage image : runnable.images()) {
            digests.add(image.manifest());
            ImageConfig config = config(image, name);
            Platform platform = image.platform().orElse(config.platform());
            if (platform.os().isEmpty() || platform.architecture().isEmpty()) {
                throw Failure.of(
                        Kind.FAILED,
                        name + " cannot be a base: it does not say for which platform it is",
                        "build it again with a platform: docker buildx build --platform linux/amd64");
            }
            List<Digest> layers = config.diffIds();
            if (layers.isEmpty() || layers.size() != image.layers()) {
                throw Failure.of(
                        Kind.FAILED,
                        name + " cannot be a base: on " + platform + " it has " + image.layers() + " layers and "
                                + layers.size() + " diff_ids",
                        "its builder wrote a configuration that does not fit: build it again");
            }
            ChainId chainId = ChainId.chain(layers).get(layers.size() - 1);
            PlatformBase base = new PlatformBase(chainId, layers.size());
            PlatformBase other = platforms.putIfAbsent(platform, base);
            if (other != null && !other.equals(base)) {
                throw Failure.of(
                        Kind.FAILED,
                        name + " has several images for " + platform + ", and a base has one",
                        "approve each by its digest, under a version of its own");
            }
            diffIds.put(platform, layers);
        }
        return new BaseLayers(digests, platforms, diffIds);
    }

    private static ImageConfig config(PlatformImage image, ImageName name) throws Failure {
        if (image.config() instanceof Config known) {
            return known.config();
        }
        if (image.config() instanceof UnreadConfig unread) {
            throw Failure.of(
                    Kind.UNREACHABLE,
                    name + " could not be read whole: " + unread.what(),
                    "run it again later; a base is approved when every platform of it was read");
        }
        String what = image.config() instanceof BrokenConfig broken ? broken.what() : "it is for another platform";
        throw Failure.of(
                Kind.FAILED,
                name + " cannot be a base: " + what,
                "approve another image, or have this one built again");
    }
}
