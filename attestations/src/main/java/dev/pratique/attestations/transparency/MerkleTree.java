package dev.pratique.attestations.transparency;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/** The append-only tree of transparency logs over SHA-256 (RFC 9162 section 2.1, which RFC 6962 calls the same). Pure. */
public final class MerkleTree {
    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private MerkleTree() {}

    /** RFC 9162 section 2.1.1: {@code MTH({d[0]}) = HASH(0x00 || d[0])}. */
    public static byte[] leafHash(byte[] entry) {
        MessageDigest digest = sha256();
        digest.update(LEAF);
        return digest.digest(entry);
    }

    /** RFC 9162 section 2.1.1: {@code HASH(0x01 || left || right)}. */
    public static byte[] nodeHash(byte[] left, byte[] right) {
        MessageDigest digest = sha256();
        digest.update(NODE);
        digest.update(left);
        return digest.digest(right);
    }

    /**
     * The root of the tree that has this leaf at this place, by the proof (RFC 9162 section 2.1.3.2).
     *
     * @param index of the leaf, from 0
     * @param size of the tree
     * @param leafHash of {@link #leafHash}
     * @param path from leaf to root
     * @return nothing where the proof is not of such a tree: its length is wrong, or something in it is no hash
     */
    public static Optional<byte[]> rootByInclusion(long index, long size, byte[] leafHash, List<byte[]> path) {
        // Step 1: "Compare leaf_index ... against tree_size. If leaf_index is greater than or equal to tree_size, then
        // fail".
        if (index < 0 || index >= size || !areHashes(path) || leafHash.length != LogLimits.HASH_BYTES) {
            return Optional.empty();
        }
        long fn = index;
        long sn = size - 1;
        byte[] r = leafHash;
        for (byte[] p : path) {
            // Step 4a: "If sn is 0, then stop the iteration and fail".
            if (sn == 0) {
                return Optional.empty();
            }
            if ((fn & 1) == 1 || fn == sn) {
                r = nodeHash(p, r);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = nodeHash(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        // Step 5: "Compare sn to 0 ... if sn is equal to 0".
        return sn == 0 ? Optional.of(r) : Optional.empty();
    }

    /**
     * Whether the larger tree is the smaller one with leaves appended (RFC 9162 section 2.1.4.2). From an empty tree nothing
     * is to be proved, and nothing is: "first is greater than zero" (section 2.1.4.1).
     */
    public static boolean isConsistent(
            long firstSize, byte[] firstRoot, long secondSize, byte[] secondRoot, List<byte[]> path) {
        if (firstSize <= 0 || secondSize < firstSize || !areHashes(path)) {
            return false;
        }
        if (firstSize == secondSize) {
            return path.isEmpty() && isHash(firstRoot) && MessageDigest.isEqual(firstRoot, secondRoot);
        }
        // Step 1: "If consistency_path is an empty array, stop and fail".
        if (path.isEmpty()) {
            return false;
        }
        // Step 2: "If first is an exact power of 2, then prepend first_hash to the consistency_path array".
        boolean power = Long.bitCount(firstSize) == 1;
        byte[] seed = power ? firstRoot : path.get(0);
        return isHash(firstRoot)
                && grows(
                        firstSize,
                        firstRoot,
                        secondSize,
                        secondRoot,
                        seed,
                        power ? path : path.subList(1, path.size()));
    }

    private static boolean grows(
            long firstSize, byte[] firstRoot, long secondSize, byte[] secondRoot, byte[] seed, List<byte[]> rest) {
        long fn = firstSize - 1;
        long sn = secondSize - 1;
        // Step 4: "If LSB(fn) is set, then right-shift both fn and sn equally until LSB(fn) is not set".
        while ((fn & 1) == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        byte[] fr = seed;
        byte[] sr = seed;
        for (byte[] c : rest) {
            // Step 6a: "If sn is 0, then stop the iteration and fail".
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                fr = nodeHash(c, fr);
                sr = nodeHash(c, sr);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = nodeHash(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        // Step 7: "verify that the fr calculated is equal to the first_hash, that the sr is equal to the second_hash,
        // and that sn is 0".
        return sn == 0 && MessageDigest.isEqual(fr, firstRoot) && MessageDigest.isEqual(sr, secondRoot);
    }

    private static boolean areHashes(List<byte[]> path) {
        return path.size() <= LogLimits.MAX_HASHES && path.stream().allMatch(MerkleTree::isHash);
    }

    private static boolean isHash(byte[] bytes) {
        return bytes.length == LogLimits.HASH_BYTES;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }
}
