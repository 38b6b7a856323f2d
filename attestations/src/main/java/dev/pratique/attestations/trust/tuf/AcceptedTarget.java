package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A target as a whole update left it: what was trusted last, whatever came of later attempts.
 *
 * @param path of the target
 * @param content that the metadata names
 * @param roles the metadata that it rests on, by role, the root first
 * @param pinnedRoot which root metadata the chain began with
 * @param updated when the update was
 */
public record AcceptedTarget(
        String path, byte[] content, Map<String, RoleState> roles, Digest pinnedRoot, Instant updated) {
    /** As a {@link TufStore} keeps it. */
    public static final String NAME = "accepted.json";

    /**
     * One file of metadata.
     *
     * @param expires from then on it must not be trusted
     */
    public record RoleState(long version, Instant expires) {}

    public AcceptedTarget {
        content = content.clone();
        roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a target that rests on nothing");
        }
    }

    @Override
    public byte[] content() {
        return content.clone();
    }

    /** When the first of the metadata expires: from then on this is stale. */
    public Instant expires() {
        return roles.values().stream()
                .map(RoleState::expires)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    byte[] toJson() {
        Map<String, Object> states = new LinkedHashMap<>();
        roles.forEach((name, state) -> states.put(
                name,
                Map.of("version", state.version(), "expires", state.expires().toString())));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", path);
        json.put("updated", updated.toString());
        json.put("pinnedRoot", pinnedRoot.toString());
        json.put("roles", states);
        json.put("content", Base64.getEncoder().encodeToString(content));
        return JsonWriter.bytes(json);
    }

    static AcceptedTarget parse(byte[] bytes) throws MalformedEvidenceException {
        JsonObject json = StrictJson.parseObject(bytes, NAME, 2 * TufLimits.MAX_TARGET_BYTES);
        Map<String, RoleState> roles = new LinkedHashMap<>();
        for (Map.Entry<String, JsonValue> entry :
                json.getObject("roles").members().entrySet()) {
            JsonObject state = entry.getValue().asObject("a role");
            roles.put(
                    entry.getKey(),
                    new RoleState(state.get("version").asSize("'version'"), instant(state.getString("expires"))));
        }
        if (roles.isEmpty()) {
            throw new MalformedEvidenceException(NAME + " names no role");
        }
        return new AcceptedTarget(
                json.getString("path"),
                StrictBase64.decode(json.getString("content"), "'content'"),
                roles,
                Digest.parse(json.getString("pinnedRoot")),
                instant(json.getString("updated")));
    }

    private static Instant instant(String text) throws MalformedEvidenceException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedEvidenceException(NAME + " has a date that is none", e);
        }
    }
}
