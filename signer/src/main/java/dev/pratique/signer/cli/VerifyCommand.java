package dev.pratique.signer.cli;

import dev.pratique.attestations.Printable;
import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.attestations.trust.TrustRoots;
import dev.pratique.attestations.trust.TrustRoots.Counts;
import dev.pratique.attestations.trust.TrustRoots.NamedSigner;
import dev.pratique.attestations.trust.TrustRoots.Root;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.VerifiedStatement;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.signer.Failure;
import dev.pratique.signer.check.Artifact;
import dev.pratique.signer.check.ConfiguredRegistries;
import dev.pratique.signer.check.ImageEvidence;
import dev.pratique.signer.publish.LayoutImage;
import dev.pratique.signer.publish.LayoutTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies one image or file against one signer, without a policy. */
@Command(
        name = "verify",
        description = {
            "Verifies one image, or with --bundle or --signature one file, against one signer.",
            "No policy is asked; for that there is 'pratique check'. Exits 0 verified, 3 not verified, 4 undecided, 69 unreachable."
        },
        footer = {
            "",
            "Examples:",
            "  pratique verify --key acme.pub registry.example/team/app:1.2",
            "  pratique verify --certificate-identity https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main \\",
            "    --certificate-oidc-issuer https://token.actions.githubusercontent.com ghcr.io/acme/app:1.2",
            "  pratique verify --key acme.pub --type slsaprovenance1 registry.example/team/app@sha256:...",
            "  pratique verify --key acme.pub oci:build/layout:1.2",
            "  pratique verify --bundle app.tar.sigstore.json --trusted-root trusted_root.json \\",
            "    --certificate-identity ci@acme.example --certificate-oidc-issuer https://accounts.example app.tar",
            "  pratique verify --signature app.tar.sig --certificate ci.pem --ca-roots acme-ca.pem \\",
            "    --private-infrastructure --insecure-ignore-sct app.tar"
        })
final class VerifyCommand extends Task {
    /** An image of a layout that gives it no repository. */
    private static final Repository UNNAMED = new Repository("localhost", "layout");

    @Mixin
    private SignerOptions signer = new SignerOptions();

    @Mixin
    private TrustOptions trust = new TrustOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Mixin
    private EvidenceOptions evidence = new EvidenceOptions();

    @Option(
            names = "--type",
            paramLabel = "PREDICATE",
            description =
                    "ask for a statement of this type instead of a signature: slsaprovenance1, spdxjson, cyclonedx,"
                            + " vuln, openvex, vsa, or a URI")
    private Optional<String> type = Optional.empty();

    @Option(
            names = {"-a", "--annotations"},
            paramLabel = "NAME=VALUE",
            description = "what else the signature must say; may be repeated")
    private Map<String, String> annotations = Map.of();

    @Parameters(
            paramLabel = "IMAGE|ARTIFACT",
            description =
                    "an image by tag or digest, or oci:DIR:TAG in an OCI layout; with --bundle or --signature a file,"
                            + " or sha256:HEX")
    private String subject = "";

    VerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Optional<String> predicateType =
                type.isPresent() ? Optional.of(PredicateType.parse(type.get())) : Optional.empty();
        signer.requireOne();
        evidence.requireMeaning(signer.byKey(), type.isPresent());
        AskedSignature wanted = new AskedSignature(predicateType, annotations, evidence.ofArtifact());
        List<Certificate> certificates = signer.certificates();
        Root root = trust.root(this, signer.byKey());
        NamedSigner asked = signer.signer(this, certificates, counts(), root, !trust.privateAuthorities());
        TrustRoots roots = new TrustRoots(List.of(asked), List.of(root));
        Verifier verifier = new Verifier(roots, evidence.brought(certificates));
        VerifyReport report =
                evidence.ofArtifact() ? artifact(verifier, roots, wanted) : image(verifier, roots, wanted);
        report.lines().forEach(this::say);
        document("pratique.verify/v1", report.members());
        return report.exitCode();
    }

    // What is handed over is for this file: whatever form it has, it is what the signer says about it.
    private Set<Counts> counts() {
        return evidence.ofArtifact() || type.isPresent() ? Set.of(Counts.values()) : Set.of(Counts.SIGN);
    }

    private VerifyReport image(Verifier verifier, TrustRoots roots, AskedSignature wanted) throws Failure {
        if (LayoutImage.isMeant(subject)) {
            LayoutTarget target =
                    LayoutTarget.open(LayoutImage.parse(subject), terminal().clock());
            Repository repository = target.repository().orElse(UNNAMED);
            ImageName named = new ImageName(
                    repository, new Reference.ByDigest(target.named().digest()));
            return image(subject, named, target.reader(), verifier, roots, wanted);
        }
        ImageName name = RegistryOptions.image(subject);
        ConfiguredRegistries registries = new ConfiguredRegistries(Map.of(), registry.endpoints());
        try (ReadAccess access = ReadAccess.open(terminal(), registry, registries, name.repository())) {
            return image(name.toString(), name, access.reader(), verifier, roots, wanted);
        }
    }

    private VerifyReport image(
            String asFor,
            ImageName name,
            RegistryReader reader,
            Verifier verifier,
            TrustRoots roots,
            AskedSignature wanted)
            throws Failure {
        ImageEvidence found = ImageEvidence.find(name, reader, terminal().clock());
        Verification verification = verifier.verify(
                name.repository(),
                found.subject(),
                found.found(),
                terminal().clock().instant());
        return report(asFor, found.digest(), roots, wanted, verification);
    }

    private VerifyReport artifact(Verifier verifier, TrustRoots roots, AskedSignature wanted) throws Failure {
        Artifact artifact = Artifact.of(subject);
        Instant now = terminal().clock().instant();
        Subject about = artifact.content().map(Subject::of).orElseGet(() -> Subject.of(artifact.digest()));
        return report(subject, artifact.digest(), roots, wanted, evidence.verify(verifier, about, now));
    }

    private VerifyReport report(
            String asFor, Digest digest, TrustRoots roots, AskedSignature wanted, Verification verification) {
        List<String> asked = new ArrayList<>(wanted.lines());
        asked.addAll(signer.lines(roots.signers().get(0)));
        asked.addAll(trust.lines(roots.roots().get(0), signer.byKey()));
        List<VerifiedStatement> proofs =
                verification.statements().stream().filter(wanted::isFulfilledBy).toList();
        return VerifyReport.of(Printable.line(asFor), digest, asked, verification, proofs, wanted.otherwise());
    }
}
