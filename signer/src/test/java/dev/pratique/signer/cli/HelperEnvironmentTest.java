package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.publish.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CLI-06: what programs of other people see that are asked for keys and logins. */
class HelperEnvironmentTest {
    private static final List<String> OURS = List.of(
            "PRATIQUE_PASSWORD",
            "PRATIQUE_PIN",
            "PRATIQUE_REGISTRY_TOKEN",
            "COSIGN_PASSWORD",
            "COSIGN_PKCS11_PIN",
            "SIGSTORE_ID_TOKEN");

    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void make() throws Exception {
        OURS.forEach(name -> environment.put(name, "s3cret-of-ours"));
        environment.put("GOOGLE_APPLICATION_CREDENTIALS", "of-the-plugin");
        environment.put("AWS_SECRET_ACCESS_KEY", "of-the-plugin");
        environment.put("PATH", directory + ":" + System.getenv("PATH"));
        environment.put("DOCKER_CONFIG", directory.toString());
        TestKeys.write(directory.resolve("ci"));
    }

    private Path program(String name) throws Exception {
        Path seen = directory.resolve(name + ".env");
        Path file = Files.writeString(
                directory.resolve(name), "#!/bin/sh\nenv >'" + seen + "'\necho 'credentials not found'\nexit 1\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return seen;
    }

    private static void sawItsOwnAlone(Path seen) {
        assertThat(seen)
                .content()
                .contains("GOOGLE_APPLICATION_CREDENTIALS=of-the-plugin")
                .contains("AWS_SECRET_ACCESS_KEY=of-the-plugin")
                .contains("PATH=")
                .doesNotContain("s3cret-of-ours")
                .doesNotContain("PRATIQUE_");
    }

    @Test
    void a_plugin_has_its_own_credentials_and_not_ours() throws Exception {
        Path seen = program("sigstore-kms-spy");
        assertThat(new PratiqueProcess(directory, environment)
                        .run("keys", "public", "--key", "spy://key")
                        .err())
                .contains("the plugin sigstore-kms-spy answered");
        sawItsOwnAlone(seen);
    }

    @Test
    void a_credential_helper_has_its_own_credentials_and_not_ours() throws Exception {
        Path seen = program("docker-credential-spy");
        Files.writeString(directory.resolve("config.json"), "{\"credsStore\": \"spy\"}");
        environment.remove("PRATIQUE_REGISTRY_TOKEN");
        environment.put("PRATIQUE_REGISTRY_PASSWORD", "");
        try (TestRegistry registry = new TestRegistry(true)) {
            registry.image("team/app", "v1");
            registry.trouble(exchange -> {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                exchange.sendResponseHeaders(401, -1);
                exchange.close();
                return true;
            });
            new PratiqueProcess(directory, environment)
                    .run("verify", "--key", "ci.pub", registry.host() + "/team/app:v1");
        }
        sawItsOwnAlone(seen);
    }
}
