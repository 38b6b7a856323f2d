package dev.pratique.proxy.e2e.rig;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A trusted_root.json with a part of it changed. */
public final class TrustedRootFile {
    private static final int MAX_BYTES = 1 << 20;
    /** Before anything that a test signs. */
    private static final Map<String, String> LONG_AGO =
            Map.of("start", "2020-01-01T00:00:00Z", "end", "2020-02-01T00:00:00Z");

    private TrustedRootFile() {}

    /** What each has a validity of its own. */
    public enum Part {
        LOGS("tlogs"),
        AUTHORITIES("certificateAuthorities"),
        CERTIFICATE_LOGS("ctlogs"),
        TIMESTAMP_AUTHORITIES("timestampAuthorities");

        private final String member;

        Part(String member) {
            this.member = member;
        }
    }

    /** The same file in which the validity of everything in this part ended long ago. */
    public static String ended(String json, Part part) {
        try {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            JsonObject root = StrictJson.parseObject(bytes, "trusted root", MAX_BYTES);
            Map<String, Object> members = new LinkedHashMap<>(root.members());
            members.put(part.member, ended(root.get(part.member)));
            return JsonWriter.text(members);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(json, e);
        }
    }

    /** The same file without that of this part which has this base URL. */
    public static String without(String json, Part part, String baseUrl) {
        try {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            JsonObject root = StrictJson.parseObject(bytes, "trusted root", MAX_BYTES);
            List<JsonObject> kept = new ArrayList<>();
            for (JsonValue value : root.arrayOrEmpty(part.member, 100)) {
                JsonObject one = value.asObject(part.member);
                if (!one.getString("baseUrl").equals(baseUrl)) {
                    kept.add(one);
                }
            }
            Map<String, Object> members = new LinkedHashMap<>(root.members());
            members.put(part.member, kept);
            return JsonWriter.text(members);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(json, e);
        }
    }

    private static Object ended(JsonValue value) {
        if (value instanceof JsonValue.JsonArray array) {
            return array.values().stream().map(TrustedRootFile::ended).toList();
        }
        if (value instanceof JsonObject object) {
            Map<String, Object> members = new LinkedHashMap<>();
            object.members()
                    .forEach((name, member) -> members.put(name, name.equals("validFor") ? LONG_AGO : ended(member)));
            return members;
        }
        return value;
    }
}
