package dev.pratique.attestations.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The most signers that can be told apart by their keys, each having one that no other is counted with: a maximum matching
 * in the graph of names and keys, by augmenting paths. Counting names alone would let one key be two signers, counting
 * keys alone would let one signer with two keys be two.
 */
public final class SignerMatching {
    private SignerMatching() {}

    /**
     * @param keys by the signer's name, any identity of a key with {@code equals}
     * @return a key for each of the signers that are counted, in the order of their names
     */
    public static <K> Map<String, K> of(Map<String, List<K>> keys) {
        Map<K, String> holders = new HashMap<>();
        for (String name : new TreeMap<>(keys).keySet()) {
            place(name, keys, holders, new HashSet<>());
        }
        Map<String, K> matched = new TreeMap<>();
        holders.forEach((key, name) -> matched.put(name, key));
        return matched;
    }

    // As deep as there are signers in one rule.
    private static <K> boolean place(String name, Map<String, List<K>> keys, Map<K, String> holders, Set<K> tried) {
        for (K key : new ArrayList<>(keys.getOrDefault(name, List.of()))) {
            if (!tried.add(key)) {
                continue;
            }
            String holder = holders.get(key);
            if (holder == null || place(holder, keys, holders, tried)) {
                holders.put(key, name);
                return true;
            }
        }
        return false;
    }
}
