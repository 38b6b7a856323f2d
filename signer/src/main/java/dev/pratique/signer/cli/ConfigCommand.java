package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands about the configuration. */
@Command(
        name = "config",
        description = "Looks at the configuration.",
        footer = {"", "Examples:", "  pratique config check --config /etc/pratique", "  pratique config show proxy.yaml"
        })
final class ConfigCommand extends Group {}
