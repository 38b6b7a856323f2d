package dev.pratique.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A small configuration in order, of which a test replaces what it is about. */
final class TestConfig {
    static final String PROXY = """
            storage: {directory: store}
            upstreams:
              docker.io: {url: "https://registry-1.docker.io"}
              ghcr.io: {url: "https://ghcr.io"}
            """;
    static final String POLICY = """
            rules:
              - name: all
                repositories: ["**"]
                signedBy: {any: [acme-ci]}
            """;

    private final Path directory;

    TestConfig(Path directory) {
        this.directory = directory;
        write("proxy.yaml", PROXY);
        write("trust.yaml", "signers: {acme-ci: {key: keys/acme.pub}}\n");
        write("keys/acme.pub", p256());
        write("policy.yaml", POLICY);
        write("catalog.yaml", "version: 1\nbases: []\n");
    }

    Path directory() {
        return directory;
    }

    TestConfig write(String file, String text) {
        try {
            Path path = directory.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Loaded load(Map<String, String> environment) {
        return ConfigDir.load(directory, environment, Purpose.SERVE);
    }

    Snapshot snapshot() {
        return valid(load(Map.of()));
    }

    List<Problem> problems() {
        return problems(Map.of());
    }

    List<Problem> problems(Map<String, String> environment) {
        return load(environment).fold(snapshot -> List.of(), problems -> problems);
    }

    /** One line a problem, its hint behind an arrow. */
    static String listed(List<Problem> problems) {
        StringBuilder lines = new StringBuilder();
        problems.forEach(problem -> lines.append(problem)
                .append(problem.hint().isEmpty() ? "" : "  -> " + problem.hint())
                .append('\n'));
        return lines.toString();
    }

    static Snapshot valid(Loaded loaded) {
        return loaded.fold(snapshot -> snapshot, problems -> {
            throw new AssertionError(listed(problems));
        });
    }

    static String p256() {
        return pem("EC", "secp256r1", 0);
    }

    static String pem(String algorithm, String curve, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (!curve.isEmpty()) {
                generator.initialize(new ECGenParameterSpec(curve));
            } else if (bits > 0) {
                generator.initialize(bits);
            }
            return pem(generator.generateKeyPair().getPublic());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(PublicKey key) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + body + "\n-----END PUBLIC KEY-----\n";
    }
}
