package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.Validity;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.attestations.transparency.TransparencyLog;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A transparency log for tests, like Rekor v1 (promises, a numbered tree) or like Rekor v2 (a tile log). What it returns are
 * mutable maps in the shape of a bundle's JSON, so that a test can break whatever it likes; what only the log's key can make
 * has an argument or a {@link Defect}.
 */
public final class FakeLog {
    /** Entries before the first of {@link #add}, of which the tree has none: a log of several shards. */
    public static final int FIRST_INDEX = 1000;

    private static final long TREE_ID = 4711;

    private final String host;
    private final TestKey key;
    private final boolean tiles;
    private final FakeTree tree = new FakeTree();

    /** What can be wrong with what the log signed. */
    public enum Defect {
        /** Another key signed the promise. */
        PROMISE_BY_OTHER_KEY,
        /** The promise is about a time a second later than the entry says. */
        PROMISE_OF_OTHER_TIME,
        /** Another key signed the checkpoint, under this log's name and key id. */
        CHECKPOINT_BY_OTHER_KEY,
        /** The log signed the checkpoint under another name. */
        CHECKPOINT_OF_OTHER_ORIGIN,
        /** The log signed a checkpoint of a larger tree. */
        CHECKPOINT_OF_OTHER_SIZE,
        /** The log signed a checkpoint with another root. */
        CHECKPOINT_OF_OTHER_ROOT,
        /** The log's line stands twice. */
        CHECKPOINT_SIGNED_TWICE
    }

