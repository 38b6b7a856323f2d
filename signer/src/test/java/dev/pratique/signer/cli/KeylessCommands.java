package dev.pratique.signer.cli;

import dev.pratique.attestations.image.Digest;
import dev.pratique.signer.publish.TestRegistry;
import dev.pratique.signer.sigstore.FakeSigstore;
import dev.pratique.signer.sigstore.TestTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** {@code sign} and {@code attest} with a Sigstore on loopback. */
abstract class KeylessCommands {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    Path home;

    TestTerminal terminal;
    TestRegistry registry;
    FakeSigstore sigstore;
    Digest image;
    String name;
    String token;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).at(NOW);
        registry = new TestRegistry(true);
        sigstore = new FakeSigstore(NOW);
        image = registry.image("team/app", "v1");
        name = registry.host() + "/team/app";
        token = TestTokens.of(TestTokens.person(NOW));
        Files.writeString(home.resolve("token"), token);
        Files.writeString(home.resolve("root.json"), sigstore.trustedRoot());
        for (String services : List.of("rekor1", "rekor1 tsa", "rekor2 tsa", "rekor2", "tsa", "")) {
            String[] some = services.isEmpty() ? new String[0] : services.split(" ");
            Files.writeString(home.resolve(services.replace(' ', '-') + ".config"), sigstore.signingConfig(some));
        }
    }

    @AfterEach
    void stop() {
        registry.close();
        sigstore.close();
    }

    int sign(String config, String... more) {
        List<String> all = new ArrayList<>(List.of("sign"));
        all.addAll(List.of("--signing-config", file(config + ".config")));
        all.addAll(List.of("--trusted-root", file("root.json")));
        all.addAll(List.of(more));
        all.add(name + ":v1");
        return terminal.run(all.toArray(String[]::new));
    }

    int keyless(String config, String... more) {
        List<String> all = new ArrayList<>(List.of("--identity-token", file("token")));
        all.addAll(List.of(more));
        return sign(config, all.toArray(String[]::new));
    }

    int verify(String... more) {
        List<String> all = new ArrayList<>(List.of("verify", "--trusted-root", file("root.json")));
        all.addAll(List.of("--certificate-identity", TestTokens.ADDRESS));
        all.addAll(List.of("--certificate-oidc-issuer", TestTokens.ISSUER));
        all.addAll(List.of(more));
        all.add(name + ":v1");
        return terminal.run(all.toArray(String[]::new));
    }

    String file(String of) {
        return home.resolve(of).toString();
    }

    boolean nothingStored() {
        return registry.log().stream().noneMatch(line -> line.startsWith("PUT") || line.startsWith("POST"));
    }
}
