package dev.pratique.signer.cli;

import dev.pratique.attestations.MalformedEvidenceException;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.config.ConfigDir;
import dev.pratique.config.ConfigSchema;
import dev.pratique.signer.Failure;
import dev.pratique.signer.UnwrittenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the schemas of the files. */
@Command(
        name = "schema",
        description = {
            "Prints the JSON Schema (2020-12) of a file, with which an editor completes and checks it while you write.",
            "Without FILE it lists the four."
        },
        footer = {
            "",
            "Examples:",
            "  pratique config schema proxy.yaml",
            "  pratique config schema --output-dir /etc/pratique/schema",
            "and in the first line of /etc/pratique/proxy.yaml:",
            "  # yaml-language-server: $schema=schema/proxy.schema.json"
        })
final class ConfigSchemaCommand extends Task {
    private static final int MAX_BYTES = 1 << 20;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "proxy.yaml, trust.yaml, policy.yaml or catalog.yaml")
    private Optional<String> file = Optional.empty();

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "write the schemas into DIR instead of printing them")
    private Optional<Path> outputDirectory = Optional.empty();

    ConfigSchemaCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        List<String> files = file.isPresent() ? List.of(ConfigFileName.of(file.get())) : ConfigDir.FILES;
        Map<String, Object> schemas = new LinkedHashMap<>();
        for (String one : files) {
            schemas.put(one, parsed(one));
            if (outputDirectory.isPresent()) {
                say("wrote " + write(outputDirectory.get(), one));
            } else if (file.isPresent()) {
                say(ConfigSchema.of(one).stripTrailing());
            } else {
                say(one + "  see: pratique config schema " + one);
            }
        }
        document("pratique.config.schema/v1", Map.of("schemas", schemas));
        return ExitCode.DONE;
    }

    private static Path write(Path directory, String file) throws Failure {
        Path path = directory.resolve(file.replace(".yaml", ".schema.json"));
        try {
            Files.createDirectories(directory);
            return Files.writeString(path, ConfigSchema.of(file));
        } catch (IOException e) {
            throw UnwrittenFile.because(path, e);
        }
    }

    private static JsonObject parsed(String file) {
        try {
            return StrictJson.parseObject(
                    ConfigSchema.of(file).getBytes(StandardCharsets.UTF_8), "the schema", MAX_BYTES);
        } catch (MalformedEvidenceException e) {
            throw new IllegalStateException("the schema of " + file + " cannot be read", e);
        }
    }
}
