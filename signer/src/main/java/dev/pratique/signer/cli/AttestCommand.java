package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.publish.EvidencePublisher;
import dev.pratique.signer.publish.EvidencePublisher.Stored;
import dev.pratique.signer.publish.RemoteRepository;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs a statement about an image. */
@Command(
        name = "attest",
        description = {
            "Signs a statement about an image: its provenance, its parts, what was found in it.",
            "A statement is not a signature of the image; for that there is 'pratique sign'."
        },
        footer = {
            "",
            "Examples:",
            "  pratique attest --key ci.key --type slsaprovenance1 --predicate build.json registry.example/app:1.2",
            "  make-sbom | pratique attest --key ci.key --type spdxjson --predicate - registry.example/app:1.2"
        })
final class AttestCommand extends Task {
    /** Base64 makes four thirds of it, and no verifier of ours reads an envelope of more than 16 MiB. */
    private static final int MAX_PREDICATE = 11 << 20;

    @Mixin
    private SigningOptions signing = new SigningOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            required = true,
            description = "slsaprovenance1, slsaprovenance02, spdxjson, cyclonedx, vuln, openvex, vsa, or a URI")
    private String type = "";

    @Option(
            names = "--predicate",
            paramLabel = "FILE",
            required = true,
            description = "what is stated: a JSON object, '-' for standard input")
    private String predicate = "";

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "images, by tag or better by digest")
    private List<String> images = List.of();

    AttestCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        String predicateType = PredicateType.parse(type);
        List<ImageName> names = new ArrayList<>();
        for (String image : images) {
            names.add(RegistryOptions.image(image));
        }
        JsonObject stated = read();
        SigstoreSigner signer = signing.signer(this);
        var client = registry.client(terminal());
        List<Map<String, Object>> attested = new ArrayList<>();
        for (ImageName name : names) {
            RemoteRepository repository = registry.repository(client, name.repository(), terminal());
            Manifest manifest = repository.manifest(name.reference());
            Descriptor subject = Descriptor.of(manifest.mediaType(), manifest.bytes());
            String tag = name.reference().tag().map(t -> " (tag " + t + ")").orElse("");
            progress("attesting " + name.repository() + "@" + subject.digest() + tag);
            Stored stored = new EvidencePublisher(repository, signer, terminal().clock())
                    .attest(subject, signing.format(), predicateType, stated);
            say("  " + predicateType + " " + SignCommand.where(stored));
            Map<String, Object> row = SignCommand.row(name.repository(), subject, signing.format(), stored);
            row.put("predicateType", predicateType);
            attested.add(row);
        }
        document("pratique.attest/v1", Map.of("attested", attested));
        return ExitCode.DONE;
    }

    private JsonObject read() throws Failure {
        boolean standardInput = predicate.equals("-");
        String name = standardInput ? "the predicate" : predicate;
        try (InputStream in = standardInput ? terminal().in() : Files.newInputStream(Path.of(predicate))) {
            byte[] bytes = in.readNBytes(MAX_PREDICATE + 1);
            return StrictJson.parseObject(bytes, name, MAX_PREDICATE);
        } catch (MalformedEvidenceException e) {
            throw Failure.of(
                            Kind.FAILED,
                            e.getMessage(),
                            "a predicate is one JSON object, without the statement around it")
                    .because(e);
        } catch (IOException e) {
            throw Failure.of(Kind.FAILED, name + " cannot be read").because(e);
        }
    }
}
