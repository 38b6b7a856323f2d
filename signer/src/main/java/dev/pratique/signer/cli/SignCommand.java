package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Descriptor;
import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.publish.EvidencePublisher;
import dev.pratique.signer.publish.EvidencePublisher.Format;
import dev.pratique.signer.publish.EvidencePublisher.Stored;
import dev.pratique.signer.publish.RegistryClient;
import dev.pratique.signer.publish.RemoteRepository;
import dev.pratique.signer.sigstore.SigstoreSigner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs images where they are. */
@Command(
        name = "sign",
        description = {
            "Signs images in their registry.",
            "A tag is looked up once; what is signed is the digest that it names at that moment."
        },
        footer = {
            "",
            "Examples:",
            "  pratique sign --key pratique.key registry.example/team/app:1.2",
            "  pratique sign --key pratique.key --recursive -a build=417 registry.example/team/app@sha256:..."
        })
final class SignCommand extends Task {
    @Mixin
    private SigningOptions signing = new SigningOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(
            names = {"-r", "--recursive"},
            description = "sign every image of an index too, not only the index")
    private boolean recursive;

    @Option(
            names = {"-a", "--annotations"},
            paramLabel = "NAME=VALUE",
            description = "what else the signature says; may be repeated")
    private Map<String, String> annotations = Map.of();

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "images, by tag or better by digest")
    private List<String> images = List.of();

    SignCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        List<ImageName> names = new ArrayList<>();
        for (String image : images) {
            names.add(RegistryOptions.image(image));
        }
        SigstoreSigner signer = signing.signer(this);
        RegistryClient client = registry.client(terminal());
        List<Map<String, Object>> signed = new ArrayList<>();
        for (ImageName name : names) {
            sign(name, signer, registry.repository(client, name.repository(), terminal()), signed);
        }
        document("pratique.sign/v1", Map.of("signed", signed));
        return ExitCode.DONE;
    }

    private void sign(
            ImageName name, SigstoreSigner signer, RemoteRepository repository, List<Map<String, Object>> signed)
            throws Failure {
        Manifest manifest = repository.manifest(name.reference());
        EvidencePublisher publisher =
                new EvidencePublisher(repository, signer, terminal().clock());
        String tag = name.reference().tag().map(t -> " (tag " + t + ")").orElse("");
        List<Descriptor> subjects = new ArrayList<>();
        subjects.add(Descriptor.of(manifest.mediaType(), manifest.bytes()));
        if (recursive && manifest instanceof Manifest.Index index) {
            subjects.addAll(index.manifests());
        }
        for (Descriptor subject : subjects) {
            String of = subject.digest().equals(manifest.digest()) ? tag : " (of the index)";
            progress("signing " + name.repository() + "@" + subject.digest() + of);
            Stored stored = publisher.sign(subject, signing.format(), annotations);
            say(stored.added() ? "  " + where(stored) : "  signed before by this key: nothing to do");
            signed.add(row(name.repository(), subject, signing.format(), stored));
        }
    }

    static String where(Stored stored) {
        return stored.tag().map(tag -> "stored under the tag " + tag).orElse("stored as referrer " + stored.manifest());
    }

    static Map<String, Object> row(Repository repository, Descriptor subject, Format format, Stored stored) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("repository", repository.toString());
        row.put("digest", subject.digest().toString());
        row.put("format", format.toString());
        row.put("evidence", stored.manifest().toString());
        row.put("tag", stored.tag().orElse(null));
        row.put("added", stored.added());
        return row;
    }
}
