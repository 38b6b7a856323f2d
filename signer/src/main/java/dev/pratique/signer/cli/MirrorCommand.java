package dev.pratique.signer.cli;

import picocli.CommandLine.Command;

/** The group of commands that write the configuration of clients. */
@Command(
        name = "mirror",
        description = "Writes the configuration that makes a client use the proxy and fall back nowhere.",
        footer = {"", "Example:", "  pratique mirror containerd --proxy https://pratique.example"})
final class MirrorCommand extends Group {}
