package dev.pratique.signer.keys.aws;

import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.Retries;
import dev.pratique.signer.http.TrustedCertificates;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One region of AWS as one user. */
final class AwsSession {
    private static final Pattern REGION = Pattern.compile("[a-z0-9][a-z0-9-]{0,38}[a-z0-9]");
    /** Before they end: a request is on its way for a while. */
    private static final Duration EARLY = Duration.ofMinutes(1);

    private final AwsClient client;
    private final URI endpoint;
    private final String region;
    private final AwsCredentialSources sources;
    private @Nullable AwsCredentials known;

    /**
     * Where we are.
     *
     * @param environment the standard AWS_* variables
     * @param patience for one answer
     * @param pause waits between attempts
     */
    record Surroundings(
            Map<String, String> environment,
            Path home,
            InstantSource clock,
            String userAgent,
            Duration patience,
            Retries.Pause pause) {
        Surroundings {
            environment = Map.copyOf(environment);
        }
    }

    private AwsSession(AwsClient client, URI endpoint, String region, AwsCredentialSources sources) {
        this.client = client;
        this.endpoint = endpoint;
        this.region = region;
        this.sources = sources;
    }

    static AwsSession open(AwsKmsReference key, Surroundings here) throws Failure {
        AwsProfile profile = AwsProfile.chosen(here.environment, here.home);
        String region = region(key, here.environment, profile);
        Http http = http(here);
        AwsClient client = new AwsClient(http, here.clock, here.patience, here.pause);
        // What hands out credentials on this machine is never asked through a proxy.
        AwsClient near = new AwsClient(
                new Http(Optional.empty(), here.userAgent, Optional.of(ProxySelector.of(null))),
                here.clock,
                here.patience,
                here.pause);
        URI endpoint = key.endpoint().isPresent()
                ? uri("https://" + key.endpoint().get())
                : endpoint("kms", region, here.environment);
        URI sts = endpoint("sts", region, here.environment);
        AwsCredentialSources sources = new AwsCredentialSources(
                here.environment,
                here.home,
                profile,
                new AwsMetadata(near, here.environment),
                new AwsSts(client, sts, region));
        return new AwsSession(client, endpoint, region, sources);
    }

    private static Http http(Surroundings here) throws Failure {
        String bundle = here.environment.getOrDefault("AWS_CA_BUNDLE", "");
        return new Http(
                bundle.isEmpty() ? Optional.empty() : Optional.of(TrustedCertificates.from(Path.of(bundle))),
                here.userAgent,
                Optional.of(new ProxyVariables(here.environment)));
    }

    private static String region(AwsKmsReference key, Map<String, String> environment, AwsProfile profile)
            throws Failure {
        String region = key.region()
                .or(() -> Optional.ofNullable(environment.get("AWS_REGION")).filter(text -> !text.isEmpty()))
                .or(() -> Optional.ofNullable(environment.get("AWS_DEFAULT_REGION"))
                        .filter(text -> !text.isEmpty()))
                .or(() -> profile.get("region"))
                .orElseThrow(() -> Failure.of(
                        Kind.CONFIGURATION,
                        "it is not said in which region of AWS the key is",
                        "set AWS_REGION, or name the key by its ARN"));
        // It becomes part of a host's name.
        if (!REGION.matcher(region).matches()) {
            throw Failure.of(Kind.CONFIGURATION, "the region of AWS is none", "as in: AWS_REGION=eu-central-1");
        }
        return region;
    }

    /** AWS SDKs and Tools Reference Guide, "Service-specific endpoints". */
    private static URI endpoint(String service, String region, Map<String, String> environment) throws Failure {
        for (String variable :
                new String[] {"AWS_ENDPOINT_URL_" + service.toUpperCase(Locale.ROOT), "AWS_ENDPOINT_URL"}) {
            String said = environment.getOrDefault(variable, "");
            if (!said.isEmpty()) {
                return uri(said);
            }
        }
        String fips = environment.getOrDefault("AWS_USE_FIPS_ENDPOINT", "").equalsIgnoreCase("true") ? "-fips" : "";
        String domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        return uri("https://" + service + fips + "." + region + "." + domain);
    }

    private static URI uri(String text) throws Failure {
        URI uri;
        try {
            uri = URI.create(text.replaceFirst("/$", "") + "/");
        } catch (IllegalArgumentException e) {
            throw noEndpoint().because(e);
        }
        String host = uri.getHost();
        boolean plain = "http".equals(uri.getScheme());
        if (host == null || !plain && !"https".equals(uri.getScheme()) || !"/".equals(uri.getPath())) {
            throw noEndpoint();
        }
        // A session token would cross the network for everybody to read.
        if (plain && !host.matches("localhost|127\\.[0-9.]+|\\[::1\\]")) {
            throw Failure.of(
                    Kind.USAGE, "AWS is not spoken to in plain HTTP, except on this machine", "begin it with https://");
        }
        return uri;
    }

    private static Failure noEndpoint() {
        return Failure.of(
                Kind.USAGE,
                "the endpoint of AWS is no address",
                "awskms://HOST[:PORT]/KEY, or AWS_ENDPOINT_URL_KMS=https://HOST[:PORT]");
    }

    AwsClient client() {
        return client;
    }

    URI endpoint() {
        return endpoint;
    }

    String region() {
        return region;
    }

    /** Looked for at first use, and again when they are about to end. */
    synchronized AwsCredentials credentials() throws Failure {
        Instant soon = client.clock().instant().plus(EARLY);
        if (known == null || known.expires().map(soon::isAfter).orElse(false)) {
            known = sources.find();
        }
        return known;
    }
}
