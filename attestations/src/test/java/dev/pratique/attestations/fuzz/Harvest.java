package dev.pratique.attestations.fuzz;

import static java.util.Map.entry;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonValue;
import dev.pratique.attestations.json.JsonValue.JsonArray;
import dev.pratique.attestations.json.JsonValue.JsonString;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes what somebody recorded apart into seeds: a bundle is one, and so are the certificates and the entries in it. */
final class Harvest {
    /** Of each target; more of the same kind teach a fuzzer little, and replay should take no time. */
    private static final int MAX_SEEDS = 400;

    /** The name of the extension, in DER. */
    private static final byte[] TIMESTAMP_LIST = HexFormat.of().parseHex("060a2b06010401d679020402");

    /** Members whose value, in base64, is fed to these. */
    private static final Map<String, List<FuzzTarget>> ENCODED = Map.of(
            "canonicalizedBody", List.of(FuzzTarget.LOG_BODY),
            "signedTimestamp", List.of(FuzzTarget.TIMESTAMP),
            "SignedRFC3161Timestamp", List.of(FuzzTarget.TIMESTAMP),
            "payload", List.of(FuzzTarget.STATEMENT, FuzzTarget.PROVENANCE),
            "rawBytes", List.of(FuzzTarget.PUBLIC_KEY, FuzzTarget.CERTIFICATE),
            "sig", List.of(FuzzTarget.SIGNATURE),
            "signature", List.of(FuzzTarget.SIGNATURE),
            "body", List.of(FuzzTarget.LOG_BODY));

    /** Members whose value is text that is fed to this. */
    private static final Map<String, FuzzTarget> TEXTS = Map.of(
            "envelope", FuzzTarget.CHECKPOINT,
            "dev.sigstore.cosign/certificate", FuzzTarget.CERTIFICATE_PEM,
            "dev.sigstore.cosign/chain", FuzzTarget.CERTIFICATE_PEM,
            "dev.sigstore.cosign/bundle", FuzzTarget.LOG_ANNOTATION);

    /** An object with this member is fed to these, whole. */
    private static final Map<String, List<FuzzTarget>> OBJECTS = Map.ofEntries(
            entry("verificationMaterial", List.of(FuzzTarget.BUNDLE)),
            entry("payloadType", List.of(FuzzTarget.ENVELOPE)),
            entry("predicateType", List.of(FuzzTarget.STATEMENT, FuzzTarget.PROVENANCE)),
            entry("critical", List.of(FuzzTarget.SIMPLE_SIGNING)),
            entry("layers", List.of(FuzzTarget.MANIFEST, FuzzTarget.COSIGN_LAYERS)),
            entry("manifests", List.of(FuzzTarget.MANIFEST, FuzzTarget.REFERRERS)),
            entry("rootfs", List.of(FuzzTarget.IMAGE_CONFIG)),
            entry("timestampAuthorities", List.of(FuzzTarget.TRUSTED_ROOT)),
            entry("certificateAuthorities", List.of(FuzzTarget.TRUSTED_ROOT)),
            entry("signed", List.of(FuzzTarget.TUF)),
            entry("tags", List.of(FuzzTarget.TAGS)),
            entry("canonicalizedBody", List.of(FuzzTarget.LOG_ENTRY)));

    private final Map<FuzzTarget, Map<String, byte[]>> seeds = new EnumMap<>(FuzzTarget.class);

    Map<String, byte[]> of(FuzzTarget target) {
        return seeds.getOrDefault(target, Map.of());
    }

