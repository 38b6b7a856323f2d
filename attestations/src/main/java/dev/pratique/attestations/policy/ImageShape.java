package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageConfig;
import dev.pratique.attestations.image.Platform;
import java.util.List;
import java.util.Optional;

/** What the judge is told about an image's make. */
public sealed interface ImageShape {

    /** Runnable images: one for a manifest, every runnable child of an index. */
    @SuppressWarnings("JavaLangClash") // the domain starts no threads: here it is what a container runtime runs
    record Runnable(List<PlatformImage> images) implements ImageShape {
        public Runnable {
            images = List.copyOf(images);
        }
    }

    /**
     * Nothing in it can be run.
     *
     * @param what its media or artifact type, for people
     */
    record Artifact(String what) implements ImageShape {}

    /** The rule asks nothing that depends on it, so it was not looked at. */
    record NotAsked() implements ImageShape {}

    /**
     * One runnable image.
     *
     * @param platform as the index says, or else as the configuration says; absent where neither could be read
     * @param layers how many layers its manifest lists; -1 where the manifest could not be read
     */
    record PlatformImage(Optional<Platform> platform, Digest manifest, int layers, ConfigRead config) {}

    /** What came of reading the configuration. */
    sealed interface ConfigRead {}

    /** It was read. */
    record Config(ImageConfig config) implements ConfigRead {}

    /** It, or the child's manifest, is broken or missing: a definite answer. */
    record BrokenConfig(String what) implements ConfigRead {}

    /** It could not be had: no answer. */
    record UnreadConfig(String what) implements ConfigRead {}

    /** The rule admits other platforms only, so it was not looked at. */
    record OtherPlatform() implements ConfigRead {}
}
