package dev.pratique.signer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configuration directory over a test registry. */
final class TestConfig {
    private TestConfig() {}

    static Path write(Path directory, String registry, String rules) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("proxy.yaml"), """
                listen:
                  - {name: default, address: "0.0.0.0:5060"}
                operator: {address: "127.0.0.1:5061"}
                storage: {directory: store}
                upstreams:
                  REGISTRY: {url: "http://REGISTRY", plainHttp: true}
                """.replace("REGISTRY", registry));
        Files.writeString(directory.resolve("trust.yaml"), "signers:\n  ci: {key: ci.pub}\n");
        Files.writeString(
                directory.resolve("policy.yaml"), "rules:\n" + rules.indent(2).replace("REGISTRY", registry));
        Files.writeString(directory.resolve("catalog.yaml"), "# ours\nversion: 1\nbases: []\n");
        return directory;
    }
}
