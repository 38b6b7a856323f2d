package dev.pratique.signer.sigstore;

import dev.pratique.attestations.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Identity tokens, signed by nobody: who reads them here leaves that to the authority. */
public final class TestTokens {
    public static final String ISSUER = "https://accounts.example";
    public static final String ADDRESS = "dev@example.test";

    private TestTokens() {}

    /** The claims of a person whose address is verified. */
    public static Map<String, Object> person(Instant now) {
        Map<String, Object> claims = claims(now);
        claims.put("sub", "user-1");
        claims.put("email", ADDRESS);
        claims.put("email_verified", true);
        return claims;
    }

    /** The claims of a workflow of GitHub. */
    public static Map<String, Object> workflow(Instant now) {
        Map<String, Object> claims = claims(now);
        claims.put("iss", "https://token.actions.githubusercontent.com");
        claims.put("sub", "repo:acme/app:ref:refs/heads/main");
        claims.put("job_workflow_ref", "acme/app/.github/workflows/release.yml@refs/heads/main");
        return claims;
    }

    private static Map<String, Object> claims(Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("aud", "sigstore");
        claims.put("iat", now.getEpochSecond());
        claims.put("nbf", now.getEpochSecond() - 5);
        claims.put("exp", now.getEpochSecond() + 600);
        return claims;
    }

    /** A token with these claims. */
    public static String of(Map<String, Object> claims) {
        String head = part(JsonWriter.bytes(Map.of("alg", "RS256", "typ", "JWT", "kid", "k1")));
        return head + "." + part(JsonWriter.bytes(claims)) + "."
                + part("a signature that nobody looks at, of some length".getBytes(StandardCharsets.UTF_8));
    }

    private static String part(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
