package dev.pratique.signer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.signer.sigstore.FakeSigstore;
import dev.pratique.signer.sigstore.FakeSigstore.Lie;
import dev.pratique.signer.sigstore.TestTokens;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps from signing without a key, and that nothing is stored then. */
class KeylessTroubleTest extends KeylessCommands {
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
