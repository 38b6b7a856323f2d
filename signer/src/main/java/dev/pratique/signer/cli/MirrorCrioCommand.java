package dev.pratique.signer.cli;

import dev.pratique.signer.mirror.Containers;
import dev.pratique.signer.mirror.MirroredClient;
import picocli.CommandLine.Command;

/** Writes what CRI-O nodes need. */
@Command(
        name = "crio",
        description = {
            "Writes the files that make CRI-O, and with it Kubernetes and OpenShift, pull through the proxy only.",
            "These are a registries.conf and a policy.json."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror crio --proxy https://pratique.example",
            "  pratique mirror crio --proxy https://pratique.example --registry docker.io --output-dir containers"
        })
final class MirrorCrioCommand extends MirrorTask {
    MirrorCrioCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    MirroredClient client() {
        return Containers.crio();
    }
}
