package dev.pratique.attestations;

/** Text of a stranger made fit for one line of a message: printable ASCII, bounded. */
public final class Printable {
    private static final int MAX = 300;

    private Printable() {}

    /** At most 300 characters; everything outside printable ASCII is a question mark. */
    public static String line(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), MAX));
        for (int i = 0; i < text.length() && i < MAX; i++) {
            char c = text.charAt(i);
            line.append(c >= ' ' && c < 127 ? c : '?');
        }
        return text.length() > MAX ? line + "..." : line.toString();
    }
}
