package dev.pratique.signer.keys.aws;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http.Answer;
import dev.pratique.signer.http.Http.Call;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Credentials that the machine under us hands out: of a container (ECS, EKS Pod Identity) or an instance (EC2, IMDSv2). */
final class AwsMetadata {
    private static final String CONTAINER = "http://169.254.170.2";
    private static final String INSTANCE = "http://169.254.169.254";
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
    /** Whom a full address may name in plain HTTP, beside loopback (SDK reference, "Container credential provider"). */
    private static final Set<String> NEAR = Set.of("169.254.170.2", "169.254.170.23", "[fd00:ec2::23]");

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MAX_ANSWER = 64 << 10;

    private final AwsClient client;
    private final Map<String, String> environment;

    AwsMetadata(AwsClient client, Map<String, String> environment) {
        this.client = client;
        this.environment = environment;
    }

    private String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    Optional<AwsCredentials> ofContainer() throws Failure {
        String relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        String full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (relative.isEmpty() && full.isEmpty()) {
            return Optional.empty();
        }
        String source = "the container's metadata";
        try {
            URI uri = URI.create(relative.isEmpty() ? full : CONTAINER + relative);
            if (!mayBeAsked(uri)) {
                throw Failure.of(
                        Kind.CONFIGURATION,
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that is not asked for credentials in plain HTTP",
                        "it is this machine, 169.254.170.2, 169.254.170.23, or https://");
            }
            String token = authorization();
            Map<String, String> headers = token.isEmpty() ? Map.of() : Map.of("Authorization", token);
            Answer answer = client.once(new Call("GET", uri, headers, null, MAX_ANSWER), PATIENCE);
            return Optional.of(credentials(answer, source));
        } catch (IllegalArgumentException | IOException e) {
            throw Failure.of(
                            Kind.UNREACHABLE,
                            source + " gave no credentials for AWS",
                            "AWS_CONTAINER_CREDENTIALS_* names where they are; is it this container's?")
                    .because(e);
        }
    }

    private static boolean mayBeAsked(URI uri) {
        String host = String.valueOf(uri.getHost());
        boolean plain = "http".equals(uri.getScheme())
                && (NEAR.contains(host) || host.matches("localhost|127\\.[0-9.]+|\\[::1\\]"));
        return plain || "https".equals(uri.getScheme());
    }

    private String authorization() throws IOException {
        String file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        return file.isEmpty()
                ? variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
                : Files.readString(Path.of(file)).strip();
    }

    /** Empty where this is no instance of EC2, or one without a role. */
    Optional<AwsCredentials> ofInstance() throws Failure {
        if (variable("AWS_EC2_METADATA_DISABLED").equalsIgnoreCase("true")) {
            return Optional.empty();
        }
        String said = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        String base = (said.isEmpty() ? INSTANCE : said).replaceFirst("/$", "");
        try {
            Map<String, String> lifetime = Map.of("X-aws-ec2-metadata-token-ttl-seconds", "300");
            Answer session = client.once(
                    new Call("PUT", URI.create(base + "/latest/api/token"), lifetime, null, MAX_ANSWER), PATIENCE);
            if (session.status() != 200) {
                return Optional.empty();
            }
            Map<String, String> headers =
                    Map.of("X-aws-ec2-metadata-token", text(session).strip());
            Answer roles = client.once(new Call("GET", URI.create(base + ROLES), headers, null, MAX_ANSWER), PATIENCE);
            String role = text(roles).lines().findFirst().orElse("").strip();
            if (roles.status() != 200 || !role.matches("[A-Za-z0-9+=,.@_-]{1,64}")) {
                return Optional.empty();
            }
            Call ask = new Call("GET", URI.create(base + ROLES + role), headers, null, MAX_ANSWER);
            return Optional.of(credentials(client.once(ask, PATIENCE), "the instance's role"));
        } catch (IllegalArgumentException | IOException notOne) {
            return Optional.empty(); // Nobody there: this is no instance.
        }
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.US_ASCII);
    }

    private static AwsCredentials credentials(Answer answer, String source) throws Failure {
        try {
            if (answer.status() != 200) {
                throw new MalformedEvidenceException("status " + answer.status());
            }
            JsonObject json = StrictJson.parseObject(answer.body(), "the credentials", MAX_ANSWER);
            return new AwsCredentials(
                    json.getString("AccessKeyId"),
                    json.getString("SecretAccessKey"),
                    json.findString("Token"),
                    json.findString("Expiration").map(Instant::parse),
                    source);
        } catch (MalformedEvidenceException | DateTimeException e) {
            throw Failure.of(Kind.NOT_AUTHORISED, source + " gave no credentials for AWS", "has it got a role?")
                    .because(e);
        }
    }
}
