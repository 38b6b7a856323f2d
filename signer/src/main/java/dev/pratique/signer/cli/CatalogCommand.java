package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands about the catalog of base images. */
@Command(
        name = "catalog",
        description = "Shows and edits the catalog of base images.",
        footer = {
            "",
            "Examples:",
            "  pratique catalog list",
            "  pratique catalog approve docker.io/library/debian:12 --name debian --version 12 --owner platform-team"
        })
final class CatalogCommand extends Group {}
