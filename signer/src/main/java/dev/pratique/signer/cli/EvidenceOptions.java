package dev.pratique.signer.cli;

import dev.pratique.attestations.certificate.Certificate;
import dev.pratique.attestations.evidence.VerificationMaterial;
import dev.pratique.attestations.timestamp.TimestampToken;
import dev.pratique.attestations.verify.Subject;
import dev.pratique.attestations.verify.Verification;
import dev.pratique.attestations.verify.Verifier;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.EvidenceFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Evidence that is handed over in files; without it, it is looked for beside the image. cosign's names. */
final class EvidenceOptions {
    @Option(
            names = "--bundle",
            paramLabel = "FILE",
            description = "the Sigstore bundle of a file: what is verified is ARTIFACT, no registry is asked")
    private Optional<Path> bundle = Optional.empty();

    @Option(
            names = "--signature",
            paramLabel = "FILE",
            description = "instead of a bundle a bare signature over ARTIFACT, in base64 or as it is")
    private Optional<Path> signature = Optional.empty();

    @Option(
            names = "--rfc3161-timestamp",
            paramLabel = "FILE",
            description = "a timestamp (RFC 3161) over the bare signature")
    private Optional<Path> timestamp = Optional.empty();

    @Option(
            names = "--sct",
            paramLabel = "FILE",
            description = "a promise to log the certificate (RFC 6962) that is not in the certificate")
    private Optional<Path> certificateTimestamp = Optional.empty();

    private final EvidenceFiles files = new EvidenceFiles();

    /** Whether it is about a file and not about an image. */
    boolean ofArtifact() {
        return bundle.isPresent() || signature.isPresent();
    }

    /**
     * @param byKey whether a key is asked for
     * @param statement whether a statement is asked for
     */
    void requireMeaning(boolean byKey, boolean statement) throws Failure {
        if (bundle.isPresent() && signature.isPresent()) {
            throw Failure.of(
                    Kind.USAGE, "--bundle and --signature are two ways to hand over a signature", "say one of them");
        }
        if (signature.isPresent() && statement) {
            throw Failure.of(
                    Kind.USAGE,
                    "--type asks for a statement, and a bare signature makes none",
                    "leave --type out, or hand over the statement with --bundle");
        }
        if (timestamp.isPresent() && signature.isEmpty()) {
            throw Failure.of(
                    Kind.USAGE,
                    "--rfc3161-timestamp is for a bare signature: other evidence brings its own",
                    "leave it out, or say --signature FILE too");
        }
        if (certificateTimestamp.isPresent() && byKey) {
            throw Failure.of(
                    Kind.USAGE,
                    "--sct is about a certificate, and a key needs none",
                    "leave it out, or leave --key out");
        }
    }

    /** What is handed over beside. */
    VerificationMaterial brought(List<Certificate> certificates) throws Failure {
        List<TimestampToken> timestamps = timestamp.isPresent() ? List.of(files.timestamp(timestamp.get())) : List.of();
        Optional<byte[]> promise = certificateTimestamp.isPresent()
                ? Optional.of(files.certificateTimestamp(certificateTimestamp.get()))
                : Optional.empty();
        return new VerificationMaterial(Optional.empty(), certificates, List.of(), timestamps, promise);
    }

    /** What is handed over about a file. */
    Verification verify(Verifier verifier, Subject about, Instant now) throws Failure {
        return bundle.isPresent()
                ? verifier.verifyBundle(about, files.bundle(bundle.get()), now)
                : verifier.verifySignature(about, files.signature(signature.orElseThrow()), now);
    }
}
