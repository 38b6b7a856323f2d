package dev.pratique.signer.cli;

import dev.pratique.attestations.policy.Catalog.BaseImage;
import dev.pratique.config.CatalogFile;
import dev.pratique.signer.Failure;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the base images. */
@Command(
        name = "list",
        description = "Lists the base images of the catalog and where each stands in its life.",
        footer = {"", "Example:", "  pratique catalog list --config /etc/pratique"})
final class CatalogListCommand extends Task {
    @Mixin
    private ConfigOptions config = new ConfigOptions();

    CatalogListCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    ExitCode run() throws Failure {
        CatalogFile.Entries entries = CatalogEntries.read(config.directory().resolve("catalog.yaml"));
        Instant now = terminal().clock().instant();
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("BASE", "PHASE", "END OF LIFE", "OWNER", "PLATFORMS"));
        for (CatalogFile.Entry entry : entries.entries()) {
            BaseImage base = entry.base();
            TreeSet<String> platforms = new TreeSet<>();
            base.platforms().keySet().forEach(platform -> platforms.add(platform.toString()));
            table.add(List.of(
                    base.label(),
                    CatalogEntries.phase(base, now),
                    base.endOfLife().map(LocalDate::toString).orElse("-"),
                    base.owner(),
                    String.join(", ", platforms)));
        }
        if (entries.entries().isEmpty()) {
            say("the catalog is empty; approve a base: pratique catalog approve IMAGE --name N --version V --owner O");
        } else {
            Columns.of(table).forEach(this::say);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", entries.version());
        document.put(
                "bases",
                entries.entries().stream()
                        .map(entry -> CatalogEntries.row(entry, now))
                        .toList());
        document("pratique.catalog.list/v1", document);
        return ExitCode.DONE;
    }
}
