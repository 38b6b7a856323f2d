package dev.pratique.proxy.cli;

import dev.pratique.attestations.image.ChainId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The configuration of the demonstration, as an operator would write it. Stateless. */
final class DemoConfig {
    private DemoConfig() {}

    /** @param port of the registry face; 0: any free one */
    static void write(Path directory, int port, String tampered, String gone) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("proxy.yaml"), String.format(Locale.ROOT, """
                listen:
                  - {name: default, address: "127.0.0.1:%d"}
                operator: {address: "127.0.0.1:0"}
                storage: {directory: ../store}
                tags: {staleIfError: 7d}
                upstreams:
                  demo.example: {layout: ../demo.example}
                  tampered.example: {url: "%s", plainHttp: true}
                  gone.example: {url: "%s", plainHttp: true}
                """, port, tampered, gone));
        Files.writeString(directory.resolve("trust.yaml"), """
                signers:
                  acme-ci: {key: acme-ci.pub}
                builders:
                  acme-runner: https://ci.example/runner
                """);
        Files.writeString(directory.resolve("policy.yaml"), """
                rules:
                  - name: built from our source
                    repositories: ["demo.example/built/**"]
                    signedBy: {any: [acme-ci]}
                    provenance: {builders: [acme-runner], sources: ["https://git.example/acme/*"]}
                    base: catalog
                  - name: acme applications
                    repositories: ["demo.example/acme/**", "tampered.example/**", "gone.example/**"]
                    signedBy: {any: [acme-ci]}
                    base: catalog
                  - {name: everything else, repositories: ["**"], refuse: not from an approved registry}
                """);
    }

    /**
     * One entry of catalog.yaml.
     *
     * @param dates whole lines
     */
    static String base(String version, String dates, ChainId chain, int layers) {
        return String.format(Locale.ROOT, """
                  - name: sample-base
                    version: "%s"
                    owner: platform team
                %s    platforms:
                      linux/amd64: {chainId: "%s", layers: %d}
                """, version, dates, chain, layers);
    }
}
