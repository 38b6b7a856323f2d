package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.Manifest;
import dev.pratique.signer.publish.TestRegistry;
import dev.pratique.signer.sigstore.FakeSigstore;
import dev.pratique.signer.sigstore.FakeSigstore.Lie;
import dev.pratique.signer.sigstore.TestTokens;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sign} and {@code attest} without a key, and with what may stand beside a key's signature. */
class KeylessCommandsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path home;

    private TestTerminal terminal;
    private TestRegistry registry;
    private FakeSigstore sigstore;
    private Digest image;
    private String name;
    private String token;

    @BeforeEach
    void make() throws Exception {
        terminal = new TestTerminal(home).at(NOW);
        registry = new TestRegistry(true);
        sigstore = new FakeSigstore(NOW);
        image = registry.image("team/app", "v1");
        name = registry.host() + "/team/app";
        token = TestTokens.of(TestTokens.person(NOW));
        Files.writeString(home.resolve("token"), token);
        Files.writeString(home.resolve("root.json"), sigstore.trustedRoot());
        for (String services : List.of("rekor1", "rekor1 tsa", "rekor2 tsa", "rekor2", "tsa", "")) {
            String[] some = services.isEmpty() ? new String[0] : services.split(" ");
            Files.writeString(home.resolve(services.replace(' ', '-') + ".config"), sigstore.signingConfig(some));
        }
    }

    @AfterEach
    void stop() {
        registry.close();
        sigstore.close();
    }

    private int sign(String config, String... more) {
        List<String> all = new ArrayList<>(List.of("sign"));
        all.addAll(List.of("--signing-config", file(config + ".config")));
        all.addAll(List.of("--trusted-root", file("root.json")));
        all.addAll(List.of(more));
        all.add(name + ":v1");
        return terminal.run(all.toArray(String[]::new));
    }

    private int keyless(String config, String... more) {
        List<String> all = new ArrayList<>(List.of("--identity-token", file("token")));
        all.addAll(List.of(more));
        return sign(config, all.toArray(String[]::new));
    }

    private int verify(String... more) {
        List<String> all = new ArrayList<>(List.of("verify", "--trusted-root", file("root.json")));
        all.addAll(List.of("--certificate-identity", TestTokens.ADDRESS));
        all.addAll(List.of("--certificate-oidc-issuer", TestTokens.ISSUER));
        all.addAll(List.of(more));
        all.add(name + ":v1");
        return terminal.run(all.toArray(String[]::new));
    }

    private String file(String of) {
        return home.resolve(of).toString();
    }

    private boolean nothingStored() {
        return registry.log().stream().noneMatch(line -> line.startsWith("PUT") || line.startsWith("POST"));
    }

    @ParameterizedTest
    @CsvSource({"rekor1", "rekor2-tsa", "rekor1-tsa"})
    void what_is_signed_without_a_key_verifies(String config) {
        assertThat(keyless(config)).as(terminal.err()).isZero();
        assertThat(terminal.out())
                .contains(
                        "signing as dev@example.test by https://accounts.example; the transparency log shows that to everybody",
                        "stored as referrer sha256:");
        assertThat(verify()).as(terminal.out() + terminal.err()).isZero();
        assertThat(terminal.out() + terminal.err()).doesNotContain(token);
    }

    @Test
    void what_no_log_has_seen_verifies_by_its_timestamp() {
        assertThat(keyless("tsa")).as(terminal.err()).isZero();
        assertThat(terminal.out()).doesNotContain("transparency log");
        assertThat(verify()).isEqualTo(3);
        assertThat(verify("--insecure-ignore-tlog")).as(terminal.out()).isZero();
        assertThat(keyless("rekor1-tsa", "--tlog-upload=false")).isZero();
        assertThat(sigstore.log()).noneMatch(line -> line.contains("rekor"));
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

    /** CLI-06. */
    @ParameterizedTest
    @EnumSource(Lie.class)
    void nothing_is_stored_where_a_service_lies(Lie lie) {
        sigstore.lying(lie);
        boolean stamp = lie.name().startsWith("TIMESTAMP");
        assertThat(keyless(stamp ? "tsa" : "rekor1")).isEqualTo(1);
        assertThat(nothingStored()).isTrue();
        assertThat(terminal.err()).contains("hint: ");
        assertThat(terminal.out() + terminal.err()).doesNotContain(token);
    }

    @ParameterizedTest
    @CsvSource({
        "fulcio, 401, 77, does not let us (401)",
        "fulcio, 403, 77, does not let us (403)",
        "fulcio, 400, 1, did not take it (400)",
        "fulcio, 500, 69, is not working (500)",
        "fulcio, 429, 69, has had too many requests of us",
        "rekor1, 400, 1, did not take it (400)",
        "rekor1, 503, 69, is not working (503)",
        "tsa, 500, 69, is not working (500)",
        "tsa, 404, 1, did not take it (404)"
    })
    void a_service_that_says_no_is_named_with_its_exit_code(String service, int status, int exit, String what) {
        sigstore.trouble(service, exchange -> {
            exchange.getRequestBody().readAllBytes();
            FakeSigstore.answer(exchange, status, new byte[0]);
            return true;
        });
        assertThat(keyless("rekor1-tsa")).isEqualTo(exit);
        assertThat(terminal.err()).contains(sigstore.url(service), what);
        assertThat(nothingStored()).isTrue();
    }

    @Test
    void an_expired_token_is_found_before_anything_is_asked() throws Exception {
        Files.writeString(home.resolve("token"), TestTokens.of(TestTokens.person(NOW.minusSeconds(1000))));
        assertThat(keyless("rekor1")).isEqualTo(77);
        assertThat(terminal.err())
                .contains("the identity token of dev@example.test (https://accounts.example) expired at")
                .contains("hint: get a new one");
        assertThat(sigstore.log()).isEmpty();
        assertThat(nothingStored()).isTrue();
    }

    @Test
    void without_key_and_token_it_is_said_what_to_do() {
        assertThat(terminal.run("sign", name + ":v1")).isEqualTo(77);
        assertThat(terminal.err())
                .contains("there is no identity token to sign with, and no key", "hint: say --key REF");
    }

    @Test
    void who_signs_is_said_in_one_way() throws Exception {
        TestKeys.write(home.resolve("ci"));
        assertThat(keyless("rekor1", "--key", file("ci.key"))).isEqualTo(64);
        assertThat(terminal.err()).contains("a key and an identity token are two ways to sign");
        assertThat(sign("rekor1", "--key", file("ci.key"), "--fulcio-url", "https://f.example"))
                .isEqualTo(64);
        assertThat(keyless("rekor1", "--certificate", file("root.json"))).isEqualTo(64);
        assertThat(terminal.err()).contains("--certificate is that of a key, and there is none");
    }

    @Test
    void options_about_services_want_one() throws Exception {
        TestKeys.write(home.resolve("ci"));
        for (String[] option : new String[][] {{"--trusted-root", file("root.json")}, {"--rekor-version", "2"}}) {
            assertThat(terminal.run("sign", "--key", file("ci.key"), option[0], option[1], name + ":v1"))
                    .isEqualTo(64);
            assertThat(terminal.err()).contains("hint: name one: --signing-config");
        }
        assertThat(keyless("rekor1", "--rekor-version", "2")).isEqualTo(64);
        assertThat(terminal.err()).contains("--rekor-version is that of the log in --rekor-url");
    }

    @Test
    void a_certificate_that_ends_in_ten_minutes_needs_somebody_who_says_the_time() {
        for (String config : List.of("", "rekor2")) {
            assertThat(keyless(config)).isEqualTo(64);
            assertThat(terminal.err()).contains("nobody would say that it was used in them");
        }
        assertThat(sigstore.log()).isEmpty();
    }

    @Test
    void the_identity_token_does_not_go_over_the_network_in_plain_http() {
        assertThat(keyless("rekor1", "--fulcio-url", "http://fulcio.example")).isEqualTo(64);
        assertThat(terminal.err()).contains("is spoken to in plain HTTP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fulcio.example", "ftp://x.example", "https://", "https://u:p@x.example", "http://a b"})
    void an_address_of_a_service_is_checked(String address) {
        assertThat(keyless("rekor1", "--fulcio-url", address)).isEqualTo(64);
        assertThat(terminal.err()).contains("--fulcio-url is not the address of a service");
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

    @Test
    void a_log_that_is_asked_for_and_not_named_is_not_left_out_in_silence() throws Exception {
        TestKeys.write(home.resolve("ci"));
        assertThat(terminal.run("sign", "--key", file("ci.key"), "--tlog-upload=true", name + ":v1"))
                .isEqualTo(64);
        assertThat(terminal.err()).contains("--tlog-upload", "--rekor-url");
    }

    @Test
    void the_public_logs_do_not_vouch_for_private_ones() {
        assertThat(terminal.run(
                        "sign",
                        "--identity-token",
                        file("token"),
                        "--signing-config",
                        file("rekor1.config"),
                        name + ":v1"))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("a certificate that does not hold", "--trusted-root");
        assertThat(nothingStored()).isTrue();
    }
}
