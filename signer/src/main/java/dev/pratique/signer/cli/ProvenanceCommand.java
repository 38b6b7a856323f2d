package dev.pratique.signer.cli;

import dev.pratique.attestations.json.JsonWriter;
import dev.pratique.attestations.statement.Provenance;
import dev.pratique.signer.Failure;
import dev.pratique.signer.provenance.Material;
import dev.pratique.signer.publish.WholeFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what is known of the running pipeline. */
@Command(
        name = "provenance",
        description = {
            "Writes the SLSA v1 provenance predicate of the pipeline run that it is a part of.",
            "What was not seen is not said. To sign it about an image in one step:",
            "pratique attest IMAGE --type slsaprovenance1 --predicate auto --key KEY"
        },
        footer = {
            "",
            "Examples:",
            "  pratique provenance --output-file provenance.json",
            "  pratique provenance --dockerfile Dockerfile --image registry.example/team/app@sha256:...",
            "  pratique provenance --ci none --builder-id https://ci.example/nightly \\",
            "      --source-uri https://git.example/team/app --source-ref refs/heads/main"
        })
final class ProvenanceCommand extends Task {
    @ArgGroup(validate = false, heading = "%nThe run:%n")
    private RunOptions run = new RunOptions();

    @ArgGroup(validate = false, heading = "%nWhat went into the image:%n")
    private MaterialOptions materials = new MaterialOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "the image that was built; its base is recognised by its layers")
    private Optional<String> image = Optional.empty();

    @Option(names = "--output-file", paramLabel = "FILE", description = "write it there instead of showing it")
    private Optional<Path> file = Optional.empty();

    ProvenanceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        var provenance = run.provenance(this);
        Map<String, Object> predicate = provenance.predicate(materials());
        byte[] written = JsonWriter.bytes(predicate);
        if (file.isPresent()) {
            WholeFile.store(file.get(), written);
        } else {
            say(new String(written, StandardCharsets.UTF_8));
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("file", file.map(Path::toString).orElse(null));
        members.put("predicateType", Provenance.V1);
        members.put("predicate", predicate);
        members.put("unknown", provenance.unknown());
        document("pratique.provenance/v1", members);
        return ExitCode.DONE;
    }

    private List<Material> materials() throws Failure {
        if (image.isEmpty()) {
            return materials.of(registry, this);
        }
        NamedImage named = NamedImage.parse(image.get());
        var surroundings = new NamedImage.Surroundings(registry.client(terminal()), registry, terminal());
        return materials.of(named.find(surroundings, false), registry, this);
    }
}
