package dev.pratique.config.yaml;

/** Takes note of what is wrong. */
public interface Complaints {
    /**
     * @param path of the key
     * @param what one clause
     * @param hint what to do; may be empty
     */
    void add(Place place, String path, String what, String hint);
}
