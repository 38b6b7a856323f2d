package dev.pratique.attestations.testing;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.key.Hash;
import dev.pratique.attestations.key.VerificationKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Bodies of log entries of every kind, as Rekor writes them. A verifier is the DER of a certificate or of a
 * SubjectPublicKeyInfo.
 */
public final class LogBodies {
    private LogBodies() {}

    /** hashedrekord 0.0.1. */
    public static byte[] hashedRekord(Hash hash, byte[] signed, byte[] signature, byte[] verifier) {
        return body(
                "hashedrekord",
                "0.0.1",
                Map.of(
                        "data", Map.of("hash", digest(hash, signed)),
                        "signature",
                                Map.of(
                                        "content",
                                        base64(signature),
                                        "publicKey",
                                        Map.of("content", base64(pem(verifier))))));
    }

    /** dsse 0.0.1. */
    public static byte[] dsse(byte[] payload, byte[] signature, byte[] verifier) {
        return body(
                "dsse",
                "0.0.1",
                Map.of(
                        "envelopeHash", digest(Hash.SHA_256, signature),
                        "payloadHash", digest(Hash.SHA_256, payload),
                        "signatures",
                                List.of(Map.of("signature", base64(signature), "verifier", base64(pem(verifier))))));
    }

    /** intoto 0.0.2, whose signatures are in base64 twice. */
    public static byte[] inToto(String payloadType, byte[] payload, byte[] signature, byte[] verifier) {
        String twice = base64(base64(signature).getBytes(StandardCharsets.US_ASCII));
        Map<String, Object> envelope = Map.of(
                "payloadType",
                payloadType,
                "signatures",
                List.of(Map.of("sig", twice, "publicKey", base64(pem(verifier)))));
        return body(
                "intoto",
                "0.0.2",
                Map.of(
                        "content",
                        Map.of(
                                "envelope", envelope,
                                "hash", digest(Hash.SHA_256, signature),
                                "payloadHash", digest(Hash.SHA_256, payload))));
    }

    /** intoto 0.0.1, which names no signature. */
    public static byte[] oldInToto(byte[] envelopeText, byte[] payload, byte[] verifier) {
        return body(
                "intoto",
                "0.0.1",
                Map.of(
                        "content",
                        Map.of(
                                "hash", digest(Hash.SHA_256, envelopeText),
                                "payloadHash", digest(Hash.SHA_256, payload)),
                        "publicKey",
                        base64(pem(verifier))));
    }

    /** hashedrekord 0.0.2, of Rekor v2. */
    public static byte[] hashedRekordOfTiles(Hash hash, byte[] signed, byte[] signature, byte[] verifier) {
        return body(
                "hashedrekord",
                "0.0.2",
                Map.of(
                        "hashedRekordV002",
                        Map.of(
                                "data", digestOfTiles(hash, signed),
                                "signature", signatureOfTiles(signature, verifier))));
    }

    /** dsse 0.0.2, which Rekor v2 took for a while. */
    public static byte[] dsseOfTiles(byte[] payload, byte[] signature, byte[] verifier) {
        return body(
                "dsse",
                "0.0.2",
                Map.of(
                        "dsseV002",
                        Map.of(
                                "payloadHash", digestOfTiles(Hash.SHA_256, payload),
                                "signatures", List.of(signatureOfTiles(signature, verifier)))));
    }

    /** A body of any kind. */
    public static byte[] body(String kind, String version, Map<String, Object> spec) {
        return JsonWriter.bytes(Map.of("apiVersion", version, "kind", kind, "spec", spec));
    }

    public static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static Map<String, Object> digest(Hash hash, byte[] bytes) {
        return Map.of(
                "algorithm", "sha" + 8 * hash.bytes(), "value", HexFormat.of().formatHex(hash.of(bytes)));
    }

    private static Map<String, Object> digestOfTiles(Hash hash, byte[] bytes) {
        return Map.of("algorithm", "SHA2_" + 8 * hash.bytes(), "digest", base64(hash.of(bytes)));
    }

    private static Map<String, Object> signatureOfTiles(byte[] signature, byte[] verifier) {
        return Map.of(
                "content",
                base64(signature),
                "verifier",
                Map.of(
                        "keyDetails",
                        "PKIX_ECDSA_P256_SHA_256",
                        isKey(verifier) ? "publicKey" : "x509Certificate",
                        Map.of("rawBytes", base64(verifier))));
    }

    private static byte[] pem(byte[] der) {
        String label = isKey(der) ? "PUBLIC KEY" : "CERTIFICATE";
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return ("-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static boolean isKey(byte[] der) {
        try {
            VerificationKey.parseSpki(der);
            return true;
        } catch (MalformedEvidenceException certificate) {
            return false;
        }
    }
}
