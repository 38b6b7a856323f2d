package dev.pratique.config.yaml;

/** Text of a file, as a message may hold it: on one line, not endless. */
public final class Quoted {
    private static final int MAX = 80;

    private Quoted() {}

    /** In quotes, so that spaces at the ends are seen. */
    public static String of(String text) {
        StringBuilder line = new StringBuilder("\"");
        text.codePoints().limit(MAX).forEach(c -> {
            boolean harmless = c >= ' ' && !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
            line.appendCodePoint(harmless ? c : '?');
        });
        return line.append(text.codePointCount(0, text.length()) > MAX ? "…\"" : "\"")
                .toString();
    }
}
