package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.SigningMaterial;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.sigstore.SigstoreSigner.SignedStatement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Services that refuse, are busy, or answer something else. */
class SigstoreTroubleTest extends WithSigstore {
    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void an_authority_that_does_not_let_us_is_named_and_the_token_is_not(int status) throws Exception {
        String token = TestTokens.of(claims);
        sigstore.trouble("fulcio", exchange -> {
            FakeSigstore.answer(
                    exchange,
                    status,
                    ("{\"code\":16,\"message\":\"no token like " + token + "\"}").getBytes(StandardCharsets.UTF_8));
            return true;
        });
        assertThatThrownBy(() -> keyless("rekor1").sign(IMAGE, STATEMENT))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
                    assertThat(failure.what()).contains("does not let us (" + status + ")", "no token like (token)");
                    assertThat(failure.what() + failure.hint()).doesNotContain(token.split("\\.")[1]);
                });
    }

    @Test
    void a_token_that_is_repeated_where_the_message_is_cut_off_is_not_shown_in_part() throws Exception {
        String token = TestTokens.of(claims);
        String message = "x".repeat(150) + token.substring(0, token.indexOf('.') + 1) + token;
        sigstore.trouble("fulcio", exchange -> {
            FakeSigstore.answer(exchange, 400, ("{\"message\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8));
            return true;
        });
        assertThatThrownBy(() -> keyless("rekor1").sign(IMAGE, STATEMENT))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.what())
                                .contains("xxx", "(token)")
                                .doesNotContain(token.split("\\.")[0].substring(0, 10))
                                .doesNotContain(token.split("\\.")[1].substring(0, 10)));
    }

    @Test
    void a_busy_service_is_asked_again_as_late_as_it_says() throws Exception {
        for (String service : List.of("fulcio", "tsa", "rekor1")) {
            AtomicInteger asked = new AtomicInteger();
            sigstore.trouble(service, exchange -> {
                if (asked.getAndIncrement() > 0) {
                    return false;
                }
                exchange.getResponseHeaders().set("Retry-After", "1");
                FakeSigstore.answer(exchange, asked.get() == 1 ? 429 : 503, new byte[0]);
                return true;
            });
        }
        keyless("rekor1", "tsa").sign(IMAGE, STATEMENT);
        assertThat(sigstore.log()).hasSize(6);
    }

    @ParameterizedTest
    @CsvSource({"500, is not working (500)", "429, has had too many requests of us"})
    void a_service_that_stays_busy_is_unreachable(int status, String why) throws Exception {
        sigstore.trouble("tsa", exchange -> {
            FakeSigstore.answer(exchange, status, new byte[0]);
            return true;
        });
        assertFails(() -> keyless("tsa").sign(IMAGE, STATEMENT), Kind.UNREACHABLE, why, "try again later");
    }

    @Test
    void a_service_that_does_not_answer_is_given_up() throws Exception {
        sigstore.trouble("rekor1", exchange -> {
            try {
                Thread.sleep(3000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        });
        assertFails(() -> keyless("rekor1").sign(IMAGE, STATEMENT), Kind.UNREACHABLE, "no answer in time", "");
    }

    @Test
    void an_entry_that_is_there_already_is_fetched() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        // The answer to the first upload is lost, so the second finds the entry there.
        sigstore.trouble("rekor1", exchange -> {
            if (exchange.getRequestMethod().equals("POST") && posts.getAndIncrement() == 0) {
                byte[] body = exchange.getRequestBody().readAllBytes();
                sigstore.take(body);
                FakeSigstore.answer(exchange, 503, new byte[0]);
                return true;
            }
            return false;
        });
        SignedStatement signed = keyless("rekor1").sign(IMAGE, STATEMENT);
        assertThat(signed.material().logEntries()).hasSize(1);
        assertThat(sigstore.log()).anyMatch(line -> line.startsWith("GET /rekor1/api/v1/log/entries/"));
    }

    /** Rekor v2 does not give an entry out again; a signature of ECDSA is another each time. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void where_rekor_v2_took_what_it_did_not_answer_another_signature_is_made(boolean message) throws Exception {
        AtomicInteger posts = new AtomicInteger();
        sigstore.trouble("rekor2", exchange -> posts.getAndIncrement() == 0 && sigstore.takesAndTimesOut(exchange));
        SigstoreSigner signer = keyless("rekor2", "tsa");
        SigningMaterial material = message
                ? signer.signMessage(STATEMENT).material()
                : signer.sign(IMAGE, STATEMENT).material();
        assertThat(material.logEntries()).hasSize(1);
        assertThat(posts).hasValue(3);
        // The timestamp is of the signature that the log has.
        assertThat(sigstore.log()).filteredOn("POST /tsa"::equals).hasSize(2);
    }

    @Test
    void where_the_key_makes_the_same_signature_again_it_is_said() throws Exception {
        AtomicInteger posts = new AtomicInteger();
        sigstore.trouble("rekor2", exchange -> posts.getAndIncrement() == 0 && sigstore.takesAndTimesOut(exchange));
        KeySigner key = KeySigner.of(TestKey.pair("RSA", 2048));
        assertFails(
                () -> keyed(key, "rekor2", "tsa").sign(IMAGE, STATEMENT),
                Kind.FAILED,
                "has this very entry already",
                "RSA keys make the same signature twice");
        assertThat(posts).hasValue(2);
    }

    @ParameterizedTest
    @CsvSource({"fulcio, rekor1", "rekor1, rekor1", "rekor2, rekor2 tsa", "tsa, tsa"})
    void what_is_no_answer_of_the_service_is_said(String service, String services) throws Exception {
        for (String body : new String[] {"<html>hello</html>", "{}", "[]", "{\"a\":{}}", "x".repeat(3 << 20)}) {
            sigstore.trouble(service, exchange -> {
                exchange.getRequestBody().readAllBytes();
                FakeSigstore.answer(exchange, 201, body.getBytes(StandardCharsets.UTF_8));
                return true;
            });
            assertFails(() -> keyless(services.split(" ")).sign(IMAGE, STATEMENT), Kind.FAILED, service, "");
        }
    }

    @Test
    void a_log_that_is_closed_or_has_the_entry_says_so() throws Exception {
        for (int status : new int[] {405, 409}) {
            sigstore.trouble("rekor2", exchange -> {
                FakeSigstore.answer(exchange, status, new byte[0]);
                return true;
            });
            assertFails(
                    () -> keyless("rekor2", "tsa").sign(IMAGE, STATEMENT),
                    Kind.FAILED,
                    status == 405 ? "is closed to new entries" : "has this very entry already",
                    "");
        }
    }
}
