package dev.pratique.signer.cli;

import dev.pratique.signer.mirror.Containers;
import dev.pratique.signer.mirror.MirroredClient;
import picocli.CommandLine.Command;

/** Writes what podman, buildah and skopeo need. */
@Command(
        name = "podman",
        description = {
            "Writes the files that make podman, buildah and skopeo pull through the proxy only.",
            "These are a registries.conf and a policy.json. Says how their users get around them."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror podman --proxy https://pratique.example",
            "  pratique mirror podman --proxy https://pratique.example --registry docker.io --output-dir containers"
        })
final class MirrorPodmanCommand extends MirrorTask {
    MirrorPodmanCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    MirroredClient client() {
        return Containers.podman();
    }
}
