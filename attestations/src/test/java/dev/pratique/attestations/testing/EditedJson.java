package dev.pratique.attestations.testing;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON document of another's that a test changes in one place; places are names and positions, joined by dots. */
public final class EditedJson {
    private final Map<String, Object> root;

    private EditedJson(Map<String, Object> root) {
        this.root = root;
    }

    public static EditedJson of(Path file) {
        return of(Shared.object(file));
    }

    public static EditedJson of(JsonObject object) {
        return new EditedJson(map(object));
    }

    public byte[] bytes() {
        return JsonWriter.bytes(root);
    }

    public Object get(String place) {
        Object at = root;
        for (String step : place.split("\\.")) {
            at = at instanceof List<?> list ? list.get(Integer.parseInt(step)) : ((Map<?, ?>) at).get(step);
        }
        return at;
    }

    /** @param value null is written as {@code null} */
    public EditedJson set(String place, Object value) {
        Object owner = owner(place);
        if (owner instanceof List<?>) {
            list(owner).set(Integer.parseInt(last(place)), value);
        } else {
            map(owner).put(last(place), value == null ? new JsonValue.JsonNull() : value);
        }
        return this;
    }

    public EditedJson remove(String place) {
        map(owner(place)).remove(last(place));
        return this;
    }

    /** The same value under another name. */
    public EditedJson rename(String place, String name) {
        Object value = get(place);
        map(owner(place)).put(name, value);
        return remove(place);
    }

    private Object owner(String place) {
        int dot = place.lastIndexOf('.');
        return dot < 0 ? root : get(place.substring(0, dot));
    }

    private static String last(String place) {
        return place.substring(place.lastIndexOf('.') + 1);
    }

    private static Object plain(JsonValue value) {
        if (value instanceof JsonObject object) {
            return map(object);
        }
        if (value instanceof JsonValue.JsonArray array) {
            List<Object> list = new ArrayList<>();
            array.values().forEach(each -> list.add(plain(each)));
            return list;
        }
        return value instanceof JsonValue.JsonString string ? string.value() : value;
    }

    private static Map<String, Object> map(JsonObject object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.members().forEach((name, value) -> map.put(name, plain(value)));
        return map;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }
}
