package dev.pratique.proxy.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that somebody who mistyped most likely meant. */
final class Nearest {
    private Nearest() {}

    /** The name that is the fewest edits away, if it is not another word altogether. */
    static Optional<String> of(String typed, Collection<String> names) {
        int bound = Math.max(2, typed.length() / 3);
        return names.stream()
                .filter(name -> distance(typed, name) <= bound || typed.length() > 2 && name.startsWith(typed))
                .min(Comparator.comparingInt(name -> distance(typed, name)));
    }

    private static int distance(String a, String b) {
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + same);
            }
            last = row;
        }
        return last[b.length()];
    }
}
