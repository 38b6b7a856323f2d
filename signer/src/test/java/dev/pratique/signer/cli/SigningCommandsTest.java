package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigningCommandsTest {
    static final String PROVENANCE = """
            {"buildDefinition": {"buildType": "https://acme.example/build/v1", "externalParameters": {}},
             "runDetails": {"builder": {"id": "https://acme.example/builder"}}}
            """;

    @TempDir
    private Path home;

    private String key;

    private TestTerminal terminal;
    private TestRegistry registry;
    private Digest image;
    private String name;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).with("PRATIQUE_PASSWORD", "hunter2");
        registry = new TestRegistry(true);
        TestKeys.write(home.resolve("ci"));
        key = home.resolve("ci.key").toString();
        image = registry.image("team/app", "v1");
        name = registry.host() + "/team/app";
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void keysSayTheirIdAndWhereTheyAre() throws Exception {
        String prefix = home.resolve("new").toString();
        assertThat(terminal.run("keys", "generate", "--output-key-prefix", prefix))
                .isZero();
        assertThat(terminal.out()).contains("private key: " + prefix + ".key", "key id:      sha256:");
        assertThat(terminal.run("keys", "public", "--key", prefix + ".key")).isZero();
        assertThat(terminal.out()).isEqualTo(Files.readString(home.resolve("new.pub")));
        assertThat(terminal.run("keys", "public", "--key", key, "-o", "json")).isZero();
        assertThat(json().getString("schema")).isEqualTo("pratique.keys.public/v1");
        assertThat(json().getString("algorithm")).isEqualTo("ECDSA P-256");
    }

    @ParameterizedTest
    @CsvSource({
        "EC, secp256r1, ECDSA P-256, ecdsa-sha2-256-nistp256",
        "EC, secp384r1, ECDSA P-384, ecdsa-sha2-384-nistp384",
        "EC, secp521r1, ECDSA P-521, ecdsa-sha2-512-nistp521",
        "Ed25519, '', Ed25519, ed25519",
        "RSA, 2048, RSA, rsa-sign-pkcs1-2048-sha256",
        "RSA, 4096, RSA, rsa-sign-pkcs1-4096-sha256"
    })
    void everyTypeOfKeySignsAndAttests(String kind, String parameter, String label, String algorithm) throws Exception {
        Path prefix = home.resolve(algorithm);
        TestKeys.write(prefix, kind, parameter);
        String file = prefix + ".key";
        assertThat(terminal.run("keys", "public", "--key", file, "-o", "json")).isZero();
        assertThat(json().getString("algorithm")).isEqualTo(label);
        assertThat(json().getString("signatureAlgorithm")).isEqualTo(algorithm);
        assertThat(json().getString("pem")).isEqualTo(Files.readString(Path.of(prefix + ".pub")));
        assertThat(terminal.run("sign", "--key", file, name + ":v1")).isZero();
        assertThat(terminal.run("sign", "--key", file, "--format", "cosign", name + ":v1"))
                .isZero();
        // Signing again finds the signature of this key, whatever its algorithm, and adds nothing.
        assertThat(terminal.run("sign", "--key", file, "--format", "cosign", name + ":v1"))
                .isZero();
        assertThat(terminal.out()).contains("signed before by this key");
        terminal.typing(PROVENANCE);
        assertThat(terminal.run("attest", "--key", file, "--type", "slsaprovenance1", "--predicate", "-", name + ":v1"))
                .isZero();
    }

    @Test
    void anUnknownTypeOfKeyIsAMistakeThatListsTheTypes() {
        assertThat(terminal.run("keys", "generate", "--type", "rsa1024")).isEqualTo(64);
        assertThat(terminal.err()).contains("p256, p384, p521, ed25519, rsa2048, rsa3072, rsa4096");
    }

    @Test
    void anEmptyPasswordIsSaid() {
        terminal.with("PRATIQUE_PASSWORD", "");
        String prefix = home.resolve("open").toString();
        assertThat(terminal.run("keys", "generate", "--output-key-prefix", prefix))
                .isZero();
        assertThat(terminal.err()).contains("warning: PRATIQUE_PASSWORD is set and empty");
    }

    /** CLI-01. */
    @Test
    void aTagIsLookedUpOnceAndItsDigestSigned() {
        assertThat(terminal.run("sign", "--key", key, name + ":v1")).isZero();
        assertThat(terminal.out())
                .startsWith("signing " + name + "@" + image + " (tag v1)\n  stored as referrer sha256:");
        assertThat(registry.log().stream().filter(line -> line.equals("GET /v2/team/app/manifests/v1")))
                .hasSize(1);
        // And once more when all is done, for its digest alone: whether it has moved meanwhile is worth a word.
        List<String> log = registry.log();
        assertThat(log.get(log.size() - 1)).isEqualTo("HEAD /v2/team/app/manifests/v1");
        assertThat(log.stream().filter(line -> line.endsWith("manifests/v1"))).hasSize(2);
    }

    @Test
    void aProgramReadsOneDocument() throws Exception {
        assertThat(terminal.run("sign", "--key", key, "-o", "json", "--format", "cosign", name + "@" + image))
                .isZero();
        JsonObject signed = json().arrayOrEmpty("signed", 9).get(0).asObject("signed");
        assertThat(signed.getString("digest")).isEqualTo(image.toString());
        assertThat(signed.getString("format")).isEqualTo("cosign");
        assertThat(signed.getString("tag")).isEqualTo("sha256-" + image.hex() + ".sig");
        assertThat(terminal.err()).isEqualTo("signing " + name + "@" + image + "\n");
    }

    @Test
    void recursiveSignsEveryChild() {
        Digest other = registry.image("team/app", "v2");
        Digest index = registry.index("team/app", "all", image, other);
        assertThat(terminal.run("sign", "--key", key, "--recursive", name + ":all"))
                .isZero();
        assertThat(terminal.out()).contains(index.toString(), image.toString(), other.toString());
        assertThat(terminal.run("sign", "--key", key, name + ":all")).isZero();
        assertThat(terminal.out()).contains(index.toString()).doesNotContain(image.toString());
    }

    @Test
    void attestReadsThePredicateFromStandardInput() throws Exception {
        terminal.typing(PROVENANCE);
        assertThat(terminal.run("attest", "--key", key, "--type", "slsaprovenance1", "--predicate", "-", name + ":v1"))
                .isZero();
        assertThat(terminal.out()).contains("https://slsa.dev/provenance/v1 stored as referrer");
        String digest =
                terminal.out().substring(terminal.out().lastIndexOf("sha256:")).trim();
        Manifest.Image manifest =
                (Manifest.Image) registry.manifest("team/app/" + digest).orElseThrow();
        assertThat(manifest.annotations())
                .containsEntry("dev.sigstore.bundle.predicateType", "https://slsa.dev/provenance/v1");
    }

    @Test
    void aPredicateIsOneStrictJsonObject() {
        for (String wrong : new String[] {"", "[]", "{\"a\":1,\"a\":2}", "{} {}", "{"}) {
            terminal.typing(wrong);
            assertThat(terminal.run("attest", "--key", key, "--type", "vsa", "--predicate", "-", name + ":v1"))
                    .isEqualTo(1);
            assertThat(terminal.err()).startsWith("pratique: the predicate ").contains("hint: ");
        }
        assertThat(registry.log()).isEmpty();
    }

    @Test
    void aMissingImageIsNotAnUnreachableRegistry() {
        assertThat(terminal.run("sign", "--key", key, name + ":none")).isEqualTo(1);
        assertThat(terminal.err()).contains("there is no image " + name + ":none");
        registry.close();
        assertThat(terminal.run("sign", "--key", key, name + ":v1")).isEqualTo(69);
        assertThat(terminal.err()).contains("cannot be reached: the connection was refused");
    }

    /** CLI-06. */
    @Test
    void thePasswordIsNeverPrinted() {
        String prefix = home.resolve("secret").toString();
        assertThat(terminal.run("keys", "generate", "--output-key-prefix", prefix))
                .isZero();
        assertThat(terminal.out() + terminal.err()).doesNotContain("hunter2");
        key = prefix + ".key";
        registry.trouble(exchange -> {
            TestRegistry.answer(exchange, 418, null, "hunter2".getBytes(StandardCharsets.UTF_8));
            return true;
        });
        assertThat(terminal.run("sign", "--key", key, name + ":v1")).isEqualTo(1);
        assertThat(terminal.out() + terminal.err()).doesNotContain("hunter2").contains("answered 418");
    }

    private JsonObject json() throws Exception {
        return StrictJson.parseObject(terminal.out().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
    }
}
