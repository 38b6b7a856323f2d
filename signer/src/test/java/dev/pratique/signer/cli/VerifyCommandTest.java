package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.json.JsonObject;
import dev.pratique.attestations.json.StrictJson;
import dev.pratique.config.BuiltInRoot;
import dev.pratique.signer.publish.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyCommandTest {
    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private Digest image;
    private String name;
    private String key;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).at(Instant.parse("2026-06-01T12:00:00Z"));
        registry = new TestRegistry(true);
        image = registry.image("team/app", "v1");
        name = registry.host() + "/team/app:v1";
        TestKeys.write(home.resolve("ci"));
        TestKeys.write(home.resolve("other"));
        key = home.resolve("ci.pub").toString();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void sign(String... more) {
        String[] args = new String[more.length + 4];
        System.arraycopy(new String[] {"sign", "--key", home.resolve("ci.key").toString(), name}, 0, args, 0, 4);
        System.arraycopy(more, 0, args, 4, more.length);
        assertThat(terminal.run(args)).isZero();
    }

    @Test
    void anImageIsVerifiedAgainstAKeyWithoutAConfiguration() {
        assertThat(terminal.run("verify", "--key", key, name)).isEqualTo(3);
        assertThat(terminal.out())
                .startsWith(name + "\ndigest:    " + image + "\nasks for:  a signature\nasks for:  by the key ")
                .contains("answer:    not verified, UNSIGNED\n")
                .contains("evidence: failed, no signature or attestation was found");
        sign();
        assertThat(terminal.run("verify", "--key", key, name)).isZero();
        assertThat(terminal.out())
                .contains("answer:    verified\n")
                .contains("proof:     a statement, https://sigstore.dev/cosign/sign/v1 by the key ")
                .contains("identity: passed, signed by the signer that is asked for");
        assertThat(terminal.run("verify", "--key", home.resolve("other.pub").toString(), name))
                .isEqualTo(3);
        assertThat(terminal.out()).contains("answer:    not verified, NO_TRUSTED_KEY\n");
    }

    @Test
    void theOlderFormIsVerifiedToo() {
        sign("--format", "cosign");
        assertThat(terminal.run("verify", "--key", key, name)).isZero();
        assertThat(terminal.out()).contains("proof:     a signature by the key ");
    }

    @Test
    void aProgramReadsTheSame() throws Exception {
        sign();
        assertThat(terminal.run("verify", "-o", "json", "--key", key, name)).isZero();
        JsonObject json = StrictJson.parseObject(terminal.out().getBytes(StandardCharsets.UTF_8), "output", 1 << 20);
        assertThat(json.getString("schema")).isEqualTo("pratique.verify/v1");
        assertThat(json.getString("answer")).isEqualTo("verified");
        assertThat(json.getString("digest")).isEqualTo(image.toString());
        assertThat(json.arrayOrEmpty("proofs", 99)).hasSize(1);
        assertThat(json.arrayOrEmpty("findings", 99)).isNotEmpty();
        assertThat(json.find("reason")).isEmpty();
    }

    @Test
    void annotationsThatAreAskedForMustBeSigned() {
        sign("-a", "build=417");
        assertThat(terminal.run("verify", "--key", key, "-a", "build=417", name))
                .isZero();
        assertThat(terminal.out()).contains("asks for:  that says build=417\n");
        for (String other : new String[] {"build=418", "stage=prod"}) {
            assertThat(terminal.run("verify", "--key", key, "-a", other, name)).isEqualTo(3);
            assertThat(terminal.out()).contains("answer:    not verified, NOT_WHAT_IS_ASKED_FOR");
        }
        sign("--format", "cosign", "-a", "build=419");
        assertThat(terminal.run("verify", "--key", key, "-a", "build=419", name))
                .isZero();
    }

    @Test
    void aStatementIsNoSignatureAndASignatureNoStatementOfAnotherType() throws Exception {
        Path predicate = Files.writeString(
                home.resolve("p.json"),
                "{\"buildType\":\"https://ci.example/t\",\"builder\":{\"id\":\"https://ci.example/b\"}}");
        assertThat(terminal.run(
                        "attest",
                        "--key",
                        home.resolve("ci.key").toString(),
                        "--type",
                        "slsaprovenance02",
                        "--predicate",
                        predicate.toString(),
                        name))
                .isZero();
        assertThat(terminal.run("verify", "--key", key, name)).isEqualTo(3);
        assertThat(terminal.out())
                .contains(
                        "NOT_WHAT_IS_ASKED_FOR", "why:       the signer made statements, none of which is a signature");
        assertThat(terminal.run("verify", "--key", key, "--type", "slsaprovenance02", name))
                .isZero();
        assertThat(terminal.out()).contains("asks for:  a statement of type https://slsa.dev/provenance/v0.2\n");
        assertThat(terminal.run("verify", "--key", key, "--type", "spdxjson", name))
                .isEqualTo(3);
    }

    @Test
    void unreadableEvidenceIsUndecided() {
        registry.trouble(exchange -> {
            boolean referrers = exchange.getRequestURI().getPath().contains("/referrers/");
            if (referrers) {
                TestRegistry.answer(exchange, 403, null, new byte[0]);
            }
            return referrers;
        });
        assertThat(terminal.run("verify", "--key", key, name)).isEqualTo(4);
        assertThat(terminal.out()).contains("answer:    undecided\nwhy:       not every place");
    }

    @Test
    void missingDeniedAndUnreachableDiffer() {
        assertThat(terminal.run("verify", "--key", key, registry.host() + "/team/app:none"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("there is no image");
        registry.trouble(exchange -> {
            TestRegistry.answer(exchange, 403, null, new byte[0]);
            return true;
        });
        assertThat(terminal.run("verify", "--key", key, name)).isEqualTo(77);
        registry.close();
        assertThat(terminal.run("verify", "--key", key, name)).isEqualTo(69);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "i | it is not said who must have signed | say --key FILE, or --certificate-identity with --certificate-oidc-issuer",
                "--key k --certificate-identity a i | a key and an identity are two signers | say --key FILE, or --certificate-identity with --certificate-oidc-issuer",
                "--certificate-identity a i | an identity is one only with who vouches for it | say --certificate-oidc-issuer or --certificate-oidc-issuer-regexp too",
                "--certificate-oidc-issuer a i | an issuer alone is everybody who has an account there | say --certificate-identity or --certificate-identity-regexp too",
                "--certificate-identity a --certificate-identity-regexp b --certificate-oidc-issuer c i | --certificate-identity and --certificate-identity-regexp are both there | say one of them",
                "--certificate-identity a --certificate-oidc-issuer b --ca-intermediates c i | --ca-intermediates lead to roots, and there are none | say --ca-roots FILE too",
                "--certificate-identity a --certificate-oidc-issuer b --ca-roots c --certificate-chain d i | --certificate-chain and --ca-roots are two ways to say the same | say --certificate-chain, or --ca-roots with --ca-intermediates",
                "--certificate-identity a --certificate-oidc-issuer b --signature-digest-algorithm sha256 i | --signature-digest-algorithm is for a key: a certificate says it itself | leave it out, or say --key FILE",
                "--key awskms:///x i | the name of the key in AWS KMS is wrong | awskms:///KEY-ID, awskms:///alias/NAME, awskms:///arn:aws:kms:REGION:ACCOUNT:key/KEY-ID; another endpoint stands before the third slash"
            })
    void whatIsTypedWrongIsUsage(String line, String what, String hint) {
        assertThat(terminal.run(("verify " + line).split(" "))).isEqualTo(64);
        assertThat(terminal.err()).isEqualTo("pratique: " + what + "\nhint: " + hint + "\n");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void anExpressionThatIsNoneIsUsage() {
        assertThat(terminal.run(
                        "verify", "--certificate-identity-regexp", "(", "--certificate-oidc-issuer", "https://x", name))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("the value of --certificate-identity-regexp is no regular expression");
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws Exception {
        Path empty = Files.writeString(home.resolve("empty"), "x");
        String none = home.resolve("none").toString();
        String[] keyless = {"verify", "--certificate-identity", "a", "--certificate-oidc-issuer", "b"};
        assertThat(terminal.run("verify", "--key", none, name)).isEqualTo(1);
        assertThat(terminal.err()).contains("there is no key file " + none);
        assertThat(terminal.run("verify", "--key", empty.toString(), name)).isEqualTo(1);
        assertThat(terminal.err()).contains(empty + " is no public key to verify with: ");
        assertThat(terminal.run("verify", "--key", home.resolve("ci.key").toString(), name))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("is a private key\nhint: verify with its public half");
        for (String option : new String[] {"--trusted-root", "--certificate-chain", "--ca-roots"}) {
            assertThat(run(keyless, option, none, name)).isEqualTo(1);
            assertThat(terminal.err()).contains("there is no file " + none);
            assertThat(run(keyless, option, empty.toString(), name)).isEqualTo(1);
            assertThat(terminal.err()).contains("pratique: " + empty + " ");
        }
        assertThat(run(keyless, "--bundle", none, key)).isEqualTo(1);
        assertThat(run(keyless, "--bundle", empty.toString(), none)).isEqualTo(1);
        assertThat(run(keyless, "--bundle", empty.toString(), "sha256:abc")).isEqualTo(64);
    }

    private int run(String[] first, String... more) {
        String[] args = new String[first.length + more.length];
        System.arraycopy(first, 0, args, 0, first.length);
        System.arraycopy(more, 0, args, first.length, more.length);
        return terminal.run(args);
    }

    @Test
    void whatIsNotAskedForIsSaid() {
        String[] keyless = {"verify", "--certificate-identity", "a", "--certificate-oidc-issuer", "b"};
        assertThat(run(keyless, "--insecure-ignore-tlog", "--insecure-ignore-sct", name))
                .isEqualTo(3);
        assertThat(terminal.err())
                .contains("warning: no transparency log is asked for")
                .contains("warning: no log of certificates is asked for");
        assertThat(terminal.out()).contains("asks for:  trusting " + BuiltInRoot.NAME + "\n");
        assertThat(run(keyless, "--private-infrastructure", name)).isEqualTo(3);
        assertThat(terminal.err()).isEmpty();
        assertThat(run(keyless, "--use-signed-timestamps", name)).isEqualTo(3);
        assertThat(terminal.out())
                .contains("asks for:  trusting " + BuiltInRoot.NAME + ": an entry in a transparency log, a timestamp,"
                        + " a certificate that was logged\n");
    }
}
