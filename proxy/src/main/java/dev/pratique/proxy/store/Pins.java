package dev.pratique.proxy.store;

import dev.pratique.attestations.image.Digest;
import java.util.Set;

/** Content that making room passes over. */
@FunctionalInterface
public interface Pins {
    /** Nothing. */
    Pins NONE = Set::of;

    /** Manifests and configurations that a verdict in force rests on. May take long; asked on disk threads, while room is made. */
    Set<Digest> current();
}
