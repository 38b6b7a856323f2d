package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.publish.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole of what {@code verify} prints of an image that real cosign signed, for people and for programs, as
 * {@code verify/*} among the resources has it; {@code -Dgolden=write} writes them anew.
 */
class VerifyOutputTest {
    private static final String SAMPLE = "kl-bundle-rekor1-tsa";
    private static final String GITHUB = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";
    private static final String ISSUER = "http://127.0.0.1:18888/gh";

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private String image = "sha256:of nothing";

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).at(Instant.parse("2026-11-21T12:00:00Z"));
        registry = new TestRegistry(true);
        Samples.push(SAMPLE, registry);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private int verify(String format, String identity, String issuer, String... more) {
        String[] args = new String[more.length + 10];
        String[] first = {
            "verify",
            "-o",
            format,
            "--certificate-identity",
            identity,
            "--certificate-oidc-issuer",
            issuer,
            "--trusted-root",
            Samples.file("trusted_root.json")
        };
        System.arraycopy(first, 0, args, 0, 9);
        System.arraycopy(more, 0, args, 9, more.length);
        args[args.length - 1] = registry.host() + "/" + SAMPLE + ":v1";
        return terminal.run(args);
    }

    private void assertGolden(String name) throws IOException {
        String said = terminal.out()
                .replace(registry.host(), "registry.example")
                .replace(image, "DIGEST")
                .replace(Samples.folder().toString(), "SAMPLES");
        Path file = Path.of("src/test/resources/verify", name);
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, said, StandardCharsets.UTF_8);
        }
        assertThat(said).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void aGoodOneSaysWhoAndWhoVouchesForIt(String format) throws Exception {
        assertThat(verify(format, GITHUB, ISSUER)).isZero();
        assertGolden("verified." + format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void anotherIdentityIsNotIt(String format) throws Exception {
        assertThat(verify(format, "dev@example.test", ISSUER)).isEqualTo(3);
        assertGolden("other-identity." + format);
    }

    @Test
    void anotherIssuerIsNotIt() throws Exception {
        assertThat(verify("text", GITHUB, "https://token.actions.githubusercontent.com"))
                .isEqualTo(3);
        assertGolden("other-issuer.text");
    }

    @Test
    void aStatementThatNobodyMadeIsNotThere() throws Exception {
        assertThat(verify("text", GITHUB, ISSUER, "--type", "slsaprovenance1")).isEqualTo(3);
        assertGolden("no-such-statement.text");
    }

    @Test
    void nothingBesideTheImageIsUnsigned() throws Exception {
        image = registry.image(SAMPLE, "v1").toString();
        assertThat(verify("text", GITHUB, ISSUER)).isEqualTo(3);
        assertGolden("unsigned.text");
    }
}
