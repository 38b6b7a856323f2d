package dev.pratique.signer.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.pratique.config.ProxyVariables;
import dev.pratique.signer.Failure;
import dev.pratique.signer.Failure.Kind;
import dev.pratique.signer.http.Http;
import dev.pratique.signer.sigstore.IdentityTokens.Provider;
import dev.pratique.signer.sigstore.IdentityTokens.Surroundings;
import dev.pratique.signer.sigstore.IdentityTokens.Wish;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTokensTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private Optional<Provider> provider = Optional.empty();
    private String audience = "sigstore";
    private String in = "";
    private String flavour = "Google";
    private int status = 200;
    private String answer = "";
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("Metadata-flavor"));
            exchange.getResponseHeaders().set("Metadata-Flavor", flavour);
            FakeSigstore.answer(exchange, status, answer.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private IdentityToken find(String given) throws Failure {
        return find(Optional.of(given));
    }

    private IdentityToken find(Optional<String> given) throws Failure {
        return tokens(given, () -> NOW).find();
    }

    private IdentityTokens tokens(Optional<String> given, InstantSource clock) {
        Http http = new Http(Optional.empty(), "test", Optional.of(new ProxyVariables(environment)));
        ServiceClient client = new ServiceClient(http, () -> NOW, Duration.ofSeconds(5));
        ServiceClient near = new ServiceClient(Http.near("test"), () -> NOW, Duration.ofSeconds(5));
        Surroundings surroundings = new Surroundings(
                environment,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                home.resolve("oidc-token"),
                home.resolve("product_name"));
        return new IdentityTokens(surroundings, new Wish(given, provider, audience), client, near, clock);
    }

    private static String token() {
        return TestTokens.of(TestTokens.person(NOW));
    }

    private void refused(String given, String what) {
        assertThatThrownBy(() -> find(given)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).contains(what);
            assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
            assertThat(failure.hint()).isNotBlank();
        });
    }

    @Test
    void a_token_is_given_itself_or_in_a_file_or_on_standard_input() throws Exception {
        assertThat(find(token())).hasToString("dev@example.test (https://accounts.example)");
        Path file = Files.writeString(home.resolve("token"), token() + "\n");
        assertThat(find(file.toString())).hasToString("dev@example.test (https://accounts.example)");
        in = token() + "\n";
        assertThat(find("-")).hasToString("dev@example.test (https://accounts.example)");
        refused(home.resolve("none").toString(), "there is no file");
    }

    @Test
    void standard_input_is_read_once_and_what_it_gave_is_looked_at_again() throws Exception {
        in = token();
        AtomicReference<Instant> clock = new AtomicReference<>(NOW);
        IdentityTokens tokens = tokens(Optional.of("-"), clock::get);
        assertThat(tokens.find().authorization()).isEqualTo("Bearer " + token());
        assertThat(tokens.find().authorization()).isEqualTo("Bearer " + token());
        clock.set(NOW.plus(Duration.ofHours(2)));
        assertThatThrownBy(tokens::find).hasMessageContaining("expired at");
    }

    @Test
    void a_token_is_found_in_the_environment_as_gitlab_puts_it_there() throws Exception {
        environment.put("SIGSTORE_ID_TOKEN", token());
        assertThat(find(Optional.empty()).authorization()).isEqualTo("Bearer " + token());
    }

    @Test
    void github_is_asked_for_a_token_with_sigstores_audience() throws Exception {
        environment.put("ACTIONS_ID_TOKEN_REQUEST_URL", "http://" + host() + "/token?api-version=2.0");
        environment.put("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t0p");
        answer = "{\"value\":\"" + TestTokens.of(TestTokens.workflow(NOW)) + "\",\"count\":1}";
        assertThat(find(Optional.empty()).proofSubject()).isEqualTo("repo:acme/app:ref:refs/heads/main");
        assertThat(asked).containsExactly("/token?api-version=2.0&audience=sigstore bearer t0p null");
        status = 403;
        answer = "";
        assertThatThrownBy(() -> find(Optional.empty()))
                .hasMessage("GitHub's token service gave no identity token (403)");
    }

    @Test
    void githubs_token_is_not_asked_for_in_plain_http() {
        environment.put("ACTIONS_ID_TOKEN_REQUEST_URL", "http://github.example/token");
        environment.put("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t0p");
        assertThatThrownBy(() -> find(Optional.empty())).hasMessageContaining("is not an https address");
    }

    @Test
    void googles_metadata_server_is_asked_where_the_machine_is_googles() throws Exception {
        environment.put("GCE_METADATA_HOST", host());
        answer = token();
        find(Optional.empty());
        assertThat(asked)
                .containsExactly("/computeMetadata/v1/instance/service-accounts/default/identity"
                        + "?audience=sigstore&format=full null Google");
        flavour = "Other";
        assertThatThrownBy(() -> find(Optional.empty())).hasMessageContaining("is not Google's metadata server");
    }

    /** What a proxy says would be the proxy's own machine, and the token would pass it in clear. */
    @Test
    void googles_metadata_server_is_not_asked_through_a_proxy() throws Exception {
        // This machine by an address that variables send through the proxy.
        environment.put("GCE_METADATA_HOST", "0.0.0.0:" + server.getAddress().getPort());
        environment.put("HTTP_PROXY", "http://127.0.0.1:1");
        answer = token();
        find(Optional.empty());
        assertThat(asked).hasSize(1);
    }

    /** A runner's machine is not the job that runs on it. */
    @ParameterizedTest
    @CsvSource({"GITHUB_ACTIONS, permissions: id-token: write", "GITLAB_CI, id_tokens"})
    void a_job_without_a_token_does_not_sign_as_the_machine_that_it_runs_on(String variable, String hint)
            throws Exception {
        Files.writeString(home.resolve("product_name"), "Google Compute Engine\n");
        Files.writeString(home.resolve("oidc-token"), token());
        environment.put("GCE_METADATA_HOST", host());
        environment.put("SPIFFE_ENDPOINT_SOCKET", "unix:///none");
        environment.put(variable, "true");
        answer = token();
        assertThatThrownBy(() -> find(Optional.empty())).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
            assertThat(failure.what()).isEqualTo("there is no identity token to sign with, and no key");
            assertThat(failure.hint()).contains(hint, "--oidc-provider");
        });
        assertThat(asked).isEmpty();
        provider = Optional.of(Provider.GOOGLE_WORKLOAD_IDENTITY);
        assertThat(find(Optional.empty()).issuer()).isEqualTo("https://accounts.example");
        provider = Optional.empty();
        environment.put("SIGSTORE_ID_TOKEN", token());
        assertThat(find(Optional.empty()).issuer()).isEqualTo("https://accounts.example");
        assertThat(asked).hasSize(1);
    }

    /** A pod's workload identity is its node's, unless somebody gave it one. */
    @Test
    void what_was_put_there_on_purpose_goes_before_the_machine_that_it_is_on() throws Exception {
        Files.writeString(home.resolve("product_name"), "Google Compute Engine\n");
        Path file = Files.writeString(home.resolve("oidc-token"), token());
        assertThat(find(Optional.empty()).authorization()).isEqualTo("Bearer " + token());
        environment.put("GCE_METADATA_HOST", host());
        answer = TestTokens.of(TestTokens.workflow(NOW));
        assertThat(find(Optional.empty()).authorization()).isEqualTo("Bearer " + token());
        environment.put("SPIFFE_ENDPOINT_SOCKET", "unix:///none");
        assertThatThrownBy(() -> find(Optional.empty())).hasMessageContaining("SPIFFE");
        Files.delete(file);
        assertThatThrownBy(() -> find(Optional.empty())).hasMessageContaining("SPIFFE");
        assertThat(asked).isEmpty();
        environment.remove("SPIFFE_ENDPOINT_SOCKET");
        assertThat(find(Optional.empty()).proofSubject()).startsWith("repo:acme/app");
        assertThat(asked).hasSize(1);
    }

    @Test
    void a_platform_may_put_a_token_into_a_file() throws Exception {
        Files.writeString(home.resolve("oidc-token"), token());
        assertThat(find(Optional.empty()).issuer()).isEqualTo("https://accounts.example");
    }

    @Test
    void the_provider_that_is_named_is_the_only_one() throws Exception {
        Files.writeString(home.resolve("oidc-token"), token());
        provider = Optional.of(Provider.ENVVAR);
        assertThatThrownBy(() -> find(Optional.empty())).hasMessage("the variable SIGSTORE_ID_TOKEN is not set");
        provider = Optional.of(Provider.SPIFFE);
        assertThatThrownBy(() -> find(Optional.empty())).hasMessageContaining("SPIFFE_ENDPOINT_SOCKET is not");
    }

    @ParameterizedTest
    @CsvSource({"GITHUB_ACTIONS, permissions: id-token: write", "GITLAB_CI, id_tokens", "OTHER, --identity-token FILE"})
    void without_a_token_it_is_said_what_this_pipeline_lacks(String variable, String hint) {
        environment.put(variable, "true");
        assertThatThrownBy(() -> find(Optional.empty())).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).isEqualTo("there is no identity token to sign with, and no key");
            assertThat(failure.hint()).contains(hint);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"eyJhbGciOiJSUzI1NiJ9", "eyJ.eyJ.", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "a.b.c", "ey\n.b.c"})
    void refuses_what_is_no_token_and_does_not_repeat_it(String text) {
        String given = text.startsWith("ey") ? text : "ey" + text;
        assertThatThrownBy(() -> find(given)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.NOT_AUTHORISED);
            assertThat(failure.what() + failure.hint()).doesNotContain(given);
        });
    }

    @Test
    void refuses_a_token_that_ended_or_has_not_begun_before_anything_is_sent() {
        Map<String, Object> claims = TestTokens.person(NOW.minusSeconds(1200));
        refused(TestTokens.of(claims), "expired at 2026-11-21T11:50:00Z, 10 minutes ago");
        refused(TestTokens.of(TestTokens.person(NOW.plusSeconds(300))), "5 minutes from now");
        assertThat(asked).isEmpty();
    }

    @Test
    void refuses_a_token_for_somebody_else() throws Exception {
        Map<String, Object> claims = TestTokens.person(NOW);
        claims.put("aud", List.of("vault", "other"));
        refused(TestTokens.of(claims), "is for vault, other, not for sigstore");
        audience = "vault";
        assertThat(find(TestTokens.of(claims)).issuer()).isEqualTo("https://accounts.example");
        claims.remove("aud");
        refused(TestTokens.of(claims), "is for nobody, not for vault");
    }

    @Test
    void refuses_an_address_that_its_issuer_has_not_verified() {
        Map<String, Object> claims = TestTokens.person(NOW);
        claims.put("email_verified", false);
        refused(TestTokens.of(claims), "has not verified the address dev@example.test");
        claims.remove("email_verified");
        refused(TestTokens.of(claims), "has not verified the address dev@example.test");
    }

    @Test
    void refuses_a_token_that_does_not_say_whose_it_is() {
        for (String claim : List.of("iss", "sub", "exp")) {
            Map<String, Object> claims = TestTokens.person(NOW);
            claims.remove(claim);
            refused(TestTokens.of(claims), "does not say who issued it, for whom, and until when");
        }
    }
}