    /** Takes a file apart. */
    void take(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > FuzzTarget.MAX_BYTES) {
            return;
        }
        switch (bytes[0]) {
            case '{', '[' -> takeJson(bytes);
            case 0x30 ->
                addTo(
                        List.of(
                                FuzzTarget.TIMESTAMP,
                                FuzzTarget.CERTIFICATE,
                                FuzzTarget.PUBLIC_KEY,
                                FuzzTarget.SIGNATURE),
                        bytes);
            case (byte) 0xd2 -> addTo(List.of(FuzzTarget.COSE, FuzzTarget.EVIDENCE_FORM), bytes);
            default -> takeText(bytes);
        }
    }

    private void takeText(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN CERTIFICATE-----")) {
            addTo(List.of(FuzzTarget.CERTIFICATE_PEM), bytes);
        }
        if (text.contains("-----BEGIN PUBLIC KEY-----")) {
            addEncoded(
                    List.of(FuzzTarget.PUBLIC_KEY),
                    text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
        }
    }

    private void takeJson(byte[] bytes) {
        try {
            JsonValue json = StrictJson.parse(bytes, "seed", FuzzTarget.MAX_BYTES);
            addTo(List.of(FuzzTarget.JSON, FuzzTarget.EVIDENCE_FORM), bytes);
            walk(json, bytes);
        } catch (MalformedEvidenceException e) {
            // What is not JSON on purpose is a seed for all that is.
            addTo(List.of(FuzzTarget.JSON, FuzzTarget.BUNDLE, FuzzTarget.MANIFEST), bytes);
        }
    }

    private void walk(JsonValue value, byte[] bytes) {
        if (value instanceof JsonArray array) {
            array.values().forEach(one -> walk(one, json(one)));
        } else if (value instanceof JsonObject object) {
            OBJECTS.forEach((member, targets) -> {
                if (object.members().containsKey(member)) {
                    addTo(targets, bytes);
                }
            });
            object.members().forEach((member, inner) -> {
                if (inner instanceof JsonString text) {
                    takeString(member, text.value());
                } else {
                    walk(inner, json(inner));
                }
            });
        }
    }

    private void takeString(String member, String text) {
        addEncoded(ENCODED.getOrDefault(member, List.of()), text);
        if (TEXTS.containsKey(member)) {
            addTo(List.of(TEXTS.get(member)), text.getBytes(StandardCharsets.UTF_8));
        }
        if (text.startsWith("{")) {
            takeJson(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void addEncoded(List<FuzzTarget> targets, String base64) {
        try {
            byte[] decoded = Base64.getDecoder().decode(base64);
            addTo(targets, decoded);
            takeTimestamps(targets, decoded);
            if (decoded.length > 0 && decoded[0] == '{') {
                takeJson(decoded);
            }
        } catch (IllegalArgumentException e) {
            addTo(targets, base64.getBytes(StandardCharsets.UTF_8));
        }
    }

    // The list of timestamps in a certificate's extension (RFC 6962 section 3.3), two octet strings deep, and each in
    // it.
    private void takeTimestamps(List<FuzzTarget> targets, byte[] decoded) {
        int at = targets.contains(FuzzTarget.CERTIFICATE) ? indexOf(decoded, TIMESTAMP_LIST) : -1;
        if (at < 0 || at + TIMESTAMP_LIST.length + 6 > decoded.length) {
            return;
        }
        int outer = at + TIMESTAMP_LIST.length;
        int inner = outer + header(decoded, outer);
        int from = inner + header(decoded, inner);
        int length = from + 2 <= decoded.length ? 2 + ((decoded[from] & 0xff) << 8 | decoded[from + 1] & 0xff) : 0;
        byte[] list = Arrays.copyOfRange(decoded, from, Math.min(decoded.length, from + length));
        addTo(List.of(FuzzTarget.CERTIFICATE_TIMESTAMPS), list);
        if (list.length > 4) {
            addTo(List.of(FuzzTarget.CERTIFICATE_TIMESTAMP), Arrays.copyOfRange(list, 4, list.length));
        }
    }

    private static int header(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 2 : 2 + (first & 3);
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    private void addTo(List<FuzzTarget> targets, byte[] seed) {
        for (FuzzTarget target : targets) {
            Map<String, byte[]> own = seeds.computeIfAbsent(target, any -> new TreeMap<>());
            if (seed.length > 0 && own.size() < MAX_SEEDS) {
                own.put(Integer.toHexString(Arrays.hashCode(seed)), seed);
            }
        }
    }

    private static byte[] json(JsonValue value) {
        return JsonWriter.bytes(plain(value));
    }

    private static Object plain(JsonValue value) {
        if (value instanceof JsonObject object) {
            Map<String, Object> members = new LinkedHashMap<>();
            object.members().forEach((name, inner) -> members.put(name, plain(inner)));
            return members;
        }
        if (value instanceof JsonArray array) {
            List<Object> values = new ArrayList<>();
            array.values().forEach(inner -> values.add(plain(inner)));
            return values;
        }
        if (value instanceof JsonString text) {
            return text.value();
        }
        if (value instanceof JsonValue.JsonNumber number && number.text().matches("-?[0-9]{1,18}")) {
            return Long.parseLong(number.text());
        }
        return value instanceof JsonValue.JsonBoolean truth ? truth.value() : "";
    }
}
