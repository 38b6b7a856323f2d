package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.ClientCertificate;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.keys.KeyText;
import dev.pratique.signer.publish.Endpoints;
import dev.pratique.signer.publish.RegistryClient;
import dev.pratique.signer.publish.RegistryLogins;
import dev.pratique.signer.publish.RemoteRepository;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Option;

/** How registries are spoken to; cosign's names. */
final class RegistryOptions {
    /** For one exchange with a registry, repetitions included. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Option(
            names = "--allow-http-registry",
            description = "speak plain HTTP to a registry that has no TLS (loopback needs no permission)")
    private boolean allowHttp;

    @Option(
            names = "--registry-cacert",
            paramLabel = "FILE",
            description = "trust the certificate authorities in this PEM file too")
    private Optional<Path> authorities = Optional.empty();

    @Option(
            names = "--registry-client-cert",
            paramLabel = "FILE",
            description = "show the registry this certificate, in PEM, with its chain")
    private Optional<Path> clientCertificate = Optional.empty();

    @Option(
            names = "--registry-client-key",
            paramLabel = "FILE",
            description = "the private key of that certificate, in PEM (PKCS#8)")
    private Optional<Path> clientKey = Optional.empty();

    @Option(
            names = "--registry-username",
            paramLabel = "NAME",
            description = "log in to the registry as this user, instead of what was logged in with; else"
                    + " PRATIQUE_REGISTRY_USERNAME")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--registry-password",
            paramLabel = "REF",
            description = "where the password is: env://VARIABLE or file://PATH; else PRATIQUE_REGISTRY_PASSWORD")
    private Optional<String> password = Optional.empty();

    @Option(
            names = "--registry-token",
            paramLabel = "REF",
            description = "where a bearer token of the registry is: env://VARIABLE or file://PATH; else"
                    + " PRATIQUE_REGISTRY_TOKEN")
    private Optional<String> token = Optional.empty();

    /** A client with the user's logins. */
    RegistryClient client(Terminal terminal) throws Failure {
        return client(terminal, endpoints(), List.of());
    }

    /** A client for other registries than the images': what was given to log in there is not for them to see. */
    RegistryClient others(Terminal terminal) throws Failure {
        Optional<SSLContext> tls = ClientCertificate.tls(Optional.empty(), authorities, List.of());
        Http http = new Http(tls, Version.userAgent(), Optional.of(new ProxyVariables(terminal.environment())));
        RegistryLogins logins = new RegistryLogins(terminal.environment(), terminal.home());
        return new RegistryClient(http, endpoints(), logins, terminal.clock());
    }

    /** Where registries are that no configuration names. */
    Endpoints endpoints() {
        return Endpoints.standard(allowHttp);
    }

    /** @param configured authorities to trust beside the system's where the command line names none */
    RegistryClient client(Terminal terminal, Endpoints endpoints, List<X509Certificate> configured) throws Failure {
        if (clientCertificate.isPresent() != clientKey.isPresent()) {
            throw Failure.of(
                    Kind.USAGE, "--registry-client-cert and --registry-client-key belong together", "give both");
        }
        Optional<ClientCertificate> shown = clientCertificate.isPresent()
                ? Optional.of(shown(clientCertificate.get(), clientKey.orElseThrow()))
                : Optional.empty();
        Optional<SSLContext> tls = ClientCertificate.tls(shown, authorities, configured);
        Http http = new Http(tls, Version.userAgent(), Optional.of(new ProxyVariables(terminal.environment())));
        RegistryLogins logins = new GivenLogin(user, password, token).orElse(terminal);
        return new RegistryClient(http, endpoints, logins, terminal.clock());
    }

    private static ClientCertificate shown(Path certificate, Path key) throws Failure {
        // CLI-06: a certificate is no secret, but its key may stand behind it in what was given.
        KeyText.requireName(certificate.toString(), "--registry-client-cert", "--registry-client-cert FILE");
        KeyText.requireName(key.toString(), "--registry-client-key", "--registry-client-key FILE");
        return ClientCertificate.read(certificate, key);
    }

    /** A login that is given for one run is for one registry: the others shall not see it. */
    void allowLogin(List<NamedImage> images, Terminal terminal) throws Failure {
        Set<String> registries =
                images.stream().flatMap(image -> image.registry().stream()).collect(Collectors.toSet());
        if (registries.size() > 1 && new GivenLogin(user, password, token).isGiven(terminal)) {
            throw Failure.of(
                    Kind.USAGE,
                    "the images are in " + registries.size() + " registries, and one login is given for all of them",
                    "run it once for each registry, or log in to each: docker login");
        }
    }

    RemoteRepository repository(RegistryClient client, Repository repository, Terminal terminal) {
        return new RemoteRepository(client, repository, PATIENCE, terminal.clock());
    }

    static ImageName image(String text) throws Failure {
        if (KeyText.isMeant(text)) {
            throw Failure.of(
                    Kind.USAGE,
                    "what should name an image is a key",
                    "write it as registry.example/team/app:tag, and say where the key is: --key env://VARIABLE");
        }
        try {
            return ImageName.parse(text);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.USAGE,
                            "'" + Printable.line(text) + "' is not an image name: " + e.getMessage(),
                            "write it as registry.example/team/app:tag or registry.example/team/app@sha256:...")
                    .because(e);
        }
    }
}
