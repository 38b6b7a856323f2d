package dev.pratique.signer.publish;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.image.Reference;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Everything that an index leads to. */
public final class WholeImage {
    /** As many as one index may have; an index of indexes that has more is not one image. */
    private static final int MAX_MANIFESTS = Manifest.MAX_CHILDREN;

    private WholeImage() {}

    /** The manifest itself, first, and whatever it lists, through indexes in it; each once. */
    public static List<Descriptor> manifests(EvidenceTarget target, Manifest top) throws Failure {
        List<Descriptor> found = new ArrayList<>();
        found.add(Descriptor.of(top.mediaType(), top.bytes()));
        Set<Digest> seen = new HashSet<>(Set.of(top.digest()));
        Deque<Manifest> indexes = new ArrayDeque<>(List.of(top));
        while (!indexes.isEmpty()) {
            if (!(indexes.removeFirst() instanceof Manifest.Index index)) {
                continue;
            }
            for (Descriptor child : index.manifests()) {
                if (!seen.add(child.digest())) {
                    continue;
                }
                if (found.size() == MAX_MANIFESTS) {
                    throw Failure.of(
                            Kind.FAILED,
                            target.name() + "@" + top.digest() + " leads to more than " + MAX_MANIFESTS + " manifests",
                            "sign its parts by their digests, without --recursive");
                }
                found.add(child);
                if (MediaType.isIndex(child.mediaType())) {
                    indexes.add(target.manifest(new Reference.ByDigest(child.digest())));
                }
            }
        }
        return found;
    }
}
