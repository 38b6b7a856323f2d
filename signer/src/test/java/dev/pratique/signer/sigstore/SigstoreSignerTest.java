package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pratique.attestations.evidence.SigstoreBundle;
import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.sign.KeySigner;
import dev.pratique.attestations.sign.Statements;
import dev.pratique.attestations.testing.TestKey;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.sigstore.FakeSigstore.Lie;
import dev.pratique.signer.sigstore.IdentityTokens.Surroundings;
import dev.pratique.signer.sigstore.IdentityTokens.Wish;
import dev.pratique.signer.sigstore.SigstoreSigner.SignedStatement;
import dev.pratique.signer.sigstore.SigstoreSigner.Witnesses;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers that answer as the real ones do, and servers that lie. */
class SigstoreSignerTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Digest IMAGE = Digest.sha256("an image".getBytes(StandardCharsets.UTF_8));
    private static final byte[] STATEMENT = Statements.cosignSign(IMAGE, Map.of());

    private FakeSigstore sigstore;
    private Instant clock = NOW;
    private Map<String, Object> claims = TestTokens.person(NOW);
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        sigstore = new FakeSigstore(NOW);
    }

    @AfterEach
    void stop() {
        sigstore.close();
    }

    private ServiceClient client() {
        return new ServiceClient(new Http(Optional.empty(), "test"), () -> clock, Duration.ofSeconds(2));
    }

    private SigstoreSigner keyless(String... services) throws Exception {
        ServiceChoice choice = choice(services);
        InstantSource now = () -> clock;
        Witnesses witnesses = choice.witnesses(client(), sigstore.root(), now, false);
        IdentityTokens tokens = new IdentityTokens(
                new Surroundings(Map.of(), new ByteArrayInputStream(new byte[0]), Path.of("/none"), Path.of("/none")),
                new Wish(Optional.of(TestTokens.of(claims)), Optional.empty(), "sigstore"),
                client(),
                now);
        return SigstoreSigner.keyless(tokens, choice.fulcio(client(), sigstore.root(), now), witnesses, told::add);
    }

    private ServiceChoice choice(String... services) throws Exception {
        SigningConfig config =
                SigningConfig.parse(sigstore.signingConfig(services).getBytes(StandardCharsets.UTF_8));
        return new ServiceChoice(Optional.of(config), Optional.empty(), Optional.empty(), 1, Optional.empty(), true);
    }

    private SigstoreSigner keyed(KeySigner key, String... services) throws Exception {
        Witnesses witnesses = choice(services).witnesses(client(), sigstore.root(), () -> clock, false);
        return SigstoreSigner.withKey(key, List.of(), Optional.of(witnesses));
    }

    @ParameterizedTest
    @CsvSource({"rekor1, 1, 0", "rekor2 tsa, 1, 1", "rekor1 tsa, 1, 1", "tsa, 0, 1"})
    void what_is_signed_without_a_key_has_beside_it_what_the_config_asks_for(String services, int logs, int stamps)
            throws Exception {
        SignedStatement signed = keyless(services.split(" ")).sign(IMAGE, STATEMENT);
        SigstoreBundle bundle = SigstoreBundle.parse(signed.bundle());
        assertThat(bundle.material().certificates()).hasSize(1);
        assertThat(bundle.material().logEntries()).hasSize(logs);
        assertThat(bundle.material().timestamps()).hasSize(stamps);
        assertThat(told).containsExactly("signing as dev@example.test by https://accounts.example");
        assertThat(signed.material().fitsAnnotations()).isEqualTo(!services.contains("rekor2"));
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
        assertThat(told.get(0)).contains("https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main");
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

    private interface Attempt {
        void run() throws Exception;
    }

    private static void assertFails(Attempt attempt, Kind kind, String what, String hint) {
        assertThatThrownBy(attempt::run).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains(what);
            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.hint()).contains(hint);
        });
    }
}
