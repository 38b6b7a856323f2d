package dev.pratique.attestations.json;

import dev.pratique.attestations.MalformedEvidenceException;
import java.util.List;

/** A JSON value (RFC 8259), immutable. Read by {@link StrictJson}; numbers keep their text so that nothing expands them. */
public sealed interface JsonValue
        permits JsonObject,
                JsonValue.JsonString,
                JsonValue.JsonNumber,
                JsonValue.JsonBoolean,
                JsonValue.JsonNull,
                JsonValue.JsonArray {

    /** A string without unpaired surrogates. */
    record JsonString(String value) implements JsonValue {}

    /** A number as written, at most {@link StrictJson#MAX_NUMBER_LENGTH} characters. */
    record JsonNumber(String text) implements JsonValue {}

    /** {@code true} or {@code false}. */
    record JsonBoolean(boolean value) implements JsonValue {}

    /** {@code null}. */
    record JsonNull() implements JsonValue {}

    /** An array in document order. */
    record JsonArray(List<JsonValue> values) implements JsonValue {
        public JsonArray {
            values = List.copyOf(values);
        }
    }

    /** @throws MalformedEvidenceException unless this is an object */
    default JsonObject asObject(String where) throws MalformedEvidenceException {
        if (this instanceof JsonObject object) {
            return object;
        }
        throw new MalformedEvidenceException(where + " is not a JSON object");
    }

    /** @throws MalformedEvidenceException unless this is an array of at most {@code limit} values */
    default List<JsonValue> asArray(String where, int limit) throws MalformedEvidenceException {
        if (!(this instanceof JsonArray array)) {
            throw new MalformedEvidenceException(where + " is not a JSON array");
        }
        if (array.values().size() > limit) {
            throw new MalformedEvidenceException(
                    where + " has " + array.values().size() + " entries, more than " + limit);
        }
        return array.values();
    }

    /** @throws MalformedEvidenceException unless this is a string */
    default String asString(String where) throws MalformedEvidenceException {
        if (this instanceof JsonString string) {
            return string.value();
        }
        throw new MalformedEvidenceException(where + " is not a JSON string");
    }

    /**
     * A whole number without fraction or exponent.
     *
     * @throws MalformedEvidenceException for anything else, or below zero, or above 2^63 - 1
     */
    default long asSize(String where) throws MalformedEvidenceException {
        if (this instanceof JsonNumber number && number.text().matches("0|[1-9][0-9]{0,18}")) {
            try {
                return Long.parseLong(number.text());
            } catch (NumberFormatException tooLarge) {
                throw new MalformedEvidenceException(where + " is too large", tooLarge);
            }
        }
        throw new MalformedEvidenceException(where + " is not a whole number from 0 to 2^63 - 1");
    }
}
