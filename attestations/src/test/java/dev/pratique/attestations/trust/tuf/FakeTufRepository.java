package dev.pratique.attestations.trust.tuf;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A repository that a test makes, with any one thing wrong: change a field or add an edit, {@link #publish}, and ask. It
 * signs with the JDK and has a canonical form of its own.
 */
public final class FakeTufRepository implements TufFetcher {
    public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    public static final String TARGET = "trusted_root.json";
    public static final byte[] CONTENT = "{\"roots\":1}".getBytes(StandardCharsets.UTF_8);

    /** Who signs for a role, and how many must. */
    static final class Role {
        final List<TestKey> keys = new ArrayList<>();
        /** Who does sign; the keys themselves where it is empty. */
        final List<TestKey> signers = new ArrayList<>();

        int threshold = 1;
        long version = 1;
        Instant expires = NOW.plus(Duration.ofDays(30));
        /** Made to what is to be signed. */
        Consumer<Map<String, Object>> edit = signed -> {};
        /** Made to the whole file after it was signed. */
        Consumer<Map<String, Object>> editSigned = file -> {};

        Role(TestKey... keys) {
            this.keys.addAll(List.of(keys));
        }
    }

    final Role root = new Role(TestKey.A);
    final Role timestamp = new Role(TestKey.B);
    final Role snapshot = new Role(TestKey.C);
    final Role targets = new Role(TestKey.A);
    final Map<String, byte[]> contents = new LinkedHashMap<>(Map.of(TARGET, CONTENT));
    /** Delegated roles by name: their targets. */
    final Map<String, Map<String, byte[]>> delegatedTargets = new LinkedHashMap<>();

    final Map<String, Role> delegated = new LinkedHashMap<>();
    /** What targets says of delegated roles: name, paths, terminating. */
    final List<Map<String, Object>> delegations = new ArrayList<>();

    boolean hashes;
    boolean consistent = true;

    /** What the repository answers with, by {@code metadata/NAME} and {@code targets/PATH}. */
    final Map<String, byte[]> files = new HashMap<>();

    final List<String> asked = new ArrayList<>();

    /** Makes the files of all roles as they now are, and leaves the older versions where they are. */
    public FakeTufRepository publish() {
        publishRoot();
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("targets.json", publishTargets("targets", targets, contents, delegations));
        delegated.forEach((name, role) -> meta.put(
                name + ".json", publishTargets(name, role, delegatedTargets.getOrDefault(name, Map.of()), List.of())));
        Map<String, Object> snapshotSigned = signed("snapshot", snapshot);
        snapshotSigned.put("meta", meta);
        byte[] made = seal(snapshotSigned, snapshot);
        files.put("metadata/" + versioned(snapshot.version, "snapshot.json"), made);
        Map<String, Object> timestampSigned = signed("timestamp", timestamp);
        timestampSigned.put("meta", new LinkedHashMap<>(Map.of("snapshot.json", describe(snapshot.version, made))));
        files.put("metadata/timestamp.json", seal(timestampSigned, timestamp));
        return this;
    }

    /** Only the root, as it now is. */
    byte[] publishRoot() {
        Map<String, Object> signed = signed("root", root);
        Map<String, Object> keys = new LinkedHashMap<>();
        Map<String, Object> roles = new LinkedHashMap<>();
        Map.of("root", root, "timestamp", timestamp, "snapshot", snapshot, "targets", targets)
                .forEach((name, role) -> {
                    role.keys.forEach(key -> keys.put(keyid(key), key(key)));
                    roles.put(name, roleOf(role));
                });
        signed.put("consistent_snapshot", consistent);
        signed.put("keys", keys);
        signed.put("roles", roles);
        byte[] made = seal(signed, root);
        files.put("metadata/" + root.version + ".root.json", made);
        return made;
    }

    private Map<String, Object> publishTargets(
            String name, Role role, Map<String, byte[]> contents, List<Map<String, Object>> delegations) {
        Map<String, Object> signed = signed("targets", role);
        Map<String, Object> listed = new LinkedHashMap<>();
        contents.forEach((path, content) -> {
            listed.put(path, target(content));
            int slash = path.lastIndexOf('/') + 1;
            String named = consistent
                    ? path.substring(0, slash) + Digest.sha256(content).hex() + "." + path.substring(slash)
                    : path;
            files.put("targets/" + named, content);
        });
        signed.put("targets", listed);
        if (!delegations.isEmpty()) {
            Map<String, Object> keys = new LinkedHashMap<>();
            List<Object> roles = new ArrayList<>();
            delegations.forEach(one -> {
                Role delegate = delegated.get(String.valueOf(one.get("name")));
                delegate.keys.forEach(key -> keys.put(keyid(key), key(key)));
                Map<String, Object> said = new LinkedHashMap<>(roleOf(delegate));
                said.putAll(one);
                roles.add(said);
            });
            signed.put("delegations", new LinkedHashMap<>(Map.of("keys", keys, "roles", roles)));
        }
        byte[] made = seal(signed, role);
        files.put("metadata/" + versioned(role.version, name + ".json"), made);
        return describe(role.version, made);
    }

    private String versioned(long version, String name) {
        return consistent ? version + "." + name : name;
    }

    static Map<String, Object> roleOf(Role role) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put(
                "keyids",
                new ArrayList<>(role.keys.stream().map(FakeTufRepository::keyid).toList()));
        said.put("threshold", role.threshold);
        return said;
    }

    static Map<String, Object> target(byte[] content) {
        return new LinkedHashMap<>(Map.of(
                "length",
                content.length,
                "hashes",
                new LinkedHashMap<>(Map.of("sha256", Digest.sha256(content).hex()))));
    }

    private Map<String, Object> describe(long version, byte[] made) {
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("version", version);
        if (hashes) {
            said.putAll(target(made));
        }
        return said;
    }

    private static Map<String, Object> signed(String type, Role role) {
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("_type", type);
        signed.put("spec_version", "1.0.33");
        signed.put("version", role.version);
        signed.put("expires", role.expires.toString());
        return signed;
    }

    private static byte[] seal(Map<String, Object> signed, Role role) {
        role.edit.accept(signed);
        byte[] message = canonical(signed).getBytes(StandardCharsets.UTF_8);
        List<Object> signatures = new ArrayList<>();
        for (TestKey key : role.signers.isEmpty() ? role.keys : role.signers) {
            signatures.add(signature(keyid(key), key.sign(message)));
        }
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("signed", signed);
        file.put("signatures", signatures);
        role.editSigned.accept(file);
        return JsonWriter.bytes(file);
    }

    static Map<String, Object> signature(String keyid, byte[] signature) {
        return new LinkedHashMap<>(Map.of("keyid", keyid, "sig", HexFormat.of().formatHex(signature)));
    }

    static Map<String, Object> key(TestKey key) {
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.spki())
                + "\n-----END PUBLIC KEY-----\n";
        return new LinkedHashMap<>(Map.of(
                "keytype", "ecdsa",
                "scheme", "ecdsa-sha2-nistp256",
                "keyval", new LinkedHashMap<>(Map.of("public", pem))));
    }

    static String keyid(TestKey key) {
        return Digest.sha256(canonical(key(key)).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    static String canonical(Object value) {
        if (value instanceof Map<?, ?> map) {
            TreeMap<String, Object> sorted = new TreeMap<>();
            map.forEach((name, member) -> sorted.put(String.valueOf(name), member));
            List<String> members = new ArrayList<>();
            sorted.forEach((name, member) -> members.add(canonical(name) + ":" + canonical(member)));
            return "{" + String.join(",", members) + "}";
        }
        if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            ",", list.stream().map(FakeTufRepository::canonical).toList()) + "]";
        }
        if (value instanceof String text) {
            return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
        return String.valueOf(value);
    }

    /** Another key in the place of all that a role has. */
    static void rotate(Role role) {
        role.keys.clear();
        role.keys.add(TestKey.p256());
    }

    @Override
    public Optional<byte[]> metadata(String name, int maxBytes) throws TufException {
        return answer("metadata/" + name, maxBytes);
    }

    @Override
    public Optional<byte[]> target(String path, int maxBytes) throws TufException {
        return answer("targets/" + path, maxBytes);
    }

    private Optional<byte[]> answer(String path, int maxBytes) throws TufException {
        asked.add(path);
        byte[] bytes = files.get(path);
        if (bytes != null && bytes.length > maxBytes) {
            throw new TufException(TufException.Reason.TOO_LARGE, path + " is larger than " + maxBytes + " bytes");
        }
        return Optional.ofNullable(bytes);
    }
}
