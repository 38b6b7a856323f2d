package dev.pratique.signer.cli;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A registry with images, and a key. */
abstract class ImagesToSign {
    static final String MANIFEST = dev.pratique.attestations.image.MediaType.OCI_MANIFEST;

    @TempDir
    Path home;

    TestTerminal terminal;
    TestRegistry registry;
    String key;
    String name;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home);
        registry = new TestRegistry(true);
        TestKeys.write(home.resolve("ci"));
        key = home.resolve("ci.key").toString();
        name = registry.host() + "/team/app";
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    JsonObject json() throws Exception {
        return StrictJson.parseObject(terminal.out().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
    }
}
