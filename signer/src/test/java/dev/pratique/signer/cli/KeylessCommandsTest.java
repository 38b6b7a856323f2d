package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.signer.sigstore.FakeSigstore;
import dev.pratique.signer.sigstore.TestTokens;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sign} and {@code attest} without a key, and with what may stand beside a key's signature. */
class KeylessCommandsTest extends KeylessCommands {
    @ParameterizedTest
    @CsvSource({"rekor1", "rekor2-tsa", "rekor1-tsa"})
    void what_is_signed_without_a_key_verifies(String config) {
        assertThat(keyless(config)).as(terminal.err()).isZero();
        assertThat(terminal.out())
                .contains(
                        "will sign as dev@example.test (https://accounts.example); the transparency log shows that to everybody",
                        "signing as dev@example.test by https://accounts.example\n",
                        "stored as referrer sha256:");
        assertThat(verify()).as(terminal.out() + terminal.err()).isZero();
        assertThat(terminal.out() + terminal.err()).doesNotContain(token);
    }

    @Test
    void what_no_log_has_seen_verifies_by_its_timestamp() {
        assertThat(keyless("tsa")).as(terminal.err()).isZero();
        assertThat(terminal.out())
                .doesNotContain("transparency log")
                .contains("the certificate log shows that to everybody");
        assertThat(verify()).isEqualTo(3);
        assertThat(verify("--insecure-ignore-tlog")).as(terminal.out()).isZero();
        assertThat(keyless("rekor1-tsa", "--tlog-upload=false")).isZero();
        assertThat(sigstore.log()).noneMatch(line -> line.contains("rekor"));
    }

    @Test
    void what_an_authority_without_a_certificate_log_certifies_verifies_by_a_root_without_one() throws Exception {
        sigstore.promising(FakeSigstore.Promise.NONE);
        assertThat(keyless("rekor1")).isEqualTo(1);
        assertThat(terminal.err()).contains("has put the certificate into no certificate log");
        assertThat(nothingStored()).isTrue();
        Files.writeString(home.resolve("root.json"), sigstore.trustedRoot());
        assertThat(keyless("rekor1")).as(terminal.err()).isZero();
        assertThat(verify()).as(terminal.out()).isEqualTo(3);
        assertThat(verify("--insecure-ignore-sct")).as(terminal.out()).isZero();
    }

