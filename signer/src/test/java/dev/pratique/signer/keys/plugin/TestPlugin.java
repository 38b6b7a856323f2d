package dev.pratique.signer.keys.plugin;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A plugin as Sigstore's protocol has it, over key files: the resource is {@code ALGORITHM/PATH} of PREFIX.p8 and .pub. */
final class TestPlugin {
    private TestPlugin() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2 || !arguments[0].equals("v1")) {
            throw new IllegalArgumentException("version");
        }
        JsonObject asked = StrictJson.parseObject(arguments[1].getBytes(StandardCharsets.UTF_8), "arguments", 1 << 16);
        JsonObject init = asked.getObject("initOptions");
        String[] resource = init.getString("keyResourceID").split("/", 2);
        String method = asked.getString("methodName");
        Files.writeString(Path.of(resource[1] + ".log"), arguments[1]);
        byte[] message = System.in.readAllBytes();
        Object answer = switch (method) {
            case "publicKey" -> Map.of("publicKeyPEM", base64(Files.readAllBytes(Path.of(resource[1] + ".pub"))));
            case "signMessage" -> {
                long hash = asked.getObject(method)
                        .getObject("signOptions")
                        .getObject("messageOptions")
                        .get("hashFunc")
                        .asSize("hashFunc");
                yield Map.of("signature", base64(sign(resource[0], Path.of(resource[1] + ".p8"), hash, message)));
            }
            default -> throw new IllegalArgumentException(method);
        };
        System.out.println(JsonWriter.text(Map.of(method, answer)));
    }

    private static byte[] sign(String algorithm, Path file, long hash, byte[] message) throws Exception {
        // Go's crypto.Hash.
        String digits = List.of("256", "384", "512").get((int) hash - 5);
        boolean pure = algorithm.equals("Ed25519");
        Signature signature = Signature.getInstance(
                pure ? algorithm : "SHA" + digits + "with" + (algorithm.equals("EC") ? "ECDSA" : "RSA"));
        signature.initSign(
                KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(file))));
        signature.update(message);
        return signature.sign();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
