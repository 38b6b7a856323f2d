package dev.pratique.attestations.json;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes JSON from plain values: maps (in their order) for objects, lists for arrays, strings, whole numbers, booleans,
 * {@link JsonValue}s. A {@code null} in a map leaves its member out. Thread safe.
 */
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonWriter() {}

    /** One line, UTF-8. */
    public static byte[] bytes(Object value) {
        return text(value).getBytes(StandardCharsets.UTF_8);
    }

    /** One line. */
    public static String text(Object value) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            write(generator, value);
        }
        return out.toString();
    }

    private static void write(JsonGenerator out, Object value) {
        if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            map.forEach((name, member) -> {
                if (member != null) {
                    out.writeName(String.valueOf(name));
                    write(out, member);
                }
            });
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            list.forEach(element -> write(out, element));
            out.writeEndArray();
        } else if (value instanceof JsonObject object) {
            write(out, object.members());
        } else if (value instanceof JsonValue.JsonArray array) {
            write(out, array.values());
        } else if (value instanceof JsonValue.JsonString string) {
            out.writeString(string.value());
        } else if (value instanceof JsonValue.JsonNumber number) {
            out.writeRawValue(number.text());
        } else if (value instanceof JsonValue.JsonBoolean bool) {
            out.writeBoolean(bool.value());
        } else if (value instanceof JsonValue.JsonNull) {
            out.writeNull();
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeNumber(((Number) value).longValue());
        } else {
            out.writeString(String.valueOf(value));
        }
    }
}
