package dev.pratique.config;

import java.util.Comparator;

/**
 * One thing that is wrong with the configuration.
 *
 * @param file relative to the configuration directory, with slashes; {@code environment} for a variable
 * @param line counted from 1; 0 for a variable
 * @param path the key, as in {@code rules[0].signedBy.any}; empty for the file as a whole
 * @param what one clause, without a trailing period; never a secret's value
 * @param hint what to do about it; empty where there is nothing better to say than {@code what}
 */
public record Problem(String file, int line, String path, String what, String hint) implements Comparable<Problem> {
    /** The {@link #file} of a problem with a variable. */
    public static final String ENVIRONMENT = "environment";

    private static final Comparator<Problem> ORDER = Comparator.comparing(Problem::file)
            .thenComparingInt(Problem::line)
            .thenComparing(Problem::path)
            .thenComparing(Problem::what);

    /** By file, then line. */
    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return file + (line == 0 ? "" : ":" + line) + ": " + what;
    }
}
