package dev.pratique.proxy.admin;

import dev.pratique.attestations.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that was wrong.
 *
 * @param detail about this request; empty where the type says all
 */
record ProblemDetails(ProblemType type, String detail) {
    static final String MEDIA_TYPE = "application/problem+json";

    /** An address longer than this is not repeated. */
    private static final int MAX_INSTANCE = 512;

    static ProblemDetails of(ProblemType type) {
        return new ProblemDetails(type, "");
    }

    /**
     * The document (RFC 9457 section 3).
     *
     * @param target of the request; not repeated where it is long or not plain
     */
    byte[] json(String target) {
        boolean plain = target.startsWith("/")
                && target.length() <= MAX_INSTANCE
                && target.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '<' && c != '>');
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type.uri());
        json.put("title", type.title());
        json.put("status", type.status());
        json.put("detail", detail.isEmpty() ? type.remedy() : detail + "; " + type.remedy());
        json.put("instance", plain ? target : null);
        return JsonWriter.bytes(json);
    }
}
