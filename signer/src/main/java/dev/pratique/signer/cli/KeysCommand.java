package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands about keys. */
@Command(
        name = "keys",
        description = "Makes key pairs and shows public keys.",
        footer = {
            "",
            "Examples:",
            "  pratique keys generate --output-key-prefix acme-ci",
            "  pratique keys public --key acme-ci.key"
        })
final class KeysCommand extends Group {}
