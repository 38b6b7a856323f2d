package dev.pratique.signer.cli;

import dev.pratique.signer.mirror.BuildKit;
import dev.pratique.signer.mirror.MirroredClient;
import picocli.CommandLine.Command;

/** Writes what BuildKit needs. */
@Command(
        name = "buildkit",
        description = {
            "Writes the buildkitd.toml and the source policy that make BuildKit pull through the proxy.",
            "Says why buildkitd alone cannot be made to."
        },
        footer = {
            "",
            "Examples:",
            "  pratique mirror buildkit --proxy https://pratique.example",
            "  pratique mirror buildkit --proxy https://pratique.example --registry docker.io --output-dir buildkit"
        })
final class MirrorBuildkitCommand extends MirrorTask {
    MirrorBuildkitCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    MirroredClient client() {
        return new BuildKit();
    }
}
