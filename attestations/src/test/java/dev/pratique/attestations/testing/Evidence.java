package dev.pratique.attestations.testing;

import dev.pratique.attestations.evidence.DsseEnvelope;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.attestations.statement.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evidence in every layout of cosign, good and bad. */
public final class Evidence {
    public static final String SIGNATURE = "dev.cosignproject.cosign/signature";
    public static final String BUILDER = "https://ci.example/builder@v1";
    public static final String SOURCE = "https://git.example/acme/app";

    private Evidence() {}

    /** A layer of an evidence manifest. */
    public record Layer(String mediaType, byte[] bytes, Map<String, String> annotations) {}

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** As in PEM: 64 characters a line, the last ended too. */
    public static String base64Lines(byte[] bytes) {
        return Base64.getMimeEncoder(64, utf8("\n")).encodeToString(bytes) + "\n";
    }

    public static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    public static byte[] payload(Digest image) {
        return JsonWriter.bytes(map(
                "critical",
                map(
                        "identity",
                        map("docker-reference", ""),
                        "image",
                        map("docker-manifest-digest", image.toString()),
                        "type",
                        "cosign container image signature"),
                "optional",
                map()));
    }

    /** A simple-signing layer with this signature. */
    public static Layer simple(byte[] payload, byte[] signature) {
        return new Layer(MediaType.SIMPLE_SIGNING, payload, Map.of(SIGNATURE, base64(signature)));
    }

    /** A good simple signature. */
    public static Layer simple(Digest image, TestKey key) {
        byte[] payload = payload(image);
        return simple(payload, key.sign(payload));
    }

    public static byte[] statement(String predicateType, Digest subject, Object predicate) {
        return statement(predicateType, Map.of(subject.algorithm().prefix(), subject.hex()), predicate);
    }

    public static byte[] statement(String predicateType, Map<String, String> digests, Object predicate) {
        return JsonWriter.bytes(map(
                "_type",
                Statement.TYPE_V1,
                "subject",
                List.of(map("name", "image", "digest", digests)),
                "predicateType",
                predicateType,
                "predicate",
                predicate));
    }

    /** A statement that says "signed". */
    public static byte[] signed(Digest subject) {
        return statement(Statement.COSIGN_SIGN, subject, map());
    }

    public static byte[] provenance(Digest subject, String builder, String source) {
        return statement(Provenance.V1, subject, slsa1(builder, source));
    }

    public static byte[] provenance(Digest subject) {
        return provenance(subject, BUILDER, SOURCE);
    }

    public static Map<String, Object> slsa1(String builder, String source) {
        return map(
                "buildDefinition",
                map("buildType", "x", "externalParameters", map("workflow", map("repository", source))),
                "runDetails",
                map("builder", map("id", builder)));
    }

    public static Map<String, Object> slsa02(String builder, String source) {
        return map("builder", map("id", builder), "invocation", map("configSource", map("uri", source)));
    }

    public static Map<String, Object> envelopeOf(String payloadType, byte[] payload, List<byte[]> signatures) {
        List<Object> entries = new ArrayList<>();
        signatures.forEach(signature -> entries.add(map("sig", base64(signature))));
        return map("payloadType", payloadType, "payload", base64(payload), "signatures", entries);
    }

    /** An envelope that these keys have signed. */
    public static Map<String, Object> envelopeOf(byte[] payload, TestKey... keys) {
        List<byte[]> signatures = new ArrayList<>();
        for (TestKey key : keys) {
            signatures.add(key.sign(DsseEnvelope.pae(Statement.PAYLOAD_TYPE, payload)));
        }
        return envelopeOf(Statement.PAYLOAD_TYPE, payload, signatures);
    }

    public static Layer envelope(byte[] payload, TestKey... keys) {
        return new Layer(MediaType.DSSE_ENVELOPE, JsonWriter.bytes(envelopeOf(payload, keys)), Map.of());
    }

    public static Map<String, Object> bundleOf(Map<String, Object> envelope) {
        return map(
                "mediaType",
                MediaType.BUNDLE_V03,
                "verificationMaterial",
                map("publicKey", map("hint", "any")),
                "dsseEnvelope",
                envelope);
    }

    public static Layer bundle(byte[] payload, TestKey key) {
        return bundle(bundleOf(envelopeOf(payload, key)));
    }

    public static Layer bundle(Map<String, Object> bundle) {
        return new Layer(MediaType.BUNDLE_V03, JsonWriter.bytes(bundle), Map.of());
    }
}
