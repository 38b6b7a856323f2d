package dev.pratique.attestations.registry;

import dev.pratique.attestations.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The body of an answer that is not what was asked for (distribution-spec, "Error Codes").
 *
 * @param message one sentence
 * @param detail plain values for {@link JsonWriter}; may be empty
 */
public record ErrorBody(ErrorCode code, String message, Map<String, Object> detail) {

    /** UTF-8 JSON. */
    public byte[] bytes() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code.name());
        error.put("message", message);
        if (!detail.isEmpty()) {
            error.put("detail", detail);
        }
        return JsonWriter.bytes(Map.of("errors", List.of(error)));
    }
}
