package dev.pratique.signer.keys.aws;

import dev.pratique.attestations.Printable;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where credentials are looked for, in this order (AWS SDKs and Tools Reference Guide, "Standardized credential providers"):
 * variables, web identity, profile, container, instance. The first that has any is the one that counts.
 */
final class AwsCredentialSources {
    private static final int MAX_TOKEN = 64 << 10;
    /** A profile may rest on another, which may rest on a third. */
    private static final int MAX_PROFILES = 5;

    private final Map<String, String> environment;
    private final Path home;
    private final AwsProfile profile;
    private final AwsMetadata metadata;
    private final AwsSts sts;

    AwsCredentialSources(
            Map<String, String> environment, Path home, AwsProfile profile, AwsMetadata metadata, AwsSts sts) {
        this.environment = environment;
        this.home = home;
        this.profile = profile;
        this.metadata = metadata;
        this.sts = sts;
    }

    AwsCredentials find() throws Failure {
        Optional<AwsCredentials> found = variables();
        if (found.isEmpty()) {
            found = webIdentity(
                    variable("AWS_WEB_IDENTITY_TOKEN_FILE"),
                    variable("AWS_ROLE_ARN"),
                    variable("AWS_ROLE_SESSION_NAME"));
        }
        if (found.isEmpty()) {
            found = of(profile, 0);
        }
        if (found.isEmpty()) {
            found = metadata.ofContainer();
        }
        if (found.isEmpty()) {
            found = metadata.ofInstance();
        }
        return found.orElseThrow(() -> Failure.of(
                Kind.CONFIGURATION,
                "there are no credentials for AWS",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or AWS_WEB_IDENTITY_TOKEN_FILE and"
                        + " AWS_ROLE_ARN; container and instance metadata have none either"));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private Optional<AwsCredentials> variables() throws Failure {
        Optional<String> id = variable("AWS_ACCESS_KEY_ID");
        Optional<String> secret = variable("AWS_SECRET_ACCESS_KEY");
        if (id.isEmpty() && secret.isEmpty()) {
            return Optional.empty();
        }
        if (id.isEmpty() || secret.isEmpty()) {
            throw Failure.of(
                    Kind.CONFIGURATION,
                    "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set",
                    "set both, or neither");
        }
        return Optional.of(new AwsCredentials(
                id.get(), secret.get(), variable("AWS_SESSION_TOKEN"), Optional.empty(), "the environment"));
    }

    private Optional<AwsCredentials> webIdentity(
            Optional<String> tokenFile, Optional<String> role, Optional<String> session) throws Failure {
        if (tokenFile.isEmpty() || role.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(sts.assumeWithToken(role.get(), session, token(Path.of(tokenFile.get()))));
    }

    private static String token(Path file) throws Failure {
        try (InputStream in = Files.newInputStream(file)) {
            String token = new String(in.readNBytes(MAX_TOKEN), StandardCharsets.UTF_8).strip();
            if (!token.isEmpty()) {
                return token;
            }
        } catch (IOException e) {
            throw noToken(file).because(e);
        }
        throw noToken(file);
    }

    private static Failure noToken(Path file) {
        return Failure.of(
                Kind.CONFIGURATION,
                "the web identity token for AWS cannot be read from " + file,
                "AWS_WEB_IDENTITY_TOKEN_FILE names the file in which the platform keeps it");
    }

    private Optional<AwsCredentials> of(AwsProfile one, int depth) throws Failure {
        if (depth == MAX_PROFILES) {
            throw Failure.of(
                    Kind.CONFIGURATION,
                    "the AWS profiles rest on one another without end (source_profile)",
                    "let the last source_profile have keys of its own");
        }
        String from = "the profile " + Printable.line(one.name());
        Optional<String> role = one.get("role_arn");
        Optional<String> session = one.get("role_session_name");
        if (role.isPresent() && one.get("web_identity_token_file").isPresent()) {
            return webIdentity(one.get("web_identity_token_file"), role, session);
        }
        if (role.isPresent() && !one.get("source_profile").equals(Optional.of(one.name()))) {
            return Optional.of(sts.assume(role.get(), session, one.get("external_id"), sourceOf(one, depth)));
        }
        if (one.get("aws_access_key_id").isPresent()
                && one.get("aws_secret_access_key").isPresent()) {
            return Optional.of(new AwsCredentials(
                    one.get("aws_access_key_id").get(),
                    one.get("aws_secret_access_key").get(),
                    one.get("aws_session_token"),
                    Optional.empty(),
                    from));
        }
        boolean elsewhere = one.get("sso_session").isPresent()
                || one.get("sso_start_url").isPresent()
                || one.get("credential_process").isPresent();
        if (elsewhere || one.said()) {
            throw Failure.of(
                    Kind.CONFIGURATION,
                    from + " of AWS has no credentials that can be used here",
                    "for SSO and credential_process: eval \"$(aws configure export-credentials --format env)\"");
        }
        return Optional.empty();
    }

    private AwsCredentials sourceOf(AwsProfile one, int depth) throws Failure {
        Optional<String> other = one.get("source_profile");
        if (other.isPresent()) {
            return of(AwsProfile.named(other.get(), environment, home), depth + 1)
                    .orElseThrow(() -> noSource(one));
        }
        Optional<AwsCredentials> found = switch (one.get("credential_source").orElse("")) {
            case "Environment" -> variables();
            case "EcsContainer" -> metadata.ofContainer();
            case "Ec2InstanceMetadata" -> metadata.ofInstance();
            default -> Optional.empty();
        };
        return found.orElseThrow(() -> noSource(one));
    }

    private static Failure noSource(AwsProfile one) {
        return Failure.of(
                Kind.CONFIGURATION,
                "the AWS profile " + Printable.line(one.name()) + " has a role_arn and nothing to assume it with",
                "add source_profile or credential_source, and see that it has credentials");
    }
}
