package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;

/**
 * A PATHPATTERN (section 4.5): {@code *} and {@code ?} within one segment. Character classes of shells are refused: a
 * pattern that is read in two ways gives a path to two roles.
 */
record PathPattern(String pattern) {

    static PathPattern parse(String text) throws MalformedEvidenceException {
        if (text.length() > TufLimits.MAX_PATH || text.indexOf('[') >= 0 || text.indexOf('\\') >= 0) {
            throw new MalformedEvidenceException("a delegation's path is too long or has '[' or '\\'");
        }
        return new PathPattern(text);
    }

    boolean matches(String path) {
        String[] patterns = pattern.split("/", -1);
        String[] segments = path.split("/", -1);
        if (patterns.length != segments.length) {
            return false;
        }
        for (int i = 0; i < segments.length; i++) {
            if (!segmentMatches(patterns[i], segments[i])) {
                return false;
            }
        }
        return true;
    }

    // One star is remembered, the last: time is the product of the lengths, whatever they are.
    private static boolean segmentMatches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int tried = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                tried = t;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++tried;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
