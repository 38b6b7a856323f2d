package dev.pratique.attestations.policy;

import java.util.Set;
import java.util.TreeSet;

/**
 * How many of which signers must have signed, each with a key of its own: one key never counts for two of them.
 *
 * @param atLeast from 1 to the number of signers
 * @param signers as trust.yaml names them
 */
public record SignedBy(int atLeast, Set<String> signers) {

    /** @throws IllegalArgumentException where so many can never sign, or none need to */
    public SignedBy {
        signers = Set.copyOf(signers);
        if (atLeast < 1 || atLeast > signers.size()) {
            throw new IllegalArgumentException(atLeast + " of " + signers.size() + " signers");
        }
    }

    /** One of them is enough. */
    public static SignedBy any(Set<String> signers) {
        return new SignedBy(1, signers);
    }

    /** Every one of them. */
    public static SignedBy all(Set<String> signers) {
        return new SignedBy(signers.size(), signers);
    }

    /** For people: {@code a, b} where any is enough, {@code all of a, b}, {@code 2 of a, b, c}. */
    @Override
    public String toString() {
        String names = String.join(", ", new TreeSet<>(signers));
        if (atLeast == 1) {
            return names;
        }
        return (atLeast == signers.size() ? "all" : String.valueOf(atLeast)) + " of " + names;
    }
}
