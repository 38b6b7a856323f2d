package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands about trusted roots. */
@Command(
        name = "trust",
        description = "Shows and refreshes the trusted roots: whose certificates, logs and timestamps are believed.",
        footer = {"", "Examples:", "  pratique trust show", "  pratique trust update --root sigstore"})
final class TrustCommand extends Group {}
