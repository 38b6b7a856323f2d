package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CLI-08: what is signed here, real cosign verifies, on real registries with and without a referrers API. */
@Tag("interop")
class CosignInteropTest {
    @TempDir
    private Path directory;

    private ForeignTools tools;
    private TestTerminal terminal;

    @BeforeEach
    void make() {
        tools = new ForeignTools(directory);
        terminal = new TestTerminal(directory).with("PRATIQUE_PASSWORD", "pw");
    }

    @AfterEach
    void stop() {
        tools.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"refreg", "docker-registry"})
    void cosignVerifiesOurSignatures(String program) throws Exception {
        String registry = start(program);
        String stranger = generate("p256");
        for (String type : List.of("p256", "p384", "p521", "ed25519", "rsa2048", "rsa3072", "rsa4096")) {
            String key = generate(type);
            String image = push(registry, "team/bundle-" + type);
            run("sign", "--key", key + ".key", "-a", "env=prod", image);
            verify(0, key, type, "-a", "env=prod", image);
            cosign(1, "verify", "--key", stranger + ".pub", image);
            String old = push(registry, "team/cosign-" + type);
            run("sign", "--key", key + ".key", "--format", "cosign", "-a", "env=prod", old);
            verify(0, key, type, "--new-bundle-format=false", "-a", "env=prod", old);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"refreg", "docker-registry"})
    void cosignVerifiesOurAttestations(String program) throws Exception {
        String registry = start(program);
        String key = generate("p256");
        Path predicate = directory.resolve("predicate.json");
        for (String type : List.of("slsaprovenance1", "cyclonedx", "https://acme.example/t/v1")) {
            Files.writeString(
                    predicate,
                    type.equals("cyclonedx")
                            ? "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[]}"
                            : SigningCommandsTest.PROVENANCE);
            String image = push(registry, "team/attested");
            run("attest", "--key", key + ".key", "--type", type, "--predicate", predicate.toString(), image);
            cosign(0, "verify-attestation", "--type", type, "--key", key + ".pub", image);
            String old = push(registry, "team/attested-old");
            run(
                    "attest",
                    "--key",
                    key + ".key",
                    "--format",
                    "cosign",
                    "--type",
                    type,
                    "--predicate",
                    predicate.toString(),
                    old);
            cosign(0, "verify-attestation", "--new-bundle-format=false", "--type", type, "--key", key + ".pub", old);
        }
    }

    @Test
    void aKeyOfCosignSignsHere() throws Exception {
        String registry = start("refreg");
        cosign(
                0,
                "generate-key-pair",
                "--output-key-prefix",
                directory.resolve("theirs").toString());
        String image = push(registry, "team/theirs");
        run("sign", "--key", directory.resolve("theirs.key").toString(), image);
        cosign(0, "verify", "--key", directory.resolve("theirs.pub").toString(), image);
    }

    /** cosign's older form for files, and what its own verification says of the same. */
    @ParameterizedTest
    @ValueSource(strings = {"p256", "rsa3072"})
    void aBareSignatureOfCosignIsVerifiedAsCosignDoes(String type) throws Exception {
        Path pem = directory.resolve("openssl.pem");
        openssl(type, pem);
        String theirs = directory.resolve("theirs").toString();
        cosign(0, "import-key-pair", "--key", pem.toString(), "--output-key-prefix", theirs);
        Path blob = Files.writeString(directory.resolve("blob"), "a release");
        String signature = directory.resolve("blob.sig").toString();
        cosign(
                0,
                "sign-blob",
                "--new-bundle-format=false",
                "--use-signing-config=false",
                "--tlog-upload=false",
                "-y",
                "--key",
                theirs + ".key",
                "--output-signature",
                signature,
                blob.toString());
        String[] asked = {"--key", theirs + ".pub", "--signature", signature, "--insecure-ignore-tlog", blob.toString()
        };
        String[] ours = Stream.concat(Stream.of("verify"), Stream.of(asked)).toArray(String[]::new);
        String[] cosigns =
                Stream.concat(Stream.of("verify-blob"), Stream.of(asked)).toArray(String[]::new);
        assertThat(terminal.run(ours)).as(terminal.out()).isZero();
        cosign(0, cosigns);
        Files.writeString(blob, "another release");
        assertThat(terminal.run(ours)).isEqualTo(3);
        cosign(1, cosigns);
    }

    /** What cosign signs with a key of each type, from its own encrypted file, is admitted by what it is known to sign with. */
    @ParameterizedTest
    @CsvSource({
        "p256, ''",
        "p384, ''",
        "p521, ''",
        "rsa2048, ''",
        "rsa3072, ''",
        "rsa4096, ''",
        "ed25519, 'algorithms: [ed25519-ph]'"
    })
    void whatCosignSignsIsAdmitted(String type, String said) throws Exception {
        String registry = start("refreg");
        Path pem = directory.resolve("openssl.pem");
        openssl(type, pem);
        String theirs = directory.resolve("theirs").toString();
        cosign(0, "import-key-pair", "--key", pem.toString(), "--output-key-prefix", theirs);
        Path config = directory.resolve("config");
        TestConfig.write(config, registry, """
                - {name: all, repositories: ["REGISTRY/**"], signedBy: {any: [theirs]}}
                """);
        String trust = "signers: {theirs: {key: " + theirs + ".pub" + (said.isEmpty() ? "" : ", " + said) + "}}\n";
        Files.writeString(config.resolve("trust.yaml"), trust);
        for (String layout : List.of("--new-bundle-format=true", "--new-bundle-format=false")) {
            String image = push(registry, "team/app" + layout.endsWith("true"));
            assertThat(terminal.run("check", "--config", config.toString(), image))
                    .isEqualTo(3);
            cosign(
                    0,
                    "sign",
                    layout,
                    "--use-signing-config=false",
                    "--tlog-upload=false",
                    "--allow-http-registry=true",
                    "-y",
                    "--key",
                    theirs + ".key",
                    image);
            assertThat(terminal.run("check", "--config", config.toString(), image))
                    .as("%s %s: %s", type, layout, terminal.out())
                    .isZero();
        }
        // And the key that cosign keeps signs here; for Ed25519 so that cosign verifies it, which it does not its own.
        String ours = push(registry, "team/ours");
        run("sign", "--key", theirs + ".key", ours);
        verify(0, theirs, type, ours);
    }

    private void openssl(String type, Path file) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ForeignTools.tool("openssl"), "genpkey", "-out", file.toString()));
        if (type.startsWith("rsa")) {
            command.addAll(List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + type.substring(3)));
        } else if (type.equals("ed25519")) {
            command.addAll(List.of("-algorithm", "ed25519"));
        } else {
            command.addAll(List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-" + type.substring(1)));
        }
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
    }

    /** cosign hashes with SHA-256 whatever the key, unless it is told otherwise. */
    private void verify(int expected, String key, String type, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("verify", "--key", key + ".pub"));
        String digest = type.equals("p384") ? "sha384" : type.equals("p521") ? "sha512" : "sha256";
        command.addAll(List.of("--signature-digest-algorithm", digest));
        command.addAll(Arrays.asList(args));
        cosign(expected, command.toArray(new String[0]));
    }

    @Test
    void cosignAddsToWhatWeStored() throws Exception {
        String registry = start("docker-registry");
        String ours = generate("p256");
        cosign(
                0,
                "generate-key-pair",
                "--output-key-prefix",
                directory.resolve("theirs").toString());
        String theirs = directory.resolve("theirs").toString();
        String image = push(registry, "team/both");
        run("sign", "--key", ours + ".key", "--format", "cosign", image);
        cosign(
                0,
                "sign",
                "--new-bundle-format=false",
                "--use-signing-config=false",
                "--tlog-upload=false",
                "-y",
                "--key",
                theirs + ".key",
                image);
        cosign(0, "verify", "--new-bundle-format=false", "--key", ours + ".pub", image);
        cosign(0, "verify", "--new-bundle-format=false", "--key", theirs + ".pub", image);
    }

    private String generate(String type) {
        String prefix = directory.resolve(type + "-" + System.nanoTime()).toString();
        run("keys", "generate", "--type", type, "--output-key-prefix", prefix);
        return prefix;
    }

    private void run(String... args) {
        assertThat(terminal.run(args))
                .as("%s: %s", List.of(args), terminal.err())
                .isZero();
    }

    private void cosign(int expected, String... args) throws Exception {
        tools.cosign(expected == 0, args);
    }

    private String push(String registry, String repository) throws Exception {
        return tools.push(registry, repository);
    }

    private String start(String program) throws Exception {
        return tools.start(program);
    }
}
