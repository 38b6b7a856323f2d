package dev.pratique.config.yaml;

/**
 * A single value with where it stands.
 *
 * @param path the key that it is the value of
 */
public record Value(String text, Place place, String path, Complaints complaints) {
    /** Complains about it. */
    public void refuse(String what, String hint) {
        complaints.add(place, path, what, hint);
    }

    /** The text in quotes. */
    public String quoted() {
        return Quoted.of(text);
    }
}
