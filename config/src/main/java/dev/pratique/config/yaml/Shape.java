package dev.pratique.config.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What may stand where: every key that this version acts on, and no other. */
public sealed interface Shape {
    /** A single value. */
    Shape VALUE = new Value();

    /** A list of single values, not empty. */
    Shape VALUES = new Items(VALUE, false);

    /** A single value. */
    record Value() implements Shape {}

    /** A list. */
    record Items(Shape item, boolean mayBeEmpty) implements Shape {}

    /** Keys that are known. */
    record Keys(Map<String, Shape> keys) implements Shape {
        public Keys {
            keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        }

        /** The same with one key more. */
        public Keys with(String key, Shape shape) {
            Map<String, Shape> more = new LinkedHashMap<>(keys);
            more.put(key, shape);
            return new Keys(more);
        }
    }

    /** A single value, or keys where more is to be said. */
    record ValueOrKeys(Keys keys) implements Shape {}

    /** Keys that the operator chooses. */
    record Named(Shape value, boolean mayBeEmpty) implements Shape {}

    /** No keys yet. */
    static Keys keys() {
        return new Keys(Map.of());
    }

    /** Keys that each have a single value. */
    static Keys keys(String... names) {
        Keys keys = keys();
        for (String name : names) {
            keys = keys.with(name, VALUE);
        }
        return keys;
    }
}
