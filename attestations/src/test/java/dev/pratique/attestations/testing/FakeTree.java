package dev.pratique.attestations.testing;

import dev.pratique.attestations.key.Hash;
import java.util.ArrayList;
import java.util.List;

/** A Merkle tree that is built, by the definitions of RFC 9162 section 2.1 as they stand: recursion over lists of leaves. */
public final class FakeTree {
    private final List<byte[]> leaves = new ArrayList<>();

    /** Appends an entry and says where it is. */
    public int add(byte[] entry) {
        leaves.add(Hash.SHA_256.of(concat(new byte[] {0}, entry)));
        return leaves.size() - 1;
    }

    public int size() {
        return leaves.size();
    }

    public byte[] leaf(int index) {
        return leaves.get(index);
    }

    /** MTH of the first so many leaves. */
    public byte[] root(int size) {
        return root(leaves.subList(0, size));
    }

    /** PATH (section 2.1.3.1). */
    public List<byte[]> inclusion(int index, int size) {
        return path(index, leaves.subList(0, size));
    }

    /** PROOF (section 2.1.4.1). */
    public List<byte[]> consistency(int first, int second) {
        return subproof(first, leaves.subList(0, second), true);
    }

    private static byte[] root(List<byte[]> d) {
        if (d.isEmpty()) {
            return Hash.SHA_256.of(new byte[0]);
        }
        int k = split(d.size());
        return d.size() == 1 ? d.get(0) : node(root(d.subList(0, k)), root(d.subList(k, d.size())));
    }

    private static List<byte[]> path(int m, List<byte[]> d) {
        if (d.size() == 1) {
            return new ArrayList<>();
        }
        int k = split(d.size());
        boolean left = m < k;
        List<byte[]> path = left ? path(m, d.subList(0, k)) : path(m - k, d.subList(k, d.size()));
        path.add(left ? root(d.subList(k, d.size())) : root(d.subList(0, k)));
        return path;
    }

    private static List<byte[]> subproof(int m, List<byte[]> d, boolean whole) {
        if (m == d.size()) {
            return whole ? new ArrayList<>() : new ArrayList<>(List.of(root(d)));
        }
        int k = split(d.size());
        boolean left = m <= k;
        List<byte[]> proof =
                left ? subproof(m, d.subList(0, k), whole) : subproof(m - k, d.subList(k, d.size()), false);
        proof.add(left ? root(d.subList(k, d.size())) : root(d.subList(0, k)));
        return proof;
    }

    /** "the largest power of two smaller than n". */
    private static int split(int n) {
        return Integer.highestOneBit(Math.max(1, n - 1));
    }

    private static byte[] node(byte[] left, byte[] right) {
        return Hash.SHA_256.of(concat(concat(new byte[] {1}, left), right));
    }

    private static byte[] concat(byte[] one, byte[] two) {
        byte[] both = java.util.Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }
}
