package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.sigstore.FakeSigstore.Lie;
import dev.pratique.signer.sigstore.FakeSigstore.Promise;
import dev.pratique.signer.sigstore.SigstoreSigner.SignedStatement;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands beside a signature, and what is not believed. */
class SigstoreSignerTest extends WithSigstore {
    @ParameterizedTest
    @CsvSource({"rekor1, 1, 0", "rekor2 tsa, 1, 1", "rekor1 tsa, 1, 1", "tsa, 0, 1"})
    void what_is_signed_without_a_key_has_beside_it_what_the_config_asks_for(String services, int logs, int stamps)
            throws Exception {
        SignedStatement signed = keyless(services.split(" ")).sign(IMAGE, STATEMENT);
        SigstoreBundle bundle = SigstoreBundle.parse(signed.bundle());
        assertThat(bundle.material().certificates()).hasSize(1);
        assertThat(bundle.material().logEntries()).hasSize(logs);
        assertThat(bundle.material().timestamps()).hasSize(stamps);
        assertThat(told)
                .containsExactly(
                        "will sign as dev@example.test (https://accounts.example); the "
                                + (services.equals("tsa") ? "certificate" : "transparency")
                                + " log shows that to everybody",
                        "signing as dev@example.test by https://accounts.example");
        assertThat(signed.material().fitsAnnotations()).isEqualTo(!services.contains("rekor2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rekor1", "rekor2 tsa"})
    void an_authority_without_a_certificate_log_will_do_where_the_root_has_none(String services) throws Exception {
        sigstore.promising(Promise.NONE);
        SignedStatement signed = keyless(services.split(" ")).sign(IMAGE, STATEMENT);
        assertThat(SigstoreBundle.parse(signed.bundle()).material().certificates())
                .hasSize(1);
    }

    @Test
    void whom_a_log_will_show_is_said_before_it_is_there() throws Exception {
        claims.put("email", "dev\u001b[2Jx@example.test");
        sigstore.trouble("fulcio", exchange -> {
            exchange.getRequestBody().readAllBytes();
            assertThat(told)
                    .containsExactly("will sign as dev?[2Jx@example.test (https://accounts.example);"
                            + " the certificate log shows that to everybody");
            FakeSigstore.answer(exchange, 400, new byte[0]);
            return true;
        });
        assertFails(() -> keyless("tsa").sign(IMAGE, STATEMENT), Kind.FAILED, "did not take it (400)", "");
        assertThat(told).hasSize(1);
    }

    @Test
    void where_the_root_knows_no_certificate_log_the_authority_may_have_one() throws Exception {
        sigstore.promising(Promise.NONE);
        keyless("tsa").sign(IMAGE, STATEMENT);
        assertThat(told.get(0))
                .isEqualTo("will sign as dev@example.test (https://accounts.example);"
                        + " a certificate log may show that to everybody");
    }

    @Test
    void refuses_a_certificate_without_its_promise_where_the_root_has_certificate_logs() throws Exception {
        SigstoreSigner signer = keyless("rekor1");
        sigstore.promising(Promise.NONE);
        assertFails(
                () -> signer.sign(IMAGE, STATEMENT),
                Kind.FAILED,
                "has put the certificate into no certificate log, and the trusted root has such logs",
                "without ctlogs");
        sigstore.promising(Promise.DETACHED);
        assertFails(
                () -> signer.sign(IMAGE, STATEMENT),
                Kind.FAILED,
                "promised (the SCT) beside the certificate, and a bundle has no place for it",
                "puts it inside");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rekor1", "rekor2 tsa"})
    void a_message_is_signed_as_it_is(String services) throws Exception {
        byte[] artifact = "an artifact".getBytes(StandardCharsets.UTF_8);
        SigstoreBundle bundle = SigstoreBundle.parse(
                keyless(services.split(" ")).signMessage(artifact).bundle());
        assertThat(bundle.message()).isPresent();
        assertThat(bundle.material().logEntries()).hasSize(1);
    }

    @Test
    void a_workflow_is_certified_by_the_name_that_its_issuer_gives_it() throws Exception {
        claims = TestTokens.workflow(NOW);
        keyless("rekor1").sign(IMAGE, STATEMENT);
        assertThat(told.get(1)).contains("https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main");
    }

    @Test
    void one_certificate_is_used_while_it_lasts_and_then_another() throws Exception {
        SigstoreSigner signer = keyless("rekor1", "tsa");
        signer.sign(IMAGE, STATEMENT);
        clock = NOW.plusSeconds(300);
        signer.sign(IMAGE, STATEMENT);
        assertThat(sigstore.log())
                .filteredOn(line -> line.contains("signingCert"))
                .hasSize(1);
        // Less than a minute before its end, the token's as well: no signature is begun with it.
        clock = NOW.plusSeconds(545);
        signer.sign(IMAGE, STATEMENT);
        assertThat(sigstore.log())
                .filteredOn(line -> line.contains("signingCert"))
                .hasSize(2);
        clock = NOW.plusSeconds(601);
        assertFails(() -> signer.sign(IMAGE, STATEMENT), Kind.NOT_AUTHORISED, "expired at", "get a new one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rekor1", "rekor2", "rekor1 tsa", "tsa"})
    void a_key_may_be_seen_by_logs_and_authorities_too(String services) throws Exception {
        SignedStatement signed = keyed(KeySigner.of(TestKey.pair("EC", 256)), services.split(" "))
                .sign(IMAGE, STATEMENT);
        SigstoreBundle bundle = SigstoreBundle.parse(signed.bundle());
        assertThat(bundle.material().keyHint()).isPresent();
        assertThat(bundle.material().certificates()).isEmpty();
    }

    @Test
    void ed25519_is_logged_where_the_log_sees_the_message_and_not_where_it_sees_a_hash() throws Exception {
        KeySigner key = KeySigner.of(TestKey.pair("Ed25519", 255));
        keyed(key, "rekor1").sign(IMAGE, STATEMENT);
        assertFails(
                () -> keyed(key, "rekor2").sign(IMAGE, STATEMENT),
                Kind.FAILED,
                "takes no signatures of the kind",
                "P-256");
        assertFails(
                () -> keyed(key, "rekor1").signMessage(STATEMENT),
                Kind.FAILED,
                "no Ed25519 signature of a message",
                "P-256");
    }

    @ParameterizedTest
    @CsvSource({
        "CERTIFICATE_OF_OTHER_KEY, rekor1, a certificate of another key",
        "CERTIFICATE_OF_OTHER_SUBJECT, rekor1, a certificate of somebody@else.test",
        "CERTIFICATE_BY_OTHER_AUTHORITY, rekor1, a certificate that does not hold",
        "CERTIFICATE_NOT_LOGGED, rekor1, a certificate that does not hold",
        "CERTIFICATE_OF_ANOTHER_TIME, rekor1, which is not now",
        "ENTRY_OF_OTHER_SIGNATURE, rekor1, a log entry about another payload",
        "ENTRY_OF_OTHER_SIGNATURE, rekor2 tsa, a log entry about other signed bytes",
        "ENTRY_BY_OTHER_LOG, rekor1, is no log of the trusted root",
        "ENTRY_BY_OTHER_LOG, rekor2 tsa, is no log of the trusted root",
        "PROMISE_BY_OTHER_KEY, rekor1, a promise that",
        "CHECKPOINT_BY_OTHER_KEY, rekor1, a checkpoint that",
        "CHECKPOINT_BY_OTHER_KEY, rekor2 tsa, a checkpoint that",
        "ENTRY_WITHOUT_PROOF, rekor1, no inclusion proof",
        "ENTRY_WITHOUT_PROOF, rekor2 tsa, no inclusion proof",
        "TIMESTAMP_OF_OTHER_BYTES, tsa, a timestamp of something else",
        "TIMESTAMP_TO_OTHER_REQUEST, tsa, a timestamp of something else",
        "TIMESTAMP_BY_OTHER_AUTHORITY, tsa, is no timestamp authority of the trusted root",
        "TIMESTAMP_OF_ANOTHER_TIME, tsa, what was signed does not verify"
    })
    void refuses_an_answer_that_does_not_hold(Lie lie, String services, String why) throws Exception {
        sigstore.lying(lie);
        SigstoreSigner signer = keyless(services.split(" "));
        assertFails(() -> signer.sign(IMAGE, STATEMENT), Kind.FAILED, why, "");
    }

    @Test
    void a_clock_that_is_an_hour_off_is_explained() throws Exception {
        claims.put("exp", NOW.getEpochSecond() + 7200);
        clock = NOW.plusSeconds(3600);
        assertFails(() -> keyless("rekor1").sign(IMAGE, STATEMENT), Kind.FAILED, "which is not now", "set the clock");
        claims.put("exp", NOW.getEpochSecond() + 600);
        assertFails(
                () -> keyless("rekor1").sign(IMAGE, STATEMENT), Kind.NOT_AUTHORISED, "50 minutes ago", "set the clock");
        clock = NOW.minusSeconds(3600);
        assertFails(
                () -> keyless("rekor1").sign(IMAGE, STATEMENT),
                Kind.NOT_AUTHORISED,
                "60 minutes from now",
                "set the clock");
        assertThat(sigstore.log()).hasSize(1);
    }

    @Test
    void a_clock_that_is_a_minute_behind_is_none_to_speak_of() throws Exception {
        clock = NOW.minusSeconds(59);
        keyless("rekor1").sign(IMAGE, STATEMENT);
    }
}
