package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.AuthorityFiles;
import dev.pratique.signer.check.LocalFile;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.http.TrustedCertificates;
import dev.pratique.signer.sigstore.ServiceChoice;
import dev.pratique.signer.sigstore.ServiceClient;
import dev.pratique.signer.sigstore.SigningConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Option;

/** Which of Sigstore's services take part; cosign's names. */
final class ServiceOptions {
    /** Rekor v2 answers when its next checkpoint is out, with witnesses some seconds later. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Option(
            names = "--signing-config",
            paramLabel = "FILE",
            description = "which certificate authority, logs and timestamp authorities to ask: Sigstore's"
                    + " signing_config.v0.2.json (default without a key: the public Sigstore's, as built in)")
    private Optional<Path> signingConfig = Optional.empty();

    @Option(
            names = "--trusted-root",
            paramLabel = "FILE",
            description = "by which their answers are verified before anything is stored: Sigstore's trusted_root.json"
                    + " (default: the public Sigstore's, as built in)")
    private Optional<Path> trustedRoot = Optional.empty();

    @Option(
            names = "--fulcio-url",
            paramLabel = "URL",
            description = "the certificate authority to ask, instead of the signing config's")
    private Optional<String> fulcio = Optional.empty();

    @Option(
            names = "--rekor-url",
            paramLabel = "URL",
            description = "the transparency log that is to have the signature, instead of the signing config's")
    private Optional<String> rekor = Optional.empty();

    @Option(names = "--rekor-version", paramLabel = "1|2", description = "the version of that log (default: 1)")
    private Optional<Integer> rekorVersion = Optional.empty();

    @Option(
            names = "--timestamp-server-url",
            paramLabel = "URL",
            description = "the timestamp authority (RFC 3161) to ask, instead of the signing config's")
    private Optional<String> timestamps = Optional.empty();

    @Option(
            names = "--tlog-upload",
            paramLabel = "BOOLEAN",
            arity = "0..1",
            fallbackValue = "true",
            description = "false: show the signature to no transparency log")
    private Optional<Boolean> upload = Optional.empty();

    @Option(
            names = "--sigstore-cacert",
            paramLabel = "FILE",
            description = "trust the certificate authorities in this PEM file too when these services are spoken to")
    private Optional<Path> authorities = Optional.empty();

    /** Whether an authority is asked for that certifies who signs. */
    boolean certifies() {
        return fulcio.isPresent();
    }

    /** Whether somebody is asked for beside the key. */
    boolean witnessed() {
        return signingConfig.isPresent() || rekor.isPresent() || timestamps.isPresent();
    }

    /** With a key nobody is asked but whom the command line names. */
    void requireNobodyMeant() throws Failure {
        boolean logged = upload.orElse(false);
        if (trustedRoot.isPresent() || rekorVersion.isPresent() || authorities.isPresent() || logged) {
            throw Failure.of(
                    Kind.USAGE,
                    "--trusted-root, --rekor-version, --sigstore-cacert and --tlog-upload are about services, and with a key"
                            + " none is asked",
                    "name one: --signing-config, --rekor-url or --timestamp-server-url");
        }
    }

    ServiceClient client(Terminal terminal) throws Failure {
        Optional<SSLContext> tls =
                authorities.isPresent() ? Optional.of(TrustedCertificates.from(authorities.get())) : Optional.empty();
        Http http = new Http(tls, Version.userAgent(), Optional.of(new ProxyVariables(terminal.environment())));
        return new ServiceClient(http, terminal.clock(), PATIENCE);
    }

    /** For what tells a machine who it is. */
    static ServiceClient near(Terminal terminal) {
        return new ServiceClient(Http.near(Version.userAgent()), terminal.clock(), PATIENCE);
    }

    TrustedRoot root(Task task) throws Failure {
        TrustedRoot root = trustedRoot.isPresent()
                ? new AuthorityFiles().trustedRoot(trustedRoot.get())
                : BuiltInRoot.publicGood();
        root.notes().forEach(task::warn);
        return root;
    }

    /** Who is asked. */
    ServiceChoice choice() throws Failure {
        int version = rekorVersion.orElse(1);
        if (version != 1 && version != 2 || rekorVersion.isPresent() && rekor.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    rekor.isEmpty()
                            ? "--rekor-version is that of the log in --rekor-url, and there is none"
                            : "there is no Rekor of version " + version,
                    "say --rekor-url URL, and --rekor-version 2 if it is one");
        }
        return new ServiceChoice(config(), fulcio, rekor, version, timestamps, upload.orElse(true));
    }

    // Whoever names services means those: the public Sigstore is not asked beside them.
    private Optional<SigningConfig> config() throws Failure {
        if (signingConfig.isPresent()) {
            return Optional.of(
                    parse(LocalFile.read(signingConfig.get(), SigningConfig.MAX_BYTES), signingConfig.get()));
        }
        if (certifies() || witnessed()) {
            return Optional.empty();
        }
        return Optional.of(parse(BuiltInRoot.signingConfig(), Path.of("signing_config.v0.2.json")));
    }

    private static SigningConfig parse(byte[] json, Path file) throws Failure {
        try {
            return SigningConfig.parse(json);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            file + " cannot be used: " + e.getMessage(),
                            "it is made with: cosign signing-config create")
                    .because(e);
        }
    }
}
