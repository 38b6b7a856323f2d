package dev.pratique.attestations.registry;

import dev.pratique.attestations.EvidenceLimits;
import dev.pratique.attestations.evidence.EvidenceBytes;
import dev.pratique.attestations.evidence.EvidenceBytes.Kind;
import dev.pratique.attestations.evidence.EvidenceLimit;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which layers of the manifests beside an image are read: those that are evidence, as many as may be. For one thread. */
final class EvidenceLayers {
    private final EvidenceGaps gaps;
    private final EvidenceBudget budget;

    /** @param gaps is told of what is left out */
    EvidenceLayers(EvidenceGaps gaps, EvidenceBudget budget) {
        this.gaps = gaps;
        this.budget = budget;
    }

    /**
     * A manifest that may hold evidence.
     *
     * @param source where it was found, for people
     */
    record EvidenceManifest(String source, Manifest.Image manifest) {}

    /** A layer of it that is evidence by its type. */
    record Layer(EvidenceManifest owner, Descriptor content, Kind kind) {
        /** Bytes that are read for it. */
        long brings() {
            return content.size()
                    + content.annotations().values().stream()
                            .mapToLong(String::length)
                            .sum();
        }

        EvidenceBytes with(byte[] bytes) {
            return new EvidenceBytes(
                    content.mediaType(),
                    bytes,
                    content.annotations(),
                    owner.manifest().digest(),
                    owner.source());
        }
    }

    /** In the order in which they are judged. */
    List<Layer> choose(Collection<EvidenceManifest> manifests) {
        return withinBytes(newestOfEach(manifests));
    }

    // In turn, one layer of each manifest, the newest (last) first: however many layers one manifest has, it cannot
    // keep another's from being looked at.
    private List<Layer> newestOfEach(Collection<EvidenceManifest> manifests) {
        List<Layer> layers = new ArrayList<>();
        Set<List<Object>> seen = new HashSet<>();
        boolean more = true;
        for (int turn = 0; more; turn++) {
            more = false;
            for (EvidenceManifest owner : manifests) {
                int place = owner.manifest().layers().size() - 1 - turn;
                if (place < 0) {
                    continue;
                }
                more = true;
                Descriptor content = owner.manifest().layers().get(place);
                Optional<Kind> kind = Kind.of(content.mediaType());
                if (kind.isEmpty() || contradicts(owner, content) || !seen.add(identity(content))) {
                    continue;
                }
                if (layers.size() >= EvidenceLimits.MAX_ITEMS) {
                    gaps.limitReached(EvidenceLimit.PIECES);
                    return layers;
                }
                layers.add(new Layer(owner, content, kind.get()));
            }
        }
        return layers;
    }

    // BND-18: a bundle that its manifest announces as of one version and its layer as of another.
    private boolean contradicts(EvidenceManifest owner, Descriptor content) {
        String artifactType = owner.manifest().artifactType();
        Optional<String> announced = artifactType == null ? Optional.empty() : MediaType.bundleVersion(artifactType);
        Optional<String> held = MediaType.bundleVersion(content.mediaType());
        boolean contradicts = announced.isPresent() && held.isPresent() && !announced.equals(held);
        if (contradicts) {
            gaps.broken(
                    owner.source(),
                    "its artifactType is a bundle of version " + announced.get() + ", its layer one of version "
                            + held.get());
        }
        return contradicts;
    }

    // The same bytes under another type, or with another annotation, are another piece: one of the two may be what
    // they say. Texts that are joined would do for a stranger who writes the joint.
    private static List<Object> identity(Descriptor layer) {
        return List.of(layer.mediaType(), layer.digest(), layer.annotations());
    }

    // The smallest first, with all that it brings: a signature is small, so that nothing large can keep it from being
    // looked at.
    private List<Layer> withinBytes(List<Layer> layers) {
        layers.sort(Comparator.comparingLong(Layer::brings));
        List<Layer> chosen = new ArrayList<>();
        long total = 0;
        for (Layer layer : layers) {
            long size = layer.content().size();
            if (size > limitOf(layer.kind()) || total + size > EvidenceLimits.MAX_TOTAL_BYTES) {
                gaps.limitReached(EvidenceLimit.PIECE_BYTES);
                continue;
            }
            if (!budget.take(size)) {
                gaps.noMemory(layer.owner().source());
                continue;
            }
            total += size;
            chosen.add(layer);
        }
        return chosen;
    }

    private static int limitOf(Kind kind) {
        return kind == Kind.SIMPLE_SIGNING ? EvidenceLimits.MAX_PAYLOAD_BYTES : EvidenceLimits.MAX_ENVELOPE_BYTES;
    }
}
