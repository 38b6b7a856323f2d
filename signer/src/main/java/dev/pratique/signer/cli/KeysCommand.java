package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands about keys. */
@Command(
        name = "keys",
        description = "Makes key pairs, shows public keys and what lies on a token.",
        footer = {
            "",
            "Examples:",
            "  pratique keys generate --output-key-prefix acme-ci",
            "  pratique keys public --key acme-ci.key",
            "  pratique keys list 'pkcs11:token=acme?module-path=/usr/lib/softhsm/libsofthsm2.so'"
        })
final class KeysCommand extends Group {}
