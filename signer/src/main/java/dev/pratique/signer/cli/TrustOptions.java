package dev.pratique.signer.cli;

import dev.pratique.attestations.certificate.CertificateAuthority;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.AuthorityFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whose word counts for a certificate: authorities, logs, timestamp authorities, and how many of each. cosign's names. */
final class TrustOptions {
    @Option(
            names = "--trusted-root",
            paramLabel = "FILE",
            description = "authorities, logs and timestamp authorities: Sigstore's trusted_root.json"
                    + " (default: the public-good instance, as built in)")
    private Optional<Path> trustedRoot = Optional.empty();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "DIR",
            description = "the public-good instance as 'pratique trust update' has refreshed it for this configuration")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--certificate-chain",
            paramLabel = "FILE",
            description =
                    "instead of the root's authorities: CA certificates in PEM, from the signer's issuer to the root")
    private Optional<Path> chain = Optional.empty();

    @Option(
            names = "--ca-roots",
            paramLabel = "FILE",
            description = "instead of the root's authorities: root CA certificates in PEM")
    private Optional<Path> caRoots = Optional.empty();

    @Option(
            names = "--ca-intermediates",
            paramLabel = "FILE",
            description = "intermediate CA certificates in PEM, beside --ca-roots")
    private Optional<Path> caIntermediates = Optional.empty();

    @Option(names = "--insecure-ignore-tlog", description = "ask for no entry in a transparency log")
    private boolean ignoreLog;

    @Option(names = "--private-infrastructure", description = "the same, where a private instance has no log")
    private boolean privateInfrastructure;

    @Option(names = "--insecure-ignore-sct", description = "ask for no proof that the certificate was logged (SCT)")
    private boolean ignoreSct;

    @Option(
            names = "--use-signed-timestamps",
            description = "ask for a timestamp (RFC 3161) of an authority of the trusted root")
    private boolean signedTimestamps;

    /** Whether the certificate authorities are private ones. */
    boolean privateAuthorities() {
        return chain.isPresent() || caRoots.isPresent();
    }

    /**
     * What is to be trusted beside keys.
     *
     * @param byKey whether a key is asked for: what came along is then only compared with it
     */
    Root root(Task task, boolean byKey) throws Failure {
        requireOneWay(byKey);
        AuthorityFiles files = new AuthorityFiles();
        ChosenRoot chosen = chosen(files, task.terminal());
        TrustedRoot root = chosen.material();
        if (trustedRoot.isPresent() || config.isPresent()) { // what is built in has none, and may not be needed
            root.notes().forEach(task::warn);
        }
        if (!byKey) {
            warnOfWhatIsNotAsked(task);
        }
        boolean own = privateAuthorities();
        List<CertificateAuthority> authorities = own ? authorities(files) : List.of();
        boolean restsOnIt = signedTimestamps || !byKey && (!own || needsLog() || !ignoreSct);
        if (restsOnIt && chosen.isStale(task.terminal().clock().instant())) {
            task.warn(
                    "since " + chosen.expires().orElseThrow() + " nothing says that the public-good root is the newest:"
                            + " say --trusted-root FILE, or --config DIR after pratique trust update --config DIR");
        }
        // Authorities of one's own come without a timestamp authority unless one is named or asked for.
        boolean timestamps = !own || trustedRoot.isPresent() || signedTimestamps;
        TrustedRoot used = TrustedRoot.deferred(() -> new TrustedRoot(
                own ? authorities : root.authorities(),
                needsLog() ? root.logs() : List.of(),
                root.certificateLogs(),
                timestamps ? root.timestampAuthorities() : List.of(),
                root.operators(),
                root.notes()));
        return new Root(
                name(), used, List.of(), logs(byKey), signedTimestamps ? 1 : 0, ignoreSct ? 0 : 1, chosen.staleSince());
    }

    private ChosenRoot chosen(AuthorityFiles files, Terminal terminal) throws Failure {
        if (trustedRoot.isPresent()) {
            return ChosenRoot.ofFile(files.trustedRoot(trustedRoot.get()));
        }
        return config.isPresent() ? ChosenRoot.refreshed(config.get(), terminal) : ChosenRoot.builtIn();
    }

    private String name() {
        return chain.or(() -> caRoots).or(() -> trustedRoot).map(Path::toString).orElse(BuiltInRoot.NAME);
    }

    // What a key signs nobody need log, unless whoever asks says which logs.
    private int logs(boolean byKey) {
        return needsLog() && (!byKey || trustedRoot.isPresent()) ? 1 : 0;
    }

    /** What is asked beside the signature, for people. */
    List<String> lines(Root root, boolean byKey) {
        List<String> asked = new ArrayList<>();
        if (root.logs() > 0) {
            asked.add("an entry in a transparency log");
        }
        if (root.timestamps() > 0) {
            asked.add("a timestamp");
        }
        if (byKey) {
            return asked.isEmpty() ? List.of() : List.of("known to " + root.name() + ": " + String.join(", ", asked));
        }
        if (root.certificateLogs() > 0) {
            asked.add("a certificate that was logged");
        }
        return List.of("trusting " + root.name() + (asked.isEmpty() ? "" : ": " + String.join(", ", asked)));
    }

    private boolean needsLog() {
        return !ignoreLog && !privateInfrastructure;
    }

    private void warnOfWhatIsNotAsked(Task task) {
        if (ignoreLog) {
            task.warn("no transparency log is asked for: a stolen identity could sign unseen");
        }
        if (ignoreSct) {
            task.warn("no log of certificates is asked for: an authority could issue unseen");
        }
    }

    private void requireOneWay(boolean byKey) throws Failure {
        Optional<String> meaningless = chain.map(file -> "--certificate-chain")
                .or(() -> caRoots.map(file -> "--ca-roots"))
                .or(() -> caIntermediates.map(file -> "--ca-intermediates"))
                .or(() -> ignoreSct ? Optional.of("--insecure-ignore-sct") : Optional.empty());
        if (byKey && meaningless.isPresent()) {
            throw Failure.of(
                    Kind.USAGE,
                    meaningless.get() + " is about certificates, and a key needs none",
                    "leave it out, or leave --key out");
        }
        if (chain.isPresent() && (caRoots.isPresent() || caIntermediates.isPresent())) {
            throw Failure.of(
                    Kind.USAGE,
                    "--certificate-chain and --ca-roots are two ways to say the same",
                    "say --certificate-chain, or --ca-roots with --ca-intermediates");
        }
        if (config.isPresent() && trustedRoot.isPresent()) {
            throw Failure.of(Kind.USAGE, "--config and --trusted-root are two roots", "say one of them");
        }
        if (caIntermediates.isPresent() && caRoots.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE, "--ca-intermediates lead to roots, and there are none", "say --ca-roots FILE too");
        }
    }

    private List<CertificateAuthority> authorities(AuthorityFiles files) throws Failure {
        if (chain.isPresent()) {
            return List.of(files.chain(chain.get()));
        }
        return files.authorities(caRoots.orElseThrow(), caIntermediates);
    }
}
