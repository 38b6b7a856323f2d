package dev.pratique.signer.cli;

import dev.pratique.attestations.image.ImageName;
import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.config.CatalogFile;
import dev.pratique.config.CatalogFile.Entry;
import dev.pratique.config.Purpose;
import dev.pratique.config.Upstream;
import dev.pratique.signer.Failure;
import dev.pratique.signer.check.BaseLayers;
import dev.pratique.signer.check.ConfiguredRegistries;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Approves a base image. */
@Command(
        name = "approve",
        description = {
            "Approves an image as a base.",
            "Its layers on every platform are read from its registry and written to catalog.yaml, where an entry of the",
            "same name and version is replaced, and comments and all else stay."
        },
        footer = {
            "",
            "Example:",
            "  pratique catalog approve docker.io/library/debian:12 --name debian --version 12 --owner platform-team \\",
            "      --end-of-life 2028-06-30 --replacement 'debian 13'"
        })
final class CatalogApproveCommand extends Task {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Mixin
    private RegistryOptions registry = new RegistryOptions();

    @Parameters(paramLabel = "IMAGE", description = "the image, by tag or digest")
    private String image = "";

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "what the base is called")
    private String name = "";

    @Option(names = "--version", paramLabel = "VERSION", required = true, description = "which one of that name")
    private String version = "";

    @Option(names = "--owner", paramLabel = "TEAM", required = true, description = "who answers for it")
    private String owner = "";

    @Option(names = "--approved", paramLabel = "DATE", description = "refused before this day (default: today)")
    private Optional<LocalDate> approved = Optional.empty();

    @Option(names = "--deprecated", paramLabel = "DATE", description = "admitted with a warning from this day")
    private Optional<LocalDate> deprecated = Optional.empty();

    @Option(names = "--end-of-life", paramLabel = "DATE", description = "refused from this day")
    private Optional<LocalDate> endOfLife = Optional.empty();

    @Option(names = "--replacement", paramLabel = "TEXT", description = "what to use instead, for people")
    private Optional<String> replacement = Optional.empty();

    CatalogApproveCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        ImageName reference = RegistryOptions.image(image);
        Path file = config.directory().resolve("catalog.yaml");
        CatalogEntries.read(file);
        // An address of the configuration is a convenience here; what else may be wrong with it is not.
        Map<String, Upstream> upstreams = config.load(terminal(), Purpose.JUDGE)
                .fold(snapshot -> snapshot.proxy().upstreams(), problems -> Map.of());
        ConfiguredRegistries registries = new ConfiguredRegistries(upstreams, registry.endpoints());
        BaseLayers layers;
        try (ReadAccess access = ReadAccess.open(terminal(), registry, registries, reference.repository())) {
            layers = BaseLayers.read(access.reader(), reference, terminal().clock());
        }
        LocalDate today = LocalDate.ofInstant(terminal().clock().instant(), ZoneOffset.UTC);
        BaseImage base = new BaseImage(
                name,
                version,
                owner,
                layers.digests(),
                layers.platforms(),
                Optional.of(approved.orElse(today)),
                deprecated,
                endOfLife,
                replacement);
        Entry entry = new Entry(base, Optional.of(reference), layers.diffIds());
        CatalogFile.Edited edited = new CatalogFile(file).approve(entry);
        if (edited instanceof CatalogFile.Rejected rejected) {
            throw CatalogEntries.notInOrder(file, rejected.problems());
        }
        long written = ((CatalogFile.Written) edited).version();
        report(entry, written, file);
        return ExitCode.DONE;
    }

    private void report(Entry entry, long written, Path file) {
        say("approved " + entry.base().label() + " in " + file + ", now version " + written);
        new TreeMap<>(entry.base().platforms())
                .forEach((platform, layers) -> say("  " + platform + ": "
                        + ConfigCheckCommand.count(layers.layers(), "layer") + ", ChainID " + layers.chainId()));
        document(
                "pratique.catalog.approve/v1",
                Map.of(
                        "version",
                        written,
                        "base",
                        CatalogEntries.row(entry, terminal().clock().instant())));
    }
}
