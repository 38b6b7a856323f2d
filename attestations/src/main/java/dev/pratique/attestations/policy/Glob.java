package dev.pratique.attestations.policy;

/**
 * A pattern over slash-separated text: {@code *} stands for anything within one segment, {@code **} for anything at all.
 * Always over the whole text; linear in the text for each wildcard.
 */
public record Glob(String pattern) {

    /** Whether the whole text matches. */
    public boolean matches(String text) {
        return matches(0, text, 0);
    }

    // Depth is bounded by the pattern's wildcards, which the configuration limits.
    private boolean matches(int p, String text, int t) {
        int at = p;
        int from = t;
        while (at < pattern.length()) {
            if (pattern.charAt(at) == '*') {
                boolean deep = at + 1 < pattern.length() && pattern.charAt(at + 1) == '*';
                return matchesWildcard(at + (deep ? 2 : 1), deep, text, from);
            }
            if (from >= text.length() || pattern.charAt(at) != text.charAt(from)) {
                return false;
            }
            at++;
            from++;
        }
        return from == text.length();
    }

    private boolean matchesWildcard(int rest, boolean deep, String text, int from) {
        for (int end = from; end <= text.length(); end++) {
            if (matches(rest, text, end)) {
                return true;
            }
            if (end < text.length() && text.charAt(end) == '/' && !deep) {
                return false;
            }
        }
        return false;
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
