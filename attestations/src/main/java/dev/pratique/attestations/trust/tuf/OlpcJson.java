package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;

/**
 * The canonical form that TUF signs (section 4.1): the "Canonical JSON" of the OLPC project. Members in the order of their
 * names' UTF-8, no white space, strings as they are but for {@code "} and {@code \}, whole numbers only. Not RFC 8785.
 */
final class OlpcJson {
    private static final Comparator<String> ORDER =
            Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private OlpcJson() {}

    /** @throws MalformedEvidenceException for a number that has no canonical form */
    static byte[] encode(JsonValue value) throws MalformedEvidenceException {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    // No deeper than StrictJson reads.
    private static void write(StringBuilder out, JsonValue value) throws MalformedEvidenceException {
        if (value instanceof JsonObject object) {
            writeObject(out, object);
        } else if (value instanceof JsonValue.JsonArray array) {
            out.append('[');
            for (int i = 0; i < array.values().size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                write(out, array.values().get(i));
            }
            out.append(']');
        } else if (value instanceof JsonValue.JsonString string) {
            writeString(out, string.value());
        } else if (value instanceof JsonValue.JsonNumber number) {
            writeNumber(out, number.text());
        } else if (value instanceof JsonValue.JsonBoolean bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
    }

    private static void writeObject(StringBuilder out, JsonObject object) throws MalformedEvidenceException {
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, JsonValue> member : object.members().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(ORDER))
                .toList()) {
            if (!first) {
                out.append(',');
            }
            first = false;
            writeString(out, member.getKey());
            out.append(':');
            write(out, member.getValue());
        }
        out.append('}');
    }

    private static void writeString(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    // "floating point numbers are not allowed": 1.0 and 1e0 would be other ways to write 1.
    private static void writeNumber(StringBuilder out, String number) throws MalformedEvidenceException {
        if (!number.matches("0|-?[1-9][0-9]*")) {
            throw new MalformedEvidenceException("a number that is not whole has no canonical form");
        }
        out.append(number);
    }
}
