package dev.pratique.attestations.json;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON object whose members are asked for by name. A member whose name differs from the asked one only in case makes
 * the document malformed: Go's decoder, which every other reader of these documents is written in, would take it.
 */
public final class JsonObject implements JsonValue {
    private final Map<String, JsonValue> members;

    /** An object without members. */
    public static JsonObject empty() {
        return new JsonObject(Map.of());
    }

    JsonObject(Map<String, JsonValue> members) {
        this.members = members.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    /** All members in document order, names as written. */
    public Map<String, JsonValue> members() {
        return members;
    }

    /**
     * The member of this name; absent where there is none or its value is {@code null}.
     *
     * @throws MalformedEvidenceException where another member's name differs only in case
     */
    public Optional<JsonValue> find(String name) throws MalformedEvidenceException {
        String folded = fold(name);
        for (String present : members.keySet()) {
            if (!present.equals(name) && fold(present).equals(folded)) {
                throw new MalformedEvidenceException(
                        "member '" + printable(present) + "' differs from '" + name + "' only in case");
            }
        }
        JsonValue value = members.get(name);
        return value == null || value instanceof JsonNull ? Optional.empty() : Optional.of(value);
    }

    /**
     * Whether a lenient reader, who ignores case, finds a member of any of these names.
     *
     * @param names in lower case
     */
    public boolean hasAnyOf(Set<String> names) {
        return members.keySet().stream().anyMatch(name -> names.contains(fold(name)));
    }

    /**
     * For formats whose readers refuse what they do not know: a member of another name, in another case or spelling, makes
     * the document malformed.
     *
     * @param names all that the format defines here, as written
     * @param where names the object in messages
     */
    public void requireOnly(Set<String> names, String where) throws MalformedEvidenceException {
        for (String present : members.keySet()) {
            if (!names.contains(present)) {
                throw new MalformedEvidenceException(where + " has the unknown member '" + printable(present) + "'");
            }
        }
    }

    /** @throws MalformedEvidenceException where it is missing */
    public JsonValue get(String name) throws MalformedEvidenceException {
        return find(name).orElseThrow(() -> new MalformedEvidenceException("'" + name + "' is missing"));
    }

    /** The string of this name, if there is one. */
    public Optional<String> findString(String name) throws MalformedEvidenceException {
        Optional<JsonValue> value = find(name);
        return value.isEmpty() ? Optional.empty() : Optional.of(value.get().asString("'" + name + "'"));
    }

    /** @throws MalformedEvidenceException where it is missing or no string */
    public String getString(String name) throws MalformedEvidenceException {
        return get(name).asString("'" + name + "'");
    }

    /** @throws MalformedEvidenceException where it is missing or no object */
    public JsonObject getObject(String name) throws MalformedEvidenceException {
        return get(name).asObject("'" + name + "'");
    }

    /** The object of this name, if there is one. */
    public Optional<JsonObject> findObject(String name) throws MalformedEvidenceException {
        Optional<JsonValue> value = find(name);
        return value.isEmpty() ? Optional.empty() : Optional.of(value.get().asObject("'" + name + "'"));
    }

    /** The array of this name, empty where it is missing. */
    public List<JsonValue> arrayOrEmpty(String name, int limit) throws MalformedEvidenceException {
        Optional<JsonValue> value = find(name);
        return value.isEmpty() ? List.of() : value.get().asArray("'" + name + "'", limit);
    }

    /** A flat map of strings (annotations, labels, digests), empty where it is missing. */
    public Map<String, String> stringsOrEmpty(String name, int limit) throws MalformedEvidenceException {
        Optional<JsonObject> object = findObject(name);
        if (object.isEmpty()) {
            return Map.of();
        }
        if (object.get().members.size() > limit) {
            throw new MalformedEvidenceException("'" + name + "' has more than " + limit + " members");
        }
        Map<String, String> strings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> member : object.get().members.entrySet()) {
            strings.put(
                    member.getKey(), member.getValue().asString("'" + name + "." + printable(member.getKey()) + "'"));
        }
        return Collections.unmodifiableMap(strings);
    }

    /** Those members whose values are strings, in document order; empty where there are more than {@code limit}. */
    public Map<String, String> stringMembers(int limit) {
        Map<String, String> strings = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> member : members.entrySet()) {
            if (member.getValue() instanceof JsonString string) {
                strings.put(member.getKey(), string.value());
            }
        }
        return strings.size() > limit ? Map.of() : Collections.unmodifiableMap(strings);
    }

    // Upper then lower case also folds U+017F to s and U+212A to k, as Go's encoding/json does.
    private static String fold(String name) {
        boolean ascii = true;
        for (int i = 0; i < name.length(); i++) {
            ascii &= name.charAt(i) < 0x80;
        }
        return (ascii ? name : name.toUpperCase(Locale.ROOT)).toLowerCase(Locale.ROOT);
    }

    // A message ends up in logs and headers: no control characters, and none that change how the rest is shown.
    private static String printable(String name) {
        String shown = name.length() > 60 ? name.substring(0, 60) + "..." : name;
        return shown.replaceAll("[^ -~]", "?");
    }
}
