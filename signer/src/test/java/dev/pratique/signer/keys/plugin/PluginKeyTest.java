package dev.pratique.signer.keys.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.attestations.sign.SigningException;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.keys.Pem;
import dev.pratique.signer.keys.remote.ProvenSigner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginKeyTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z"));
    private static final byte[] MESSAGE = {1, 2, 3};

    @TempDir
    private Path directory;

    private PluginKey open(String reference, Duration patience) throws Failure {
        return PluginKey.open(reference, Map.of("PATH", "relative:" + directory), CLOCK, patience);
    }

    private PluginKey open(String reference) throws Failure {
        return open(reference, Duration.ofSeconds(60));
    }

    private Failure fails(String reference) {
        return catchThrowableOfType(Failure.class, () -> open(reference));
    }

    private void plugin(String name, String script) throws Exception {
        Path file = directory.resolve("sigstore-kms-" + name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A plugin that does it right, and a key of its own. */
    private String real(String algorithm, String parameter) throws Exception {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        plugin(
                "real",
                "exec '" + System.getProperty("java.home") + "/bin/java' -XX:TieredStopAtLevel=1 -cp '" + path + "' "
                        + TestPlugin.class.getName() + " \"$@\"");
        pair(algorithm, parameter, "key");
        return "real://" + algorithm + "/" + directory.resolve("key");
    }

    private void pair(String algorithm, String parameter, String name) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("RSA")) {
            generator.initialize(Integer.parseInt(parameter));
        } else if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec(parameter));
        }
        KeyPair pair = generator.generateKeyPair();
        Files.write(directory.resolve(name + ".p8"), pair.getPrivate().getEncoded());
        Files.writeString(
                directory.resolve(name + ".pub"), Pem.publicKey(pair.getPublic().getEncoded()));
    }

    @ParameterizedTest
    @CsvSource({"EC, secp256r1, 5", "EC, secp384r1, 6", "RSA, 2048, 5", "Ed25519, '', 5"})
    void signsWithAKeyOfEveryKind(String algorithm, String parameter, int hash) throws Exception {
        PluginKey key = open(real(algorithm, parameter));
        assertThat(new ProvenSigner(key).sign(MESSAGE)).isNotEmpty();
        JsonObject asked = StrictJson.parseObject(Files.readAllBytes(directory.resolve("key.log")), "log", 1 << 16);
        JsonObject init = asked.getObject("initOptions");
        assertThat(init.getString("protocolVersion")).isEqualTo("v1");
        assertThat(init.getString("ctxDeadline")).isEqualTo("2026-03-01T12:01:00Z");
        assertThat(init.get("hashFunc").asSize("hashFunc")).isEqualTo(hash);
    }

    @Test
    void aSignatureOfAnotherKeyIsNotGivenOut() throws Exception {
        PluginKey key = open(real("EC", "secp256r1"));
        pair("EC", "secp256r1", "key");
        SigningException refused =
                catchThrowableOfType(SigningException.class, () -> new ProvenSigner(key).sign(MESSAGE));
        assertThat(refused.getMessage())
                .contains("the plugin sigstore-kms-real gave a signature that its public key does");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exit 1 | FAILED | nothing (its exit code is 1)",
                "exit 0 | FAILED | nothing (its exit code is 0)",
                "echo hello | FAILED | what is no answer",
                "echo '{' | FAILED | what is no answer",
                "echo '[]' | FAILED | what is no answer",
                "echo '{}' | FAILED | nothing about publicKey",
                "echo '{\"publicKey\":{}}' | FAILED | a public key that is none",
                "echo '{\"publicKey\":{\"publicKeyPEM\":\"aGVsbG8=\"}}' | FAILED | a public key that is none",
                "echo '{\"publicKey\":{\"publicKeyPEM\":7}}' | FAILED | a public key that is none",
                "echo '{\"errorMessage\":\"no such\\u001b[2J key\"}' | FAILED | says: no such?[2J key",
                "echo '{\"errorMessage\":\"no such key\"}'; exit 1 | FAILED | says: no such key",
                "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | FAILED | more than 65536 bytes",
                "exec /no/such/program | FAILED | nothing"
            })
    void whatIsNoAnswerIsSaid(String script, Kind kind, String text) throws Exception {
        plugin("bad", script);
        Failure failure = fails("bad://key");
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.what()).contains("the plugin sigstore-kms-bad").contains(text);
    }

    @ParameterizedTest
    @CsvSource({"exec sleep 600", "sleep 600 & sleep 600", "exec >&-; sleep 600"})
    void oneThatHangsIsEnded(String script) throws Exception {
        plugin("slow", "echo $$ > '" + directory.resolve("pid") + "'; " + script);
        Failure failure = catchThrowableOfType(Failure.class, () -> open("slow://key", Duration.ofSeconds(2)));
        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure.what()).isEqualTo("the plugin sigstore-kms-slow gave no answer within 2 s");
        long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::onExit).map(end -> end.join() != null))
                .isIn(java.util.Optional.empty(), java.util.Optional.of(true));
    }

    @Test
    void oneThatIsMissingIsNamed() {
        Failure failure = fails("gcpkms://projects/p");
        assertThat(failure.kind()).isEqualTo(Kind.FAILED);
        assertThat(failure.what())
                .isEqualTo("keys of kind gcpkms need the program sigstore-kms-gcpkms, which is not on the PATH");
    }

    @Test
    void oneOfTheWorkingDirectoryIsNotRun() throws Exception {
        plugin("here", "exit 0");
        Map<String, String> path =
                Map.of("PATH", ":.:" + Path.of("").toAbsolutePath().relativize(directory));
        assertThat(catchThrowableOfType(
                                Failure.class, () -> PluginKey.open("here://key", path, CLOCK, Duration.ofSeconds(60)))
                        .what())
                .contains("not on the PATH");
    }

    @Test
    void oneThatReadsNothingOfALongMessageSignsAllTheSame() throws Exception {
        String reference = real("EC", "secp256r1");
        PluginKey key = open(reference);
        plugin("real", "echo '{\"signMessage\":{\"signature\":\"AAAA\"}}'");
        assertThat(key.sign(new byte[8 << 20])).hasSize(3);
    }
}
