package dev.pratique.signer.keys.plugin;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.key.SignatureAlgorithm.Scheme;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.keys.remote.RemoteKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key of a service that a plugin speaks to. */
public final class PluginKey implements RemoteKey {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    // Go's numbers of hashes (package crypto), which the protocol took over.
    private static final int SHA_256 = 5;
    private static final int SHA_384 = 6;
    private static final int SHA_512 = 7;

    private final Asked asked;
    private final VerificationKey publicKey;

    /** A program, the key that it is asked about, and until when. */
    private record Asked(PluginProgram program, String resource, InstantSource clock) {
        JsonObject run(String method, Map<String, ?> options, int hash, byte[] input) throws Failure {
            Instant deadline = clock.instant().plus(PATIENCE);
            Map<String, Object> init = new LinkedHashMap<>();
            init.put("ctxDeadline", deadline.toString());
            init.put("protocolVersion", "v1");
            init.put("keyResourceID", resource);
            init.put("hashFunc", hash);
            init.put("rpcOptions", rpc());
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put("initOptions", init);
            arguments.put("methodName", method);
            arguments.put(method, options);
            try {
                return program.run(arguments, input).getObject(method);
            } catch (MalformedEvidenceException e) {
                throw program.notUnderstood("nothing about " + method).because(e);
            }
        }

        static Map<String, ?> rpc() {
            return Map.of("keyVersion", "", "remoteVerification", false);
        }
    }

    private PluginKey(Asked asked, VerificationKey publicKey) {
        this.asked = asked;
        this.publicKey = publicKey;
    }

    /** @param reference {@code NAME://KEY} */
    public static PluginKey open(String reference, Map<String, String> environment, InstantSource clock)
            throws Failure {
        return open(reference, environment, clock, PATIENCE);
    }

    static PluginKey open(String reference, Map<String, String> environment, InstantSource clock, Duration patience)
            throws Failure {
        Asked asked = asked(reference, environment, clock, patience);
        Map<String, ?> options = Map.of("publicKeyOptions", Map.of("rpcOptions", Asked.rpc()));
        return new PluginKey(asked, key(asked, asked.run("publicKey", options, SHA_256, new byte[0])));
    }

    private static Asked asked(
            String reference, Map<String, String> environment, InstantSource clock, Duration patience) throws Failure {
        int end = reference.indexOf("://");
        PluginProgram program = PluginProgram.find(reference.substring(0, end), environment, patience);
        return new Asked(program, reference.substring(end + 3), clock);
    }

    private static VerificationKey key(Asked asked, JsonObject answer) throws Failure {
        try {
            byte[] pem = StrictBase64.decode(answer.getString("publicKeyPEM"), "the public key");
            return VerificationKey.parsePem(new String(pem, StandardCharsets.US_ASCII));
        } catch (MalformedEvidenceException e) {
            throw asked.program()
                    .notUnderstood("with a public key that is none to verify with")
                    .because(e);
        }
    }

    @Override
    public VerificationKey publicKey() {
        return publicKey;
    }

    @Override
    public String name() {
        return "the plugin " + asked.program().name();
    }

    @Override
    public byte[] sign(byte[] message) throws Failure {
        var algorithm = publicKey.defaultAlgorithm();
        int hash = switch (algorithm.hash()) {
            case SHA_256 -> SHA_256;
            case SHA_384 -> SHA_384;
            case SHA_512 -> SHA_512;
        };
        // Pure Ed25519 signs the message; cosign says SHA-256 to every plugin, and those of such keys know better.
        int said = algorithm.scheme() == Scheme.ED25519 ? SHA_256 : hash;
        Map<String, ?> options =
                Map.of("signOptions", Map.of("rpcOptions", Asked.rpc(), "messageOptions", Map.of("hashFunc", said)));
        JsonObject answer = asked.run("signMessage", options, said, message);
        try {
            return StrictBase64.decode(answer.getString("signature"), "the signature");
        } catch (MalformedEvidenceException e) {
            throw asked.program().notUnderstood("no signature").because(e);
        }
    }
}
