package dev.pratique.signer.cli;

import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.config.CatalogFile;
import dev.pratique.config.CatalogFile.Entry;
import dev.pratique.config.yaml.NearestName;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a base image. */
@Command(
        name = "show",
        description = "Shows all that the catalog says about a base image, in all its versions.",
        footer = {"", "Example:", "  pratique catalog show debian"})
final class CatalogShowCommand extends Task {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Parameters(paramLabel = "NAME", description = "a base's name, or its name and version in quotes")
    private String name = "";

    CatalogShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        Path file = config.directory().resolve("catalog.yaml");
        CatalogFile.Entries entries = CatalogEntries.read(file);
        List<Entry> found = entries.entries().stream()
                .filter(entry ->
                        entry.base().name().equals(name) || entry.base().label().equals(name))
                .toList();
        if (found.isEmpty()) {
            List<String> names =
                    entries.entries().stream().map(entry -> entry.base().name()).toList();
            String hint = NearestName.find(name, names)
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("see: pratique catalog list");
            throw Failure.of(Kind.FAILED, "the catalog has no base '" + name + "'", hint);
        }
        Instant now = terminal().clock().instant();
        found.forEach(entry -> show(entry, now));
        document(
                "pratique.catalog.show/v1",
                Map.of(
                        "bases",
                        found.stream()
                                .map(entry -> CatalogEntries.row(entry, now))
                                .toList()));
        return ExitCode.DONE;
    }

    private void show(Entry entry, Instant now) {
        BaseImage base = entry.base();
        say(base.label() + ": " + CatalogEntries.phase(base, now));
        say("  owner        " + base.owner());
        entry.reference().ifPresent(reference -> say("  reference    " + reference));
        base.approved().ifPresent(day -> say("  approved     " + day));
        base.deprecated().ifPresent(day -> say("  deprecated   " + day));
        base.endOfLife().ifPresent(day -> say("  end of life  " + day));
        base.replacement().ifPresent(other -> say("  replacement  " + other));
        TreeSet<String> digests = new TreeSet<>();
        base.digests().forEach(digest -> digests.add(digest.toString()));
        digests.forEach(digest -> say("  digest       " + digest));
        new TreeMap<>(base.platforms())
                .forEach((platform, layers) -> say("  " + platform + ": "
                        + ConfigCheckCommand.count(layers.layers(), "layer") + ", ChainID " + layers.chainId()));
    }
}
