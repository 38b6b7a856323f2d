package dev.pratique.signer.cli;

import dev.pratique.signer.mirror.K3s;
import dev.pratique.signer.mirror.MirroredClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes what K3s and RKE2 nodes need. */
@Command(
        name = "k3s",
        description = {
            "Writes the files that make K3s and RKE2 pull through the proxy only.",
            "These are a registries.yaml, and the option without which containerd falls back all the same."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror k3s --proxy https://pratique.example",
            "  pratique mirror k3s --rke2 --proxy https://pratique.example --output-dir rke2"
        })
final class MirrorK3sCommand extends MirrorTask {
    @Option(names = "--rke2", description = "for RKE2, which has the same files in another directory")
    private boolean rke2;

    MirrorK3sCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    MirroredClient client() {
        return new K3s(rke2 ? "rke2" : "k3s");
    }
}
