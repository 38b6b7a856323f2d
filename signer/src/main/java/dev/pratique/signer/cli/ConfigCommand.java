package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands about the configuration. */
@Command(
        name = "config",
        description = "Looks at the configuration.",
        footer = {"", "Example:", "  pratique config check --config /etc/pratique"})
final class ConfigCommand extends Group {}
