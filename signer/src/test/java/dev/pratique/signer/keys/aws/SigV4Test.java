package dev.pratique.signer.keys.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against the figures that AWS publishes, with the key of its own examples. */
class SigV4Test {
    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final Instant WHEN = Instant.parse("2015-08-30T12:36:00Z");

    private static AwsCredentials credentials(Optional<String> session) {
        return new AwsCredentials("AKIDEXAMPLE", SECRET, session, Optional.empty(), "a test");
    }

    private static Map<String, String> sign(String endpoint, Map<String, String> headers, String body) {
        return SigV4.sign(
                URI.create(endpoint),
                headers,
                body.getBytes(StandardCharsets.UTF_8),
                credentials(Optional.empty()),
                "us-east-1",
                "service",
                WHEN);
    }

    /** General Reference, "Examples of how to derive a signing key". */
    @Test
    void derivesThePublishedSigningKey() {
        assertThat(HexFormat.of().formatHex(SigV4.key(SECRET, "20150830", "us-east-1", "iam")))
                .isEqualTo("c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    /** The test suite's post-vanilla. */
    @Test
    void signsThePublishedRequest() {
        assertThat(sign("https://example.amazonaws.com", Map.of(), ""))
                .containsEntry("X-Amz-Date", "20150830T123600Z")
                .containsEntry(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                                + " SignedHeaders=host;x-amz-date,"
                                + " Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    }

    /** The test suite's post-x-www-form-urlencoded. */
    @Test
    void signsThePublishedRequestWithABody() {
        Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded");
        assertThat(sign("https://example.amazonaws.com", headers, "Param1=value1")
                        .get("Authorization"))
                .contains("SignedHeaders=content-type;host;x-amz-date")
                .endsWith("Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    }

    @Test
    void signsThePortThatTheClientSends() {
        String usual = sign("https://example.amazonaws.com", Map.of(), "").get("Authorization");
        assertThat(sign("https://example.amazonaws.com:443", Map.of(), "").get("Authorization"))
                .isEqualTo(usual);
        assertThat(sign("https://example.amazonaws.com:8443", Map.of(), "").get("Authorization"))
                .isNotEqualTo(usual);
    }

    @Test
    void aSessionTokenIsSentAndSigned() {
        Map<String, String> sent = SigV4.sign(
                URI.create("https://example.amazonaws.com"),
                Map.of(),
                new byte[0],
                credentials(Optional.of("token")),
                "us-east-1",
                "service",
                WHEN);
        assertThat(sent).containsEntry("X-Amz-Security-Token", "token");
        assertThat(sent.get("Authorization")).contains("SignedHeaders=host;x-amz-date;x-amz-security-token,");
    }

    @Test
    void nothingPrintsTheSecret() {
        assertThat(credentials(Optional.of("token")).toString()).isEqualTo("(credentials from a test)");
    }
}
