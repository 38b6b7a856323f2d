package dev.pratique.signer.keys.aws;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Gets temporary credentials for a role (AWS Security Token Service API Reference, version 2011-06-15). */
final class AwsSts {
    private static final int MAX_ANSWER = 64 << 10;

    private final AwsClient client;
    private final URI endpoint;
    private final String region;

    AwsSts(AwsClient client, URI endpoint, String region) {
        this.client = client;
        this.endpoint = endpoint;
        this.region = region;
    }

    /** AssumeRoleWithWebIdentity, which needs no credentials. */
    AwsCredentials assumeWithToken(String role, Optional<String> session, String token) throws Failure {
        Map<String, String> form = form("AssumeRoleWithWebIdentity", role, session);
        form.put("WebIdentityToken", token);
        return ask(form, Optional.empty(), "the role " + Printable.line(role) + " (web identity)");
    }

    /** AssumeRole. */
    AwsCredentials assume(String role, Optional<String> session, Optional<String> externalId, AwsCredentials by)
            throws Failure {
        Map<String, String> form = form("AssumeRole", role, session);
        externalId.ifPresent(id -> form.put("ExternalId", id));
        return ask(form, Optional.of(by), "the role " + Printable.line(role));
    }

    private static Map<String, String> form(String action, String role, Optional<String> session) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("Action", action);
        form.put("Version", "2011-06-15");
        form.put("RoleArn", role);
        form.put("RoleSessionName", session.orElse("pratique"));
        return form;
    }

    private AwsCredentials ask(Map<String, String> form, Optional<AwsCredentials> by, String source) throws Failure {
        byte[] body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"))
                .getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        Answer answer = client.ask(
                "AWS STS at " + endpoint.getHost(),
                now -> new Call(
                        "POST",
                        endpoint,
                        by.isEmpty() ? headers : SigV4.sign(endpoint, headers, body, by.get(), region, "sts", now),
                        body,
                        MAX_ANSWER),
                AwsError::busy);
        if (answer.status() != 200) {
            String from = by.map(AwsCredentials::source).orElse("the web identity token");
            throw AwsError.of(answer)
                    .failure(
                            "sts:" + form.get("Action"),
                            source,
                            from,
                            client.clock().instant());
        }
        String xml = new String(answer.body(), StandardCharsets.UTF_8);
        return new AwsCredentials(
                element(xml, "AccessKeyId"),
                element(xml, "SecretAccessKey"),
                Optional.of(element(xml, "SessionToken")),
                Optional.of(time(element(xml, "Expiration"))),
                source);
    }

    // None of the four has a character that XML escapes, or a name that another element of the answer has.
    private static String element(String xml, String name) throws Failure {
        Matcher found = Pattern.compile("<" + name + ">\\s*([^<>&\\s]{1,16384})\\s*</" + name + ">")
                .matcher(xml);
        if (!found.find()) {
            throw notUnderstood();
        }
        return found.group(1);
    }

    private static Instant time(String text) throws Failure {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw notUnderstood().because(e);
        }
    }

    private static Failure notUnderstood() {
        return Failure.of(
                Kind.FAILED,
                "what was answered in place of temporary credentials is no answer of AWS STS",
                "is there a proxy or another service in its place?");
    }
}
