package dev.pratique.config.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** What a misspelt name was meant to be. */
public final class NearestName {
    private static final int MAX_LISTED = 24;

    private NearestName() {}

    /** A hint: the nearest name, else all there are, else nothing. */
    public static String hint(String name, Collection<String> known) {
        Optional<String> nearest = find(name, known);
        if (nearest.isPresent()) {
            return "did you mean " + nearest.get() + "?";
        }
        if (known.isEmpty() || known.size() > MAX_LISTED) {
            return "";
        }
        return "known here: " + String.join(", ", new TreeSet<>(known));
    }

    /** The known name that is a third of its length away at most, or that begins so. */
    public static Optional<String> find(String name, Collection<String> known) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        if (wanted.length() > 100) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> distance(wanted, candidate) <= Math.max(1, candidate.length() / 3)
                        || wanted.length() > 2
                                && candidate.toLowerCase(Locale.ROOT).startsWith(wanted))
                .min(Comparator.<String>comparingInt(candidate -> distance(wanted, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    private static int distance(String wanted, String candidate) {
        String a = wanted;
        String b = candidate.toLowerCase(Locale.ROOT);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(cost[i - 1][j - 1] + change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