    private FakeLog(String host, TestKey key, boolean tiles) {
        this.host = host;
        this.key = key;
        this.tiles = tiles;
        for (int i = 0; i < 5; i++) {
            tree.add(("an entry of somebody else, " + i).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Like Rekor v1. */
    public static FakeLog v1(String host, TestKey key) {
        return new FakeLog(host, key, false);
    }

    /** Like Rekor v2. */
    public static FakeLog v2(String host, TestKey key) {
        return new FakeLog(host, key, true);
    }

    /** Trusted always. */
    public TransparencyLog trusted() {
        return trusted(Validity.ALWAYS);
    }

    public TransparencyLog trusted(Validity validity) {
        return new TransparencyLog(
                "https://" + host,
                id(),
                key.trusted(),
                Set.of(key.trusted().defaultAlgorithm()),
                Optional.of(host),
                validity);
    }

    /** As an element of {@code tlogs} in a trusted_root.json. */
    public Map<String, Object> inTrustedRoot(String keyDetails, Map<String, Object> validFor) {
        return Map.of(
                "baseUrl",
                "https://" + host,
                "hashAlgorithm",
                "SHA2_256",
                "publicKey",
                Map.of("rawBytes", LogBodies.base64(key.spki()), "keyDetails", keyDetails, "validFor", validFor),
                "logId",
                Map.of("keyId", LogBodies.base64(id())));
    }

    /** As entries name it: v1 by the hash of its key, v2 by its note key id at full length. */
    public byte[] id() {
        if (!tiles || key.trusted().type() != VerificationKey.Type.ED25519) {
            return Hash.SHA_256.of(key.spki());
        }
        byte[] name = (host + "\n\u0001").getBytes(StandardCharsets.UTF_8);
        byte[] named = Arrays.copyOf(name, name.length + 32);
        System.arraycopy(key.spki(), key.spki().length - 32, named, name.length, 32);
        return Hash.SHA_256.of(named);
    }

    /**
     * Takes a body of {@link LogBodies} and returns an element of {@code tlogEntries}.
     *
     * @param time of v1's promise; v2 has none
     */
    public Map<String, Object> add(byte[] body, Instant time, Defect... defects) {
        List<Defect> wrong = List.of(defects);
        int index = tree.add(body);
        tree.add("the next entry".getBytes(StandardCharsets.UTF_8));
        JsonObject content = read(body);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("logIndex", Integer.toString(tiles ? index : FIRST_INDEX + index));
        entry.put("logId", mutable(Map.of("keyId", LogBodies.base64(id()))));
        entry.put(
                "kindVersion", mutable(Map.of("kind", text(content, "kind"), "version", text(content, "apiVersion"))));
        if (!tiles) {
            entry.put("integratedTime", Long.toString(time.getEpochSecond()));
            entry.put(
                    "inclusionPromise",
                    mutable(Map.of(
                            "signedEntryTimestamp",
                            LogBodies.base64(promise(body, time, FIRST_INDEX + index, wrong)))));
        }
        entry.put("inclusionProof", proof(index, wrong));
        entry.put("canonicalizedBody", LogBodies.base64(body));
        return entry;
    }

    /** As cosign's annotation {@code dev.sigstore.cosign/bundle}, of a v1 log. */
    public String annotation(byte[] body, Instant time, Defect... defects) {
        int index = FIRST_INDEX + tree.add(body);
        return JsonWriter.text(Map.of(
                "SignedEntryTimestamp",
                LogBodies.base64(promise(body, time, index, List.of(defects))),
                "Payload",
                Map.of(
                        "body", LogBodies.base64(body),
                        "integratedTime", time.getEpochSecond(),
                        "logIndex", index,
                        "logID", HexFormat.of().formatHex(id()))));
    }

    private byte[] promise(byte[] body, Instant time, int index, List<Defect> wrong) {
        long seconds = time.getEpochSecond() + (wrong.contains(Defect.PROMISE_OF_OTHER_TIME) ? 1 : 0);
        String canonical = "{\"body\":\"" + LogBodies.base64(body) + "\",\"integratedTime\":" + seconds
                + ",\"logID\":\"" + HexFormat.of().formatHex(id()) + "\",\"logIndex\":" + index + "}";
        TestKey by = wrong.contains(Defect.PROMISE_BY_OTHER_KEY) ? key.another() : key;
        return by.sign(canonical.getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, Object> proof(int index, List<Defect> wrong) {
        Map<String, Object> proof = new LinkedHashMap<>();
        proof.put("logIndex", Integer.toString(index));
        proof.put("rootHash", LogBodies.base64(tree.root(tree.size())));
        proof.put("treeSize", Integer.toString(tree.size()));
        List<Object> hashes = new ArrayList<>();
        tree.inclusion(index, tree.size()).forEach(hash -> hashes.add(LogBodies.base64(hash)));
        proof.put("hashes", hashes);
        proof.put("checkpoint", mutable(Map.of("envelope", checkpoint(wrong))));
        return proof;
    }

    private String checkpoint(List<Defect> wrong) {
        String name = wrong.contains(Defect.CHECKPOINT_OF_OTHER_ORIGIN) ? "other." + host : host;
        byte[] root = tree.root(tree.size() - (wrong.contains(Defect.CHECKPOINT_OF_OTHER_ROOT) ? 1 : 0));
        int size = tree.size() + (wrong.contains(Defect.CHECKPOINT_OF_OTHER_SIZE) ? 1 : 0);
        String text = name + (tiles ? "" : " - " + TREE_ID) + "\n" + size + "\n" + LogBodies.base64(root) + "\n";
        TestKey by = wrong.contains(Defect.CHECKPOINT_BY_OTHER_KEY) ? key.another() : key;
        String line = noteLine(name, id(), by.sign(text.getBytes(StandardCharsets.UTF_8)));
        String witness = noteLine("witness.example/w1", new byte[] {1, 2, 3, 4}, new byte[72]);
        return text + "\n" + line + (wrong.contains(Defect.CHECKPOINT_SIGNED_TWICE) ? line : "") + witness;
    }

    /** A signature line of a signed note. */
    public static String noteLine(String name, byte[] keyId, byte[] signature) {
        byte[] bytes = Arrays.copyOf(keyId, 4 + signature.length);
        System.arraycopy(signature, 0, bytes, 4, signature.length);
        return "\u2014 " + name + " " + LogBodies.base64(bytes) + "\n";
    }

    private static Map<String, Object> mutable(Map<String, Object> map) {
        return new LinkedHashMap<>(map);
    }

    private static JsonObject read(byte[] body) {
        try {
            return StrictJson.parseObject(body, "body", 1 << 20);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(JsonObject json, String name) {
        try {
            return json.getString(name);
        } catch (MalformedEvidenceException e) {
            throw new AssertionError(e);
        }
    }
}
