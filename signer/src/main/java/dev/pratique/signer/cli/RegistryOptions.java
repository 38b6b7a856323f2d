package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.Printable;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.TrustedCertificates;
import dev.pratique.signer.publish.Endpoints;
import dev.pratique.signer.publish.RegistryClient;
import dev.pratique.signer.publish.RegistryLogins;
import dev.pratique.signer.publish.RemoteRepository;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    /** A client with the user's logins. */
    RegistryClient client(Terminal terminal) throws Failure {
        return client(terminal, endpoints(), List.of());
    }

    /** Where registries are that no configuration names. */
    Endpoints endpoints() {
        return Endpoints.standard(allowHttp);
    }

    /** @param configured authorities to trust beside the system's where the command line names none */
    RegistryClient client(Terminal terminal, Endpoints endpoints, List<X509Certificate> configured) throws Failure {
        Optional<SSLContext> tls = Optional.empty();
        if (authorities.isPresent()) {
            tls = Optional.of(TrustedCertificates.from(authorities.get()));
        } else if (!configured.isEmpty()) {
            tls = Optional.of(TrustedCertificates.of(configured));
        }
        RegistryLogins logins = new RegistryLogins(terminal.environment(), terminal.home());
        return new RegistryClient(endpoints, logins, tls, Version.userAgent(), terminal.clock());
    }

    RemoteRepository repository(RegistryClient client, Repository repository, Terminal terminal) {
        return new RemoteRepository(client, repository, PATIENCE, terminal.clock());
    }

    static ImageName image(String text) throws Failure {
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
