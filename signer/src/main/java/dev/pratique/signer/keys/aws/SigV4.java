package dev.pratique.signer.keys.aws;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as AWS wants them (IAM User Guide, "Create a signed AWS API request"). Only {@code POST} to {@code /} without
 * a query, which is how KMS and STS are spoken to.
 */
final class SigV4 {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DAY = 8;

    private SigV4() {}

    /**
     * The headers to send: those given, and what signs all of them. {@code Host} is signed too and sent by the client itself.
     *
     * @param region and service of the endpoint
     */
    static Map<String, String> sign(
            URI endpoint,
            Map<String, String> headers,
            byte[] body,
            AwsCredentials credentials,
            String region,
            String service,
            Instant now) {
        String time = TIME.format(now);
        Map<String, String> sent = new LinkedHashMap<>(headers);
        sent.put("X-Amz-Date", time);
        credentials.sessionToken().ifPresent(token -> sent.put("X-Amz-Security-Token", token));
        TreeMap<String, String> signed = new TreeMap<>();
        sent.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value.strip()));
        signed.put("host", host(endpoint));
        String names = String.join(";", signed.keySet());
        String canonicalHeaders = signed.entrySet().stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining());
        String request = String.join("\n", "POST", "/", "", canonicalHeaders, names, hash(body));
        String scope = time.substring(0, DAY) + "/" + region + "/" + service + "/aws4_request";
        String toSign = String.join("\n", ALGORITHM, time, scope, hash(utf8(request)));
        byte[] key = key(credentials.secretKey(), time.substring(0, DAY), region, service);
        String signature = HexFormat.of().formatHex(hmac(key, toSign));
        sent.put(
                "Authorization",
                ALGORITHM + " Credential=" + credentials.accessKeyId() + "/" + scope + ", SignedHeaders=" + names
                        + ", Signature=" + signature);
        return sent;
    }

    /** As the client writes the header: without the port that the scheme has anyway. */
    private static String host(URI endpoint) {
        int usual = "https".equals(endpoint.getScheme()) ? 443 : 80;
        int port = endpoint.getPort();
        return port < 0 || port == usual ? endpoint.getHost() : endpoint.getHost() + ":" + port;
    }

    /** Good for one day, one region and one service. */
    static byte[] key(String secret, String day, String region, String service) {
        byte[] ofDay = hmac(utf8("AWS4" + secret), day);
        return hmac(hmac(hmac(ofDay, region), service), "aws4_request");
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HMAC-SHA256", e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
