package dev.pratique.attestations.pattern;

import java.util.BitSet;

/**
 * A pattern over slash-separated text: {@code *} stands for anything within one segment, {@code **} for anything at all.
 * Always over the whole text; time is the pattern's length times the text's, whatever they are.
 */
public record Glob(String pattern) {
    /** No builder, source, tag or repository is longer; who signs a longer one means harm. */
    public static final int MAX_TEXT = 4096;

    /** Whether the whole text matches. Never for more than {@link #MAX_TEXT} characters. */
    public boolean matches(String text) {
        if (text.length() > MAX_TEXT) {
            return false;
        }
        // All places in the pattern that the text so far can have led to, at once: nothing is ever tried again.
        BitSet reached = new BitSet(pattern.length() + 1);
        reach(reached, 0);
        for (int t = 0; t < text.length() && !reached.isEmpty(); t++) {
            reached = step(reached, text.charAt(t));
        }
        return reached.get(pattern.length());
    }

    private BitSet step(BitSet reached, char c) {
        BitSet next = new BitSet(pattern.length() + 1);
        for (int p = reached.nextSetBit(0); p >= 0 && p < pattern.length(); p = reached.nextSetBit(p + 1)) {
            if (pattern.charAt(p) != '*') {
                if (pattern.charAt(p) == c) {
                    reach(next, p + 1);
                }
            } else if (isDeep(p) || c != '/') {
                reach(next, p);
            }
        }
        return next;
    }

    /** A wildcard may stand for nothing, so whoever reaches it has also reached what follows it. */
    private void reach(BitSet reached, int place) {
        int p = place;
        reached.set(p);
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p += isDeep(p) ? 2 : 1;
            reached.set(p);
        }
    }

    private boolean isDeep(int star) {
        return star + 1 < pattern.length() && pattern.charAt(star + 1) == '*';
    }

    /** How many wildcards there are; configuration limits it. */
    public int wildcards() {
        return (int) pattern.replace("**", "*").chars().filter(c -> c == '*').count();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
