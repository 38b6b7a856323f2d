package dev.pratique.signer.cli;

import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.image.Repository;
import dev.pratique.attestations.registry.RegistryReader;
import dev.pratique.config.CatalogFile.Entry;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.check.LocalFile;
import dev.pratique.signer.cli.NamedImage.FoundImage;
import dev.pratique.signer.provenance.BuildKitMetadata;
import dev.pratique.signer.provenance.BuiltImage;
import dev.pratique.signer.provenance.Dockerfile;
import dev.pratique.signer.provenance.Elsewhere;
import dev.pratique.signer.provenance.Material;
import dev.pratique.signer.provenance.MaterialSources;
import dev.pratique.signer.publish.LayoutTarget;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where it is found out what went into an image; a group of options that only provenance has. */
final class MaterialOptions {
    /** An image of a layout that has no name elsewhere; its reader asks for none. */
    private static final Repository UNNAMED = new Repository("localhost", "layout");

    private static final String WITH_DOCKERFILE = "say which: --dockerfile FILE";
    private static final String WITH_IMAGE = "say which was built: pratique provenance --image IMAGE";

    @Option(
            names = "--base-image",
            paramLabel = "IMAGE",
            description = "an image that it stands on; refused where the layers disagree; may be repeated")
    private List<String> bases = List.of();

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            description = "a catalog.yaml, of whose bases the one is named that it stands on")
    private Optional<Path> catalog = Optional.empty();

    @Option(names = "--dockerfile", paramLabel = "FILE", description = "the images that this Dockerfile builds from")
    private Optional<Path> dockerfile = Optional.empty();

    @Option(
            names = "--build-arg",
            paramLabel = "NAME[=VALUE]",
            description = "as the build was given it, for FROM; without VALUE from the environment")
    private List<String> arguments = List.of();

    @Option(names = "--target", paramLabel = "STAGE", description = "the stage that was built (default: the last)")
    private Optional<String> target = Optional.empty();

    @Option(
            names = "--resolve-tags",
            description = "look up the digests that tags of the Dockerfile have now; by then they may have moved")
    private boolean resolveTags;

    @Option(
            names = "--buildkit-metadata",
            paramLabel = "FILE",
            description = "what docker buildx build --metadata-file has written")
    private Optional<Path> metadata = Optional.empty();

    /** What went into a build whose image is not known. */
    List<Material> of(RegistryOptions registry, Task task) throws Failure {
        Terminal terminal = task.terminal();
        MaterialSources sources = sources(terminal);
        requires("--base-image", !bases.isEmpty(), "an image", WITH_IMAGE);
        requires("--catalog", catalog.isPresent(), "an image", WITH_IMAGE);
        try (ReadAccess others = ReadAccess.of(registry.others(terminal))) {
            return sources.read(new Elsewhere(others.reader(), terminal.clock(), task::warn));
        }
    }

    /** What went into an image, which is read where it is. */
    List<Material> of(FoundImage image, RegistryOptions registry, Task task) throws Failure {
        Terminal terminal = task.terminal();
        MaterialSources sources = sources(terminal);
        Repository repository = image.repository().orElse(UNNAMED);
        try (ReadAccess own = ReadAccess.of(registry.client(terminal));
                ReadAccess others = ReadAccess.of(registry.others(terminal))) {
            RegistryReader reader = image.target() instanceof LayoutTarget layout ? layout.reader() : own.reader();
            BuiltImage built = new BuiltImage(image.name(), repository, image.manifest(), reader);
            return sources.read(built, new Elsewhere(others.reader(), terminal.clock(), task::warn));
        }
    }

    private MaterialSources sources(Terminal terminal) throws Failure {
        requires("--build-arg", !arguments.isEmpty() && dockerfile.isEmpty(), "a Dockerfile", WITH_DOCKERFILE);
        requires("--target", target.isPresent() && dockerfile.isEmpty(), "a Dockerfile", WITH_DOCKERFILE);
        requires("--resolve-tags", resolveTags && dockerfile.isEmpty(), "a Dockerfile", WITH_DOCKERFILE);
        List<ImageName> named = new ArrayList<>();
        for (String base : bases) {
            named.add(RegistryOptions.image(base));
        }
        List<Entry> entries =
                catalog.isPresent() ? CatalogEntries.read(catalog.get()).entries() : List.of();
        Optional<Dockerfile> read = Optional.empty();
        if (dockerfile.isPresent()) {
            Path file = dockerfile.get();
            String text = new String(LocalFile.read(file, Dockerfile.MAX_BYTES), StandardCharsets.UTF_8);
            read = Optional.of(Dockerfile.parse(text, file.toString(), buildArguments(terminal), target));
        }
        Optional<BuildKitMetadata> built = Optional.empty();
        if (metadata.isPresent()) {
            Path file = metadata.get();
            built = Optional.of(
                    BuildKitMetadata.parse(LocalFile.read(file, BuildKitMetadata.MAX_BYTES), file.toString()));
        }
        return new MaterialSources(named, entries, read, built, resolveTags);
    }

    private Map<String, String> buildArguments(Terminal terminal) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            String value = equals < 0 ? terminal.environment().get(name) : argument.substring(equals + 1);
            if (value != null) {
                values.put(name, value);
            }
        }
        return values;
    }

    /** @param hint how the other is said */
    private static void requires(String option, boolean alone, String other, String hint) throws Failure {
        if (alone) {
            throw Failure.of(Kind.USAGE, option + " says something of " + other + ", and none is given", hint);
        }
    }
}
