package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.trust.TrustedRoot;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.KeyCertificates;
import dev.pratique.signer.keys.KeyReference;
import dev.pratique.signer.keys.KeyText;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.sigstore.ServiceChoice;
import dev.pratique.signer.sigstore.ServiceClient;
import dev.pratique.signer.sigstore.SigstoreSigner;
import dev.pratique.signer.sigstore.SigstoreSigner.Witnesses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** With what is signed, a key or an identity; who sees it; and how it is stored. */
final class SigningOptions {
    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = {
                KeyReference.FORMS,
                "The password of a file comes from PRATIQUE_PASSWORD, COSIGN_PASSWORD or the terminal; the PIN of a token"
                        + " from pin-source=FILE, PRATIQUE_PIN, COSIGN_PKCS11_PIN or the terminal.",
                "Without a key an identity token says who signs"
            })
    private Optional<String> key = Optional.empty();

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "the key's certificate, in PEM, for verifiers who know its authority and not the key")
    private Optional<Path> certificate = Optional.empty();

    @Option(
            names = "--certificate-chain",
            paramLabel = "FILE",
            description = "CA certificates in PEM, from the certificate's issuer to the root")
    private Optional<Path> chain = Optional.empty();

    @Mixin
    private IdentityOptions identity = new IdentityOptions();

    @Mixin
    private ServiceOptions services = new ServiceOptions();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "bundle: a Sigstore bundle beside the image, as cosign 3 does (default);"
                    + " cosign: the older .sig and .att tags")
    private Format format = Format.BUNDLE;

    /** Whether the identity token is to be read from standard input. */
    boolean readsStandardInput() {
        return identity.readsStandardInput();
    }

    Format format() {
        return format;
    }

    /**
     * What signs; the owner of a key is warned where others can read it.
     *
     * @param rehearsal whether nothing may be left of it anywhere: no certificate is asked for, no log and no authority
     */
    SigstoreSigner signer(Task task, boolean rehearsal) throws Failure {
        return key.isPresent() ? byKey(task, key.get(), rehearsal) : keyless(task, rehearsal);
    }

    private SigstoreSigner byKey(Task task, String reference, boolean rehearsal) throws Failure {
        if (identity.given() || services.certifies()) {
            throw Failure.of(
                    Kind.USAGE,
                    "a key and an identity token are two ways to sign",
                    "say --key REF, or leave it out and sign as whom the token names");
        }
        KeyReference.Opened opened = task.terminal().keys().open(reference);
        opened.warning().ifPresent(task::warn);
        List<Certificate> certificates = certificates(opened);
        if (!services.witnessed()) {
            services.requireNobodyMeant();
            return SigstoreSigner.withKey(opened.signer(), certificates, Optional.empty());
        }
        Witnesses witnesses = services.choice()
                .witnesses(
                        services.client(task.terminal()),
                        services.root(task),
                        task.terminal().clock(),
                        format == Format.COSIGN);
        return SigstoreSigner.withKey(
                opened.signer(), certificates, rehearsal ? Optional.empty() : Optional.of(witnesses));
    }

    private SigstoreSigner keyless(Task task, boolean rehearsal) throws Failure {
        if (certificate.isPresent() || chain.isPresent()) {
            throw Failure.of(Kind.USAGE, "--certificate is that of a key, and there is none", "say --key REF too");
        }
        Terminal terminal = task.terminal();
        ServiceChoice choice = services.choice();
        ServiceClient client = services.client(terminal);
        TrustedRoot root = services.root(task);
        Witnesses witnesses = choice.witnesses(client, root, terminal.clock(), format == Format.COSIGN);
        if (!witnesses.sayTimes()) {
            throw Failure.of(
                    Kind.USAGE,
                    "the certificate lasts for ten minutes, and nobody would say that it was used in them",
                    "name a timestamp authority with --timestamp-server-url, or a Rekor v1 with --rekor-url");
        }
        if (rehearsal) {
            return SigstoreSigner.rehearsal(identity.tokens(terminal, client), task::progress);
        }
        return SigstoreSigner.keyless(
                identity.tokens(terminal, client),
                choice.fulcio(client, root, terminal.clock()),
                witnesses,
                task::progress);
    }

    /** The key's certificate first. */
    private List<Certificate> certificates(KeyReference.Opened opened) throws Failure {
        if (certificate.isEmpty() && chain.isPresent()) {
            throw Failure.of(
                    Kind.USAGE,
                    "--certificate-chain is that of a certificate, and there is none",
                    "say --certificate FILE");
        }
        if (certificate.isPresent()) {
            // CLI-06: its key may stand behind it in what was given.
            KeyText.requireName(certificate.get().toString(), "--certificate", "--certificate FILE");
            return parsed(KeyCertificates.read(
                    certificate.get(), chain, opened.signer().publicKey()));
        }
        // A token has a certificate that its own key signed where it must have one; that says nothing of the signer.
        List<Certificate> beside = parsed(opened.certificates());
        return beside.isEmpty() || beside.get(0).isSelfIssued() ? List.of() : beside;
    }

    private static List<Certificate> parsed(List<byte[]> certificates) throws Failure {
        List<Certificate> parsed = new ArrayList<>();
        try {
            for (byte[] der : certificates) {
                parsed.add(Certificate.parse(der));
            }
            return parsed;
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            "the certificate beside the key cannot be used: " + e.getMessage(),
                            "give the key's own X.509 certificate: openssl x509 -in FILE -text shows what it is")
                    .because(e);
        }
    }
}
