package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bundles of sigstore-conformance by that suite's command line (docs/cli_protocol.md), whose options {@code verify} has;
 * {@code src/test/conformance} runs the same as processes of their own.
 */
class ConformanceProtocolTest {
    private static final String IDENTITY =
            "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon"
                    + "/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    private static final String ISSUER = "https://token.actions.githubusercontent.com";

    @TempDir
    private Path home;

    @Test
    void everyBundleIsVerifiedOrNotAsItsNameSays() throws Exception {
        Path suite = Path.of(
                System.getProperty("pratique.shared", "../shared"), "corpus/sigstore-conformance/bundle-verify");
        Assumptions.assumeTrue(Files.isDirectory(suite), "no conformance data beside the checkout");
        List<String> wrong = new ArrayList<>();
        int accepts = 0;
        int rejects = 0;
        for (File folder : suite.toFile().listFiles(File::isDirectory)) {
            Path one = folder.toPath();
            Path artifact = Files.exists(one.resolve("artifact")) ? one.resolve("artifact") : suite.resolve("a.txt");
            for (String subject : new String[] {artifact.toString(), digest(artifact)}) {
                int exit = verify(one, subject);
                boolean rejected = exit != 0;
                if (rejected != folder.getName().endsWith("_fail")) {
                    wrong.add(folder.getName() + " " + subject + " exits " + exit);
                } else if (rejected) {
                    rejects++;
                } else {
                    accepts++;
                }
            }
        }
        System.out.println("sigstore-conformance by command: " + accepts + " accepts, " + rejects + " rejects");
        assertThat(wrong).isEmpty();
        assertThat(accepts).isPositive();
        assertThat(rejects).isPositive();
    }

    private int verify(Path one, String subject) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "verify", "--bundle", one.resolve("bundle.sigstore.json").toString()));
        if (Files.exists(one.resolve("key.pub"))) {
            arguments.addAll(List.of("--key", one.resolve("key.pub").toString()));
        } else {
            arguments.addAll(List.of("--certificate-identity", own(one, "identity", IDENTITY)));
            arguments.addAll(List.of("--certificate-oidc-issuer", own(one, "issuer", ISSUER)));
        }
        if (Files.exists(one.resolve("trusted_root.json"))) {
            arguments.addAll(
                    List.of("--trusted-root", one.resolve("trusted_root.json").toString()));
        }
        arguments.add(subject);
        return new TestTerminal(home).run(arguments.toArray(String[]::new));
    }

    private static String own(Path one, String name, String usual) throws IOException {
        Path file = one.resolve(name);
        return Files.exists(file) ? Files.readString(file).strip() : usual;
    }

    private static String digest(Path file) throws Exception {
        return "sha256:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
