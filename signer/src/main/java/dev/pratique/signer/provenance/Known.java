package dev.pratique.signer.provenance;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Members of a JSON object, in order, of which only those that are known are there. */
final class Known {
    private final Map<String, Object> members = new LinkedHashMap<>();

    /** Nothing where it is absent or empty. */
    Known with(String name, Optional<?> value) {
        value.ifPresent(known -> with(name, known));
        return this;
    }

    /** Nothing where it is an empty text, map or list. */
    Known with(String name, Object value) {
        boolean empty = value instanceof Map<?, ?> map && map.isEmpty()
                || value instanceof Collection<?> list && list.isEmpty()
                || value instanceof String text && text.isEmpty();
        if (!empty) {
            members.put(name, value);
        }
        return this;
    }

    Map<String, Object> map() {
        return Collections.unmodifiableMap(members);
    }
}
