package dev.pratique.attestations.transparency;

import dev.pratique.attestations.Rejection;
import dev.pratique.attestations.UnprovenException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * That a leaf is in a tree (sigstore_rekor.proto, InclusionProof). Read, not verified.
 *
 * @param index of the leaf in that tree, below its size
 * @param root that the proof claims to lead to
 * @param hashes from leaf to root, 32 bytes each
 * @param checkpoint the log's word for the root; without it a proof proves nothing
 */
record InclusionProof(long index, long size, byte[] root, List<byte[]> hashes, Optional<Checkpoint> checkpoint) {

    InclusionProof {
        hashes = List.copyOf(hashes);
    }

    /**
     * The root that the leaf and the hashes lead to, which is also the claimed one.
     *
     * @throws UnprovenException where they lead elsewhere or nowhere
     */
    byte[] rootOf(byte[] leafHash) throws UnprovenException {
        byte[] reached = MerkleTree.rootByInclusion(index, size, leafHash, hashes)
                .orElseThrow(() -> new UnprovenException(
                        Rejection.LOG_ENTRY_UNPROVEN,
                        "an inclusion proof of " + hashes.size() + " hashes, which is no path to leaf " + index
                                + " of a tree of " + size));
        if (!MessageDigest.isEqual(reached, root)) {
            throw new UnprovenException(
                    Rejection.LOG_ENTRY_UNPROVEN, "an inclusion proof that does not lead to its root hash");
        }
        return reached;
    }
}
