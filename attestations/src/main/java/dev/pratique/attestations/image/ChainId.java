package dev.pratique.attestations.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The identifier of a stack of applied layers (image-spec, config.md, "Layer ChainID").
 *
 * @param digest over the ordered diff_ids
 */
public record ChainId(Digest digest) {
    /** The DiffID of an empty tar archive of 1024 zero bytes: a layer without content. */
    public static final Digest EMPTY_LAYER =
            new Digest(Digest.Algorithm.SHA256, "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
    /** The same as GNU tar writes it: 10240 zero bytes. */
    public static final Digest EMPTY_LAYER_10K =
            new Digest(Digest.Algorithm.SHA256, "84ff92691f909a05b224e1c56abb4864f01b4f8e3c854e4bb4c7baf1d3f6d652");

    /** The DiffIDs of layers without content: archives that are nothing but their end marker, and no bytes at all. */
    public static Set<Digest> emptyLayers() {
        Set<Digest> empty = new HashSet<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            for (int zeros : new int[] {0, 512, 1024, 10240}) {
                empty.add(Digest.of(algorithm, new byte[zeros]));
            }
        }
        return Set.copyOf(empty);
    }

    /**
     * The ChainID after each layer: element n is that of the first n + 1 layers.
     *
     * @param diffIds lowest layer first
     */
    public static List<ChainId> chain(List<Digest> diffIds) {
        List<ChainId> chain = new ArrayList<>(diffIds.size());
        Digest last = null;
        for (Digest diffId : diffIds) {
            // ChainID(L0) = DiffID(L0); ChainID(L0|...|Ln) = Digest(ChainID(L0|...|Ln-1) + " " + DiffID(Ln))
            last = last == null ? diffId : Digest.sha256((last + " " + diffId).getBytes(StandardCharsets.US_ASCII));
            chain.add(new ChainId(last));
        }
        return List.copyOf(chain);
    }

    @Override
    public String toString() {
        return digest.toString();
    }
}
