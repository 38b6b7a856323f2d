package dev.pratique.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The files of {@code src/test/resources/complete}, which have every key, with what they refer to. */
final class CompleteConfig {
    static final Path FILES = Path.of("src/test/resources/complete");
    static final Map<String, String> ENVIRONMENT = Map.of("GHCR_PASSWORD", "hunter2-hunter2");

    private CompleteConfig() {}

    static TestConfig in(Path directory) {
        try {
            Files.createDirectories(directory.resolve("images"));
            TestPem server = TestPem.elliptic("secp256r1", 36_500);
            TestConfig config = new TestConfig(directory)
                    .write("tls/proxy.pem", server.certificatePem())
                    .write("tls/sealed.key", server.encrypted("hunter2-hunter2"))
                    .write("tls/users", "ci-1:$2y$05$iBDtT8lD1sMXzNiC7JSS0ecXsFy7w9zPGpWjSOLLRC2.ObNxKJTt6\n")
                    .write("secret", "hunter2-hunter2")
                    .write("ca.pem", Files.readString(Path.of("src/test/resources/ca.pem")))
                    .write("roots/acme.json", Files.readString(Path.of("src/test/resources/trusted_root.json")))
                    .write("roots/tuf.json", new String(BuiltInRoot.pinnedRoot(), StandardCharsets.UTF_8))
                    .write("pki/root.pem", TestPem.authority("root").certificatePem())
                    .write(
                            "pki/signer.pem",
                            TestPem.authority("root").certify("signer", false).certificatePem())
                    .write("keys/vendor-2025.pub", TestConfig.p256())
                    .write("keys/vendor-2026.pub", TestConfig.p256())
                    .write("keys/release-2026.pub", TestConfig.p256())
                    .write("keys/release-p384.pub", TestConfig.pem("EC", "secp384r1", 0))
                    .write("keys/qa.pub", TestConfig.pem("Ed25519", "", 0));
            for (String file : ConfigDir.FILES) {
                config.write(file, Files.readString(FILES.resolve(file)));
            }
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that the snapshot says, but for its revision, which is about the same, and for which object a key is. */
    static String said(Snapshot snapshot) {
        return snapshot.toString().replaceAll("\\b([A-Z]\\w*)@[0-9a-f]+", "$1").replaceAll("revision=\\w+", "");
    }
}
