package dev.pratique.config.yaml;

/**
 * Where something stands.
 *
 * @param file as people know it
 * @param line counted from 1; 0 in a variable
 * @param column counted from 0, in code points
 * @param endLine the last line of a scalar or of a collection in brackets; of others, their first
 * @param endColumn just behind it
 * @param variable the environment variable that it comes from; empty where it is in the file
 */
public record Place(String file, int line, int column, int endLine, int endColumn, String variable) {

    /** The file as a whole. */
    public static Place of(String file) {
        return new Place(file, 1, 0, 1, 0, "");
    }

    /** Nowhere: it is so where nothing else is said. */
    public static Place byDefault() {
        return new Place("default", 0, 0, 0, 0, "");
    }

    /** The value of an environment variable. */
    public static Place inVariable(String variable) {
        return new Place("environment", 0, 0, 0, 0, variable);
    }
}