    @Test
    void a_statement_is_signed_without_a_key() {
        terminal.typing("{\"buildDefinition\":{\"buildType\":\"https://ci.example/v1\",\"externalParameters\":{}},"
                + "\"runDetails\":{\"builder\":{\"id\":\"https://ci.example\"}}}");
        assertThat(terminal.run(
                        "attest",
                        "--identity-token",
                        file("token"),
                        "--signing-config",
                        file("rekor2-tsa.config"),
                        "--trusted-root",
                        file("root.json"),
                        "--type",
                        "slsaprovenance1",
                        "--predicate",
                        "-",
                        name + ":v1"))
                .as(terminal.err())
                .isZero();
        assertThat(verify("--type", "slsaprovenance1")).as(terminal.out()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rekor1", "rekor1-tsa"})
    void cosigns_older_form_has_it_in_annotations(String config) throws Exception {
        assertThat(keyless(config, "--format", "cosign")).as(terminal.err()).isZero();
        Manifest.Image sig = (Manifest.Image)
                registry.manifest("team/app/sha256-" + image.hex() + ".sig").orElseThrow();
        Map<String, String> annotations = sig.layers().get(0).annotations();
        assertThat(annotations)
                .containsKeys(
                        "dev.cosignproject.cosign/signature",
                        "dev.sigstore.cosign/certificate",
                        "dev.sigstore.cosign/chain",
                        "dev.sigstore.cosign/bundle");
        assertThat(annotations.containsKey("dev.sigstore.cosign/rfc3161timestamp"))
                .isEqualTo(config.contains("tsa"));
        assertThat(verify()).as(terminal.out()).isZero();
    }

    @Test
    void the_machine_is_asked_who_it_is_without_the_proxy_of_the_environment() throws Exception {
        HttpServer metadata = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        metadata.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Metadata-Flavor", "Google");
            FakeSigstore.answer(exchange, 200, token.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        metadata.start();
        try {
            // This machine by an address that the variable sends through the proxy.
            terminal.with(
                            "GCE_METADATA_HOST",
                            "0.0.0.0:" + metadata.getAddress().getPort())
                    .with("HTTP_PROXY", "http://127.0.0.1:1");
            assertThat(sign("rekor1")).as(terminal.err()).isZero();
        } finally {
            metadata.stop(0);
        }
    }

    @Test
    void cosigns_older_form_has_no_place_for_rekor_v2() {
        assertThat(keyless("rekor2-tsa", "--format", "cosign")).isEqualTo(64);
        assertThat(terminal.err())
                .contains("--format cosign has no place for an entry of Rekor v2", "hint: use --format bundle");
        assertThat(keyless("tsa", "--format", "cosign", "--rekor-url", sigstore.url("rekor2"), "--rekor-version", "2"))
                .isEqualTo(64);
        assertThat(nothingStored()).isTrue();
        assertThat(sigstore.log()).isEmpty();
    }

    @Test
    void a_rehearsal_leaves_nothing_anywhere() {
        assertThat(keyless("rekor1-tsa", "--dry-run")).as(terminal.err()).isZero();
        assertThat(terminal.out()).contains("would be signing as dev@example.test (https://accounts.example)");
        assertThat(sigstore.log()).isEmpty();
        assertThat(nothingStored()).isTrue();
    }

    @Test
    void a_file_is_signed_without_a_key() throws Exception {
        Path artifact = Files.writeString(home.resolve("app.tar"), "an artifact");
        Path bundle = home.resolve("app.tar.sigstore.json");
        assertThat(terminal.run(
                        "sign",
                        "--identity-token",
                        file("token"),
                        "--signing-config",
                        file("rekor2-tsa.config"),
                        "--trusted-root",
                        file("root.json"),
                        "--bundle",
                        bundle.toString(),
                        artifact.toString()))
                .as(terminal.err())
                .isZero();
        String[] verify = {
            "verify",
            "--bundle",
            bundle.toString(),
            "--trusted-root",
            file("root.json"),
            "--certificate-identity",
            TestTokens.ADDRESS,
            "--certificate-oidc-issuer",
            TestTokens.ISSUER,
            artifact.toString()
        };
        assertThat(terminal.run(verify)).as(terminal.out()).isZero();
        Files.writeString(artifact, "another");
        assertThat(terminal.run(verify)).isEqualTo(3);
    }

    @Test
    void services_by_their_addresses_go_before_the_config() {
        String[] named = {
            "sign",
            "--identity-token",
            token,
            "--trusted-root",
            file("root.json"),
            "--fulcio-url",
            sigstore.url("fulcio"),
            "--rekor-url",
            sigstore.url("rekor2") + "/",
            "--rekor-version",
            "2",
            "--timestamp-server-url",
            sigstore.url("tsa"),
            name + ":v1"
        };
        assertThat(terminal.run(named)).as(terminal.err()).isZero();
        assertThat(sigstore.log())
                .containsExactly("POST /fulcio/api/v2/signingCert", "POST /tsa", "POST /rekor2/api/v2/log/entries");
        assertThat(verify()).isZero();
    }

    @Test
    void a_key_is_seen_by_whom_the_config_names() throws Exception {
        TestKeys.write(home.resolve("ci"));
        assertThat(sign("rekor2-tsa", "--key", file("ci.key")))
                .as(terminal.err())
                .isZero();
        assertThat(sigstore.log()).containsExactly("POST /tsa", "POST /rekor2/api/v2/log/entries");
        assertThat(terminal.run("verify", "--key", file("ci.pub"), "--trusted-root", file("root.json"), name + ":v1"))
                .isZero();
        assertThat(terminal.out()).contains("rekor2.example");
        assertThat(sign("rekor1", "--key", file("ci.key"), "--tlog-upload=false"))
                .isZero();
        assertThat(sigstore.log()).hasSize(2);
    }
}
