package dev.pratique.attestations.pattern;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What an operator writes over text that a stranger chose and somebody vouched for: an issuer, a subject, a repository.
 * Always over the whole text (CRT-03): an expression that fits only a part of it does not match. Text with a control
 * character, a line separator or half a surrogate pair matches nothing, nor does text of more than {@link #MAX_TEXT}
 * characters: no issuer writes them, and they are how one text is made to look like two. Immutable.
 */
public sealed interface TextPattern {
    /** No longer text matches. In UTF-16 code units, as all the limits here. */
    int MAX_TEXT = Glob.MAX_TEXT;

    /** Longest pattern that is taken. */
    int MAX_PATTERN = 1000;

    /**
     * Largest program that an expression may compile to, in RE2's instructions. Matching takes at most this times the
     * text's length: 10 million steps for the longest text.
     */
    int MAX_PROGRAM = 2500;

    /** Largest size before compiling, by a count that may be several times too high. */
    int MAX_COUNTED = 10_000;

    /** Most wildcards in a glob, as everywhere in the configuration. */
    int MAX_WILDCARDS = 4;

    /** Whether the whole text matches. */
    default boolean matches(String text) {
        return text.length() <= MAX_TEXT && isOneLine(text) && fits(text);
    }

    /** As {@link #matches}, for text that is known to be of one line and not too long. */
    boolean fits(String oneLine);

    /** For people; each kind has a spelling that no other kind has. */
    @Override
    String toString();

    /** This text and no other. */
    static TextPattern exact(String text) throws UnusablePatternException {
        checkText(text);
        return new Exact(text);
    }

    /** {@code *} for anything up to the next slash, {@code **} for anything. */
    static TextPattern glob(String pattern) throws UnusablePatternException {
        checkText(pattern);
        Glob glob = new Glob(pattern);
        if (glob.wildcards() > MAX_WILDCARDS) {
            throw new UnusablePatternException("has more than " + MAX_WILDCARDS + " wildcards");
        }
        return new Wildcards(glob);
    }

    /** An expression of RE2, in time that is linear in the text's length whatever is written. */
    static TextPattern regexp(String expression) throws UnusablePatternException {
        checkText(expression);
        if (ExpressionSize.of(expression, MAX_COUNTED) > MAX_COUNTED) {
            throw tooLarge();
        }
        Pattern compiled;
        try {
            compiled = Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new UnusablePatternException("is no regular expression: " + e.getDescription());
        }
        if (compiled.programSize() > MAX_PROGRAM) {
            throw tooLarge();
        }
        return new Expression(compiled);
    }

    private static UnusablePatternException tooLarge() {
        return new UnusablePatternException("is an expression that takes too long to match: its repetitions multiply");
    }

    /** Any of these. Of one alone, itself. */
    static TextPattern either(List<TextPattern> patterns) {
        return patterns.size() == 1 ? patterns.get(0) : new Either(patterns);
    }

    private static void checkText(String text) throws UnusablePatternException {
        if (text.isEmpty()) {
            throw new UnusablePatternException("is empty");
        }
        if (text.length() > MAX_PATTERN) {
            throw new UnusablePatternException("is longer than " + MAX_PATTERN + " characters");
        }
        if (!isOneLine(text)) {
            throw new UnusablePatternException("has a control character, which nothing that matches has");
        }
    }

    private static boolean isOneLine(String text) {
        return text.codePoints().noneMatch(point -> switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> false;
        });
    }

    /** This text and no other. */
    record Exact(String text) implements TextPattern {
        @Override
        public boolean fits(String oneLine) {
            return text.equals(oneLine);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** A glob. */
    record Wildcards(Glob glob) implements TextPattern {
        @Override
        public boolean fits(String oneLine) {
            return glob.matches(oneLine);
        }

        @Override
        public String toString() {
            return "glob " + glob.pattern();
        }
    }

    /** A regular expression; equal to another that is written alike. */
    final class Expression implements TextPattern {
        private final Pattern compiled;

        private Expression(Pattern compiled) {
            this.compiled = compiled;
        }

        @Override
        public boolean fits(String oneLine) {
            return compiled.matches(oneLine);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Expression one && compiled.pattern().equals(one.compiled.pattern());
        }

        @Override
        public int hashCode() {
            return Objects.hash(Expression.class, compiled.pattern());
        }

        @Override
        public String toString() {
            return "regexp " + compiled.pattern();
        }
    }

    /** Any of several. */
    record Either(List<TextPattern> patterns) implements TextPattern {
        public Either {
            patterns = List.copyOf(patterns);
        }

        @Override
        public boolean fits(String oneLine) {
            return patterns.stream().anyMatch(one -> one.fits(oneLine));
        }

        @Override
        public String toString() {
            return patterns.stream().map(TextPattern::toString).collect(Collectors.joining(" or "));
        }
    }
}
