package dev.pratique.signer.keys.aws;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.json.StrictBase64;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.key.SignatureAlgorithm;
import dev.pratique.attestations.key.VerificationKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.keys.remote.RemoteKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A key of AWS KMS (AWS Key Management Service API Reference: GetPublicKey, Sign). */
public final class AwsKmsKey implements RemoteKey {
    /** "MessageType: ... RAW": "up to 4096 bytes"; what is longer is hashed here. */
    private static final int MAX_RAW = 4096;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_ANSWER = 64 << 10;

    private final AwsSession session;
    private final String key;
    private final VerificationKey publicKey;

    private AwsKmsKey(AwsSession session, String key, VerificationKey publicKey) {
        this.session = session;
        this.key = key;
        this.publicKey = publicKey;
    }

    /**
     * Finds credentials and asks for the public key.
     *
     * @param reference {@code awskms://[ENDPOINT]/KEY}
     * @param environment the standard AWS_* variables
     * @param home the user's directory, with {@code .aws} in it
     */
    public static AwsKmsKey open(
            String reference, Map<String, String> environment, Path home, InstantSource clock, String userAgent)
            throws Failure {
        Retries.Pause sleep = time -> Thread.sleep(time.toMillis());
        return open(reference, new AwsSession.Surroundings(environment, home, clock, userAgent, PATIENCE, sleep));
    }

    static AwsKmsKey open(String reference, AwsSession.Surroundings surroundings) throws Failure {
        AwsKmsReference named = AwsKmsReference.parse(reference);
        AwsSession session = AwsSession.open(named, surroundings);
        JsonObject answer = ask(session, named.key(), "GetPublicKey", Map.of("KeyId", named.key()));
        try {
            String usage = answer.findString("KeyUsage").orElse("");
            if (!usage.equals("SIGN_VERIFY")) {
                throw notForSigning(named.key(), "its usage is " + Printable.line(usage));
            }
            byte[] spki = StrictBase64.decode(answer.getString("PublicKey"), "the public key");
            return new AwsKmsKey(session, named.key(), VerificationKey.parseSpki(spki));
        } catch (MalformedEvidenceException e) {
            String spec = answer.stringMembers(64).getOrDefault("KeySpec", "");
            String kind = spec.isEmpty() ? "" : " (" + Printable.line(spec) + ")";
            throw notForSigning(named.key(), e.getMessage() + kind).because(e);
        }
    }

    private static Failure notForSigning(String key, String why) {
        return Failure.of(
                Kind.FAILED,
                "the key " + key + " of AWS KMS cannot be used: " + why,
                "keys for signing are ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, RSA_2048, RSA_3072 and RSA_4096");
    }

    @Override
    public VerificationKey publicKey() {
        return publicKey;
    }

    @Override
    public String name() {
        return "the key " + key + " of AWS KMS";
    }

    @Override
    public byte[] sign(byte[] message) throws Failure {
        SignatureAlgorithm algorithm = publicKey.defaultAlgorithm();
        String digits = String.valueOf(algorithm.hash().bytes() * 8);
        String named = switch (algorithm.scheme()) {
            case ECDSA -> "ECDSA_SHA_" + digits;
            case RSA_PKCS1 -> "RSASSA_PKCS1_V1_5_SHA_" + digits;
            case RSA_PSS, ED25519, ED25519_PH -> throw notForSigning(key, "it signs with " + algorithm);
        };
        boolean raw = message.length <= MAX_RAW;
        byte[] sent = raw ? message : algorithm.hash().of(message);
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("KeyId", key);
        request.put("Message", Base64.getEncoder().encodeToString(sent));
        request.put("MessageType", raw ? "RAW" : "DIGEST");
        request.put("SigningAlgorithm", named);
        JsonObject answer = ask(session, key, "Sign", request);
        try {
            return StrictBase64.decode(answer.getString("Signature"), "the signature");
        } catch (MalformedEvidenceException e) {
            throw notUnderstood("Sign").because(e);
        }
    }

    private static JsonObject ask(AwsSession session, String key, String action, Map<String, Object> request)
            throws Failure {
        byte[] body = JsonWriter.bytes(request);
        Map<String, String> headers =
                Map.of("Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", "TrentService." + action);
        Answer answer = session.client()
                .ask(
                        "AWS KMS at " + session.endpoint().getHost(),
                        now -> new Call(
                                "POST",
                                session.endpoint(),
                                SigV4.sign(
                                        session.endpoint(),
                                        headers,
                                        body,
                                        session.credentials(),
                                        session.region(),
                                        "kms",
                                        now),
                                body,
                                MAX_ANSWER),
                        AwsError::busy);
        if (answer.status() != 200) {
            throw AwsError.of(answer)
                    .failure(
                            "kms:" + action + " for " + key,
                            key,
                            session.credentials().source(),
                            session.client().clock().instant());
        }
        try {
            return StrictJson.parseObject(answer.body(), "the answer", MAX_ANSWER);
        } catch (MalformedEvidenceException e) {
            throw notUnderstood(action).because(e);
        }
    }

    private static Failure notUnderstood(String action) {
        return Failure.of(
                Kind.FAILED,
                "what was answered to kms:" + action + " is no answer of AWS KMS",
                "is there a proxy or another service in its place?");
    }
}
