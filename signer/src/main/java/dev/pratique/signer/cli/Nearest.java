package dev.pratique.signer.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that somebody who mistyped most likely meant. */
final class Nearest {
    private Nearest() {}

    /** The name that is the fewest edits away, if it is not another word altogether. */
    static Optional<String> of(String typed, Collection<String> names) {
        int equals = typed.indexOf('=');
        String word = equals < 0 ? typed : typed.substring(0, equals);
        int bound = Math.max(2, word.length() / 3);
        return names.stream()
                .filter(name -> distance(word, name) <= bound || word.length() > 2 && name.startsWith(word))
                .min(Comparator.comparingInt(name -> distance(word, name)));
    }

    /** Insertions, deletions, replacements and swaps of neighbours. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(int[][] cost, String a, String b, int i, int j) {
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
