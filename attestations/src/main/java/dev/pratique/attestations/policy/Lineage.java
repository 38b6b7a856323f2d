package dev.pratique.attestations.policy;

import dev.pratique.attestations.image.ChainId;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Platform;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.attestations.policy.Catalog.PlatformBase;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which base of the catalog an image stands on: the one whose ChainID is that of the image's first n layers, the longest
 * if there are several. Immutable.
 */
public final class Lineage {
    private static final Set<Digest> EMPTY_LAYERS = ChainId.emptyLayers();
    private final Map<Key, BaseImage> bases = new HashMap<>();

    private record Key(Platform platform, PlatformBase base) {}

    /** A base that was recognised. */
    public record Match(BaseImage base, PlatformBase layers) {}

    public Lineage(Catalog catalog) {
        for (BaseImage base : catalog.bases()) {
            base.platforms().forEach((platform, layers) -> bases.putIfAbsent(new Key(platform, layers), base));
        }
    }

    /**
     * The longest base below these layers.
     *
     * @param diffIds of the image, lowest first
     */
    public Optional<Match> of(Platform platform, List<Digest> diffIds) {
        List<ChainId> chain = ChainId.chain(diffIds);
        for (int layers = chain.size(); layers > 0; layers--) {
            // Every image that starts with layers without content would stand on a base of only such layers.
            if (EMPTY_LAYERS.containsAll(diffIds.subList(0, layers))) {
                return Optional.empty();
            }
            PlatformBase candidate = new PlatformBase(chain.get(layers - 1), layers);
            BaseImage base = bases.get(new Key(platform, candidate));
            if (base != null) {
                return Optional.of(new Match(base, candidate));
            }
        }
        return Optional.empty();
    }

    /** Whether a base is nothing but layers without content, which no image can be said to stand on. */
    public static boolean onlyEmptyLayers(List<Digest> diffIds) {
        return EMPTY_LAYERS.containsAll(diffIds);
    }
}
