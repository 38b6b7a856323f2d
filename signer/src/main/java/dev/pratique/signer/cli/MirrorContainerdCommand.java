package dev.pratique.signer.cli;

import dev.pratique.signer.mirror.Containerd;
import dev.pratique.signer.mirror.MirroredClient;
import picocli.CommandLine.Command;

/** Writes what containerd nodes need. */
@Command(
        name = "containerd",
        description = {
            "Writes the hosts.toml files that make containerd, and with it Kubernetes, pull through the proxy only.",
            "There is one for each registry of the configuration, and _default for all others."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror containerd --proxy https://pratique.example",
            "  pratique mirror containerd --proxy https://pratique.example --registry docker.io --output-dir certs.d"
        })
final class MirrorContainerdCommand extends MirrorTask {
    MirrorContainerdCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    MirroredClient client() {
        return new Containerd();
    }
}
