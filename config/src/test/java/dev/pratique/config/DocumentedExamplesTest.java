package dev.pratique.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pratique.attestations.trust.TrustRoots.Root;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows can be copied. */
class DocumentedExamplesTest {
    private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path directory;

    @Test
    void loadWithoutAProblem() throws IOException {
        List<String> configuration = examples("configuration.md");
        Files.createDirectories(directory.resolve("images"));
        TestConfig config = new TestConfig(directory)
                .write("hub", "secret")
                .write("keys/acme-ci.pub", TestConfig.p256())
                .write("keys/vendor-2025.pub", TestConfig.p256())
                .write("keys/vendor-2026.pub", TestConfig.p256())
                .write("keys/release-2026.pub", TestConfig.p256())
                .write("keys/release-2027.pub", TestConfig.pem("Ed25519", "", 0))
                .write("keys/builder-p384.pub", TestConfig.pem("EC", "secp384r1", 0))
                .write("roots/acme.json", Files.readString(Path.of("src/test/resources/trusted_root.json")))
                .write("pki/root.pem", TestPem.authority("root").certificatePem())
                .write("policy.yaml", "rules: [{name: all, repositories: [\"**\"], base: catalog}]\n")
                .write("trust.yaml", configuration.get(2));
        assertThat(TestConfig.listed(config.problems())).isEmpty();

        config.write(
                        "proxy.yaml",
                        configuration
                                .get(0)
                                .replace("/run/secrets/docker-hub", "hub")
                                .replace("/srv/images", "images"))
                .write("trust.yaml", configuration.get(3));
        assertThat(TestConfig.listed(config.problems())).isEmpty();

        TestPem server = TestPem.elliptic("secp256r1", 36_500);
        config.write("tls/proxy.pem", server.certificatePem())
                .write("tls/proxy.key", server.pkcs8())
                .write("tls/nodes-ca.pem", server.certificatePem())
                .write("tls/users", "ci-1:$2y$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6\n")
                .write("proxy.yaml", "storage: {directory: store}\n" + configuration.get(1));
        assertThat(TestConfig.listed(config.problems())).isEmpty();

        config.write(
                        "proxy.yaml",
                        TestConfig.PROXY + "  quay.io: {url: \"https://quay.io\"}\n"
                                + "listen: [{name: dev, address: 127.0.0.1:1}]\n")
                .write("policy.yaml", examples("policy.md").get(0));
        assertThat(TestConfig.listed(config.problems())).isEmpty();

        config.write("trust.yaml", "signers: {our-ci: {key: keys/acme.pub}}\n")
                .write("policy.yaml", examples("roll-out.md").get(0));
        assertThat(TestConfig.listed(config.problems())).isEmpty();
    }

    @Test
    void theRootOfGitHubLoads() throws IOException {
        TestConfig config = new TestConfig(directory)
                .write("roots/github-root.json", new String(BuiltInRoot.pinnedRoot(), StandardCharsets.UTF_8))
                .write("policy.yaml", "rules: [{name: all, repositories: [\"**\"], base: catalog}]\n")
                .write("trust.yaml", examples("trust.md").get(0) + "signers: {}\n");
        assertThat(TestConfig.listed(config.problems())).isEmpty();
        assertThat(config.snapshot().trust().roots())
                .extracting(Root::name, Root::logs, Root::timestamps, Root::certificateLogs)
                .containsExactly(tuple("sigstore", 1, 0, 1), tuple("github", 0, 1, 0));
    }

    private static List<String> examples(String file) throws IOException {
        Matcher matcher = EXAMPLE.matcher(Files.readString(Path.of("../docs", file)));
        List<String> examples = new ArrayList<>();
        while (matcher.find()) {
            examples.add(matcher.group(1));
        }
        return examples;
    }
}
