package dev.pratique.signer.cli;

import dev.pratique.signer.mirror.DockerEngine;
import dev.pratique.signer.mirror.MirroredClient;
import picocli.CommandLine.Command;

/** Writes what Docker Engine needs. */
@Command(
        name = "docker",
        description = {
            "Writes the daemon.json and hosts.toml files that make Docker Engine pull through the proxy.",
            "With the containerd image store it falls back nowhere; with the classic one that cannot be enforced."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror docker --proxy https://pratique.example",
            "  pratique mirror docker --proxy https://pratique.example --registry docker.io --output-dir docker"
        })
final class MirrorDockerCommand extends MirrorTask {
    MirrorDockerCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    MirroredClient client() {
        return new DockerEngine();
    }
}
