package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.Artifact;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import dev.pratique.signer.publish.EvidencePublisher;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.publish.EvidencePublisher.Stored;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Signs images where they are, and files. */
@Command(
        name = "sign",
        description = {
            "Signs images in their registry or OCI layout, as cosign 3 does, and files.",
            "A tag is looked up once; what is signed is the digest that it names at that moment, which is printed first.",
            "With several images one that cannot be signed does not keep the others from it; the exit code tells."
        },
        footer = {
            "",
            "Examples:",
            "  pratique sign --key pratique.key registry.example/team/app:1.2",
            "  pratique sign --identity-token token.jwt registry.example/team/app:1.2",
            "  pratique sign --key pratique.key --recursive -a build=417 registry.example/team/app@sha256:...",
            "  pratique sign --key pratique.key --dry-run registry.example/team/app:1.2 registry.example/team/web:1.2",
            "  pratique sign --key pratique.key oci:build/layout:1.2",
            "  pratique sign --key pratique.key --bundle app.tar.sigstore.json app.tar",
            "",
            "Exit codes: 0 signed; 1 failed; 64 usage; 69 registry unreachable; 77 it does not let you; 78 bad",
            "configuration of a key service; 130 interrupted. Of several images that failed for different reasons: 1."
        })
final class SignCommand extends EvidenceTask {
    @Option(
            names = {"-a", "--annotations"},
            paramLabel = "NAME=VALUE",
            description = "what else the signature says; may be repeated")
    private Map<String, String> annotations = Map.of();

    @Option(
            names = "--sign-container-identity",
            paramLabel = "REPOSITORY",
            description =
                    "with --format cosign: the repository that the signature names, where the image will be pulled"
                            + " under another name than it is signed under")
    private Optional<String> identity = Optional.empty();

    private Optional<Repository> named = Optional.empty();

    SignCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void prepare() throws Failure {
        if (identity.isPresent() && format() != Format.COSIGN) {
            throw Failure.of(
                    Kind.USAGE,
                    "--sign-container-identity needs --format cosign",
                    "a bundle names no repository, and is valid wherever the image is");
        }
        named = identity.isPresent() ? Optional.of(repository(identity.get())) : Optional.empty();
    }

    @Override
    String verb() {
        return "sign";
    }

    @Override
    String doing() {
        return "signing";
    }

    @Override
    String done() {
        return "signed";
    }

    @Override
    void look(FoundImage image) {
        // A signature says nothing of what is in the image.
    }

    @Override
    Stored publish(EvidencePublisher publisher, EvidenceWork work, Format format) throws Failure {
        EvidencePublisher naming = named.isPresent() ? publisher.naming(named.get()) : publisher;
        return naming.sign(work.subject(), format, annotations);
    }

    private static Repository repository(String text) throws Failure {
        try {
            return ImageName.parse(text).repository();
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.USAGE,
                            "--sign-container-identity is no repository: " + e.getMessage(),
                            "as in --sign-container-identity registry.example/team/app")
                    .because(e);
        }
    }

    @Override
    byte[] bundle(EvidencePublisher publisher, EvidenceWork work) throws Failure {
        return publisher.signedBundle(work.subject(), annotations);
    }

    @Override
    void check(Artifact artifact) throws Failure {
        if (!annotations.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE, "the signature of a file has no annotations", "say it in a statement: pratique attest");
        }
        if (artifact.content().isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    "of a digest alone no signature can be made: what is signed are the file's bytes",
                    "give the file; about a digest a statement can be made: pratique attest");
        }
    }

    /** As {@code cosign sign-blob}: a signature of the file itself. */
    @Override
    byte[] bundle(SigstoreSigner signer, Artifact artifact, String name) throws Failure {
        return signer.signMessage(artifact.content().orElseThrow()).bundle();
    }

    @Override
    void describe(Map<String, Object> row) {}
}
