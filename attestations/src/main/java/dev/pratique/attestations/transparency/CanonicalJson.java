package dev.pratique.attestations.transparency;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON Canonicalization Scheme (RFC 8785) for documents whose numbers are whole: one text for one document, so that it
 * can be signed.
 */
public final class CanonicalJson {
    /** RFC 8785 section 3.2.2.3 writes numbers as IEEE 754 doubles; beyond 2^53 - 1 those no longer count by one. */
    public static final long MAX_WHOLE = (1L << 53) - 1;

    private CanonicalJson() {}

    /**
     * The canonical text in UTF-8.
     *
     * @throws MalformedEvidenceException for numbers that are not whole or beyond {@link #MAX_WHOLE}
     */
    public static byte[] bytes(JsonValue value) throws MalformedEvidenceException {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** As {@link #bytes(JsonValue)}, for an object with these members. */
    public static byte[] bytes(Map<String, JsonValue> members) throws MalformedEvidenceException {
        StringBuilder out = new StringBuilder();
        writeObject(out, members);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(StringBuilder out, JsonValue value) throws MalformedEvidenceException {
        if (value instanceof JsonObject object) {
            writeObject(out, object.members());
        } else if (value instanceof JsonValue.JsonArray array) {
            out.append('[');
            for (Iterator<JsonValue> values = array.values().iterator(); values.hasNext(); ) {
                write(out, values.next());
                out.append(values.hasNext() ? "," : "");
            }
            out.append(']');
        } else if (value instanceof JsonValue.JsonString string) {
            writeString(out, string.value());
        } else if (value instanceof JsonValue.JsonNumber number) {
            out.append(whole(number.text()));
        } else if (value instanceof JsonValue.JsonBoolean bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
    }

    // RFC 8785 section 3.2.3: "property name strings ... are sorted as arrays of UTF-16 code units", as Java compares
    // them.
    private static void writeObject(StringBuilder out, Map<String, JsonValue> members)
            throws MalformedEvidenceException {
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, JsonValue> member : new TreeMap<>(members).entrySet()) {
            out.append(first ? "" : ",");
            writeString(out, member.getKey());
            out.append(':');
            write(out, member.getValue());
            first = false;
        }
        out.append('}');
    }

    private static String whole(String text) throws MalformedEvidenceException {
        if (!text.matches("0|-?[1-9][0-9]{0,15}") || Math.abs(Long.parseLong(text)) > MAX_WHOLE) {
            throw new MalformedEvidenceException(
                    "a number that is not whole, or too large, has no canonical form here");
        }
        return text;
    }

    // RFC 8785 section 3.2.2.2: the short escapes where JSON has them, hexadecimal ones in lower case for other control
    // characters, everything else "as is".
    private static void writeString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> writePlain(out, c);
            }
        }
        out.append('"');
    }

    private static void writePlain(StringBuilder out, char c) {
        if (c < ' ') {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
        } else {
            out.append(c);
        }
    }
}
