package dev.pratique.signer.cli;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.sign.Statements;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Signs a statement about an image. */
@Command(
        name = "attest",
        description = {
            "Signs a statement about an image or a file: its provenance, its parts, what was found in it.",
            "A statement is not a signature of the image; for that there is 'pratique sign'.",
            "A predicate of a known type must be what the type's specification says; of any other it is one JSON object."
        },
        footer = {
            "",
            "Examples:",
            "  pratique attest --key ci.key --type slsaprovenance1 --predicate build.json registry.example/app:1.2",
            "  make-sbom | pratique attest --key ci.key --type spdxjson --predicate - registry.example/app:1.2",
            "  pratique attest --key ci.key --type slsaprovenance1 --predicate auto registry.example/app:1.2",
            "  pratique attest --signing-config acme.json --trusted-root acme-root.json --type vuln --predicate scan.json \\",
            "    registry.example/app:1.2",
            "  pratique attest --key ci.key --recursive --type slsaprovenance1 --predicate auto registry.example/app:1.2",
            "  pratique attest --key ci.key --type vuln --predicate scan.json oci:build/layout:1.2",
            "  pratique attest --key ci.key --type cyclonedx --predicate bom.json --bundle app.tar.sigstore.json app.tar",
            "",
            "Exit codes: 0 attested; 1 failed, or the predicate is not of its type; 64 usage; 69 registry unreachable;",
            "77 it does not let you; 78 bad configuration of a key service; 130 interrupted."
        })
final class AttestCommand extends EvidenceTask {
    @Option(
            names = "--type",
            paramLabel = "TYPE",
            required = true,
            description = "slsaprovenance1, slsaprovenance02, spdxjson, cyclonedx, vuln, openvex, vsa, link, custom,"
                    + " or a URI")
    private String type = "";

    @Option(
            names = "--predicate",
            paramLabel = "FILE",
            required = true,
            description = "what is stated: a JSON object, '-' for standard input; 'auto': the provenance of this"
                    + " pipeline run, as pratique provenance writes it")
    private String predicate = "";

    @ArgGroup(validate = false, heading = "%nWith --predicate auto, of the run:%n")
    private @Nullable RunOptions runOptions;

    @ArgGroup(validate = false, heading = "%nWith --predicate auto, of what went into the image:%n")
    private @Nullable MaterialOptions materialOptions;

    private String predicateType = "";
    private JsonObject stated = JsonObject.empty();
    private Optional<RunPredicate> run = Optional.empty();

    AttestCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void prepare() throws Failure {
        predicateType = PredicateType.parse(type);
        boolean auto = predicate.equals(RunPredicate.AUTO);
        if (!auto && (runOptions != null || materialOptions != null)) {
            throw Failure.of(
                    Kind.USAGE,
                    "what is said of the run and of what went into the image is for --predicate auto alone",
                    "leave these options out, or let the predicate be made: --predicate auto");
        }
        if (predicate.equals("-") && tokenIsTyped()) {
            throw Failure.of(
                    Kind.USAGE,
                    "the predicate and the identity token are both to be read from standard input",
                    "give one of them as a file: --predicate FILE or --identity-token FILE");
        }
        if (!auto) {
            stated = new GivenPredicate(predicate, predicateType).read(terminal());
            return;
        }
        RunPredicate.requireType(predicateType);
        run = Optional.of(RunPredicate.of(runOptions, materialOptions, this));
    }

    @Override
    String verb() {
        return "attest";
    }

    @Override
    void check(Artifact artifact) throws Failure {
        // A statement can be made about a digest alone.
        if (run.isPresent()) {
            stated = run.get().withoutImage(registry());
        }
    }

    @Override
    String doing() {
        return "attesting";
    }

    @Override
    String done() {
        return "attested";
    }

    @Override
    void look(FoundImage image) throws Failure {
        if (run.isPresent()) {
            run.get().look(image, registry());
        }
    }

    @Override
    Stored publish(EvidencePublisher publisher, EvidenceWork work, Format format) throws Failure {
        return publisher.attest(work.subject(), format, predicateType, stated(work));
    }

    @Override
    byte[] bundle(EvidencePublisher publisher, EvidenceWork work) throws Failure {
        return publisher.attestedBundle(work.subject(), predicateType, stated(work));
    }

    private JsonObject stated(EvidenceWork work) {
        return run.map(of -> of.about(work.image())).orElse(stated);
    }

    @Override
    byte[] bundle(SigstoreSigner signer, Artifact artifact, String name) throws Failure {
        Optional<String> file = artifact.content().map(any -> name);
        return signer.sign(artifact.digest(), Statements.about(file, artifact.digest(), predicateType, stated))
                .bundle();
    }

    @Override
    String kind() {
        return predicateType + " ";
    }

    @Override
    void describe(Map<String, Object> row) {
        row.put("predicateType", predicateType);
    }
}
