package dev.pratique.signer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.pratique.attestations.image.Reference;
import dev.pratique.attestations.image.Repository;
import dev.pratique.signer.Failure;
import dev.pratique.signer.http.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorisationTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Reference V1 = new Reference.Tag("v1");

    @TempDir
    private Path home;

    private TestRegistry registry;
    private final List<String> shown = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        registry = new TestRegistry(true);
        registry.image("team/app", "v1");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void basic() throws Exception {
        login("user", "pa:ss");
        challenge("Basic realm=\"x\"", basic("user", "pa:ss"));
        repository().manifest(V1);
        assertThat(shown).containsExactly("", basic("user", "pa:ss"));
    }

    @Test
    void tokensAreFetchedOnce() throws Exception {
        login("user", "pass");
        tokenService("Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"");
        RemoteRepository repository = repository();
        repository.manifest(V1);
        repository.manifest(V1);
        assertThat(registry.log().stream().filter(line -> line.endsWith("/token")))
                .hasSize(1);
        assertThat(shown).contains("/token?service=s&scope=repository%3Ateam%2Fapp%3Apull " + basic("user", "pass"));
    }

    @Test
    void withoutALoginATokenIsStillAskedFor() throws Exception {
        tokenService("Bearer realm=\"http://" + registry.host() + "/token\"");
        repository().manifest(V1);
        assertThat(shown).contains("/token?scope=repository%3Ateam%2Fapp%3Apull ");
    }

    @Test
    void anIdentityTokenIsExchanged() throws Exception {
        config("{\"auths\":{\"" + registry.host() + "\":{\"identitytoken\":\"refresh\"}}}");
        tokenService("Bearer realm=\"http://" + registry.host() + "/token\",service=\"s\"");
        repository().manifest(V1);
        assertThat(shown).anyMatch(line -> line.startsWith("/token ") && line.contains("refresh_token=refresh"));
    }

    /** UPS-02. */
    @Test
    void aTokenServiceElsewhereInPlainHttpSeesNothing() throws Exception {
        login("user", "pass");
        for (String realm :
                List.of("http://evil.example/token", "ftp://x/", "https://u:p@x.example/", "::", "/token")) {
            challenge("Bearer realm=\"" + realm + "\"", "never");
            assertThatThrownBy(() -> repository().manifest(V1))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("token service");
        }
        assertThat(shown).containsOnly("");
    }

    /** UPS-08: a password is not sent where the registry offers tokens too. */
    @Test
    void basicBesideBearerIsNotChosen() throws Exception {
        login("user", "pass");
        tokenService("Basic realm=\"x\", Bearer realm=\"http://" + registry.host() + "/token\"");
        repository().manifest(V1);
        assertThat(shown).filteredOn(line -> line.startsWith("Basic")).isEmpty();
    }

    /** UPS-04. */
    @Test
    void aRedirectToAnotherHostDoesNotSeeTheLogin() throws Exception {
        login("user", "pass");
        try (TestRegistry storage = new TestRegistry(true)) {
            storage.image("team/app", "v1");
            List<String> seen = new CopyOnWriteArrayList<>();
            storage.trouble(exchange -> {
                seen.add(header(exchange));
                return false;
            });
            registry.trouble(exchange -> {
                if (header(exchange).isEmpty()) {
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=x");
                    TestRegistry.answer(exchange, 401, null, new byte[0]);
                } else {
                    exchange.getResponseHeaders()
                            .set("Location", "http://" + storage.host() + exchange.getRequestURI());
                    TestRegistry.answer(exchange, 307, null, new byte[0]);
                }
                return true;
            });
            repository().manifest(V1);
            assertThat(seen).containsExactly("");
        }
    }

    @Test
    void redirectsWithoutEndAreNotFollowed() {
        registry.trouble(exchange -> {
            exchange.getResponseHeaders()
                    .set("Location", exchange.getRequestURI().toString());
            TestRegistry.answer(exchange, 307, null, new byte[0]);
            return true;
        });
        assertThatThrownBy(() -> repository().manifest(V1)).hasMessageContaining("redirects without end");
    }

    private void helper(String script) throws Exception {
        Path program = home.resolve("docker-credential-here");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        config("{\"credHelpers\":{\"" + registry.host() + "\":\"here\"}}");
    }

    @Test
    void aCredentialHelperIsAsked() throws Exception {
        helper("""
                read -r host
                [ "$1 $host" = "get %s" ] && echo '{"Username":"helped","Secret":"s"}'
                """.formatted(registry.host()));
        challenge("Basic realm=\"x\"", basic("helped", "s"));
        repository().manifest(V1);
        assertThat(shown).containsExactly("", basic("helped", "s"));
    }

    @Test
    void aHelperThatHasNoLoginIsNoFailure() throws Exception {
        helper("echo 'credentials not found in native keychain'; exit 1");
        challenge("Basic realm=\"x\"", "never");
        assertThatThrownBy(() -> repository().manifest(V1)).hasMessageContaining("it answered 401");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo cannot open the keyring; exit 3 | failed (its exit code is 3): cannot open the keyring",
                "exit 1 | failed (its exit code is 1)",
                "echo '{\"Username\":\"u\",\"Secret\":\"hunter2\"}'; exit 1 | failed (its exit code is 1)",
                "echo hunter2 | answered with what is no login",
                "yes hunter2 | answered more than 1048576 bytes"
            })
    void aHelperThatFailsIsSaidAndIsNotNoLogin(String script, String what) throws Exception {
        helper(script);
        challenge("Basic realm=\"x\"", "never");
        assertThatThrownBy(() -> repository().manifest(V1)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.what()).isEqualTo("the credential helper docker-credential-here " + what);
            assertThat(failure.hint())
                    .isEqualTo("see what it says, at a terminal and not in a pipeline, for it prints the login: echo "
                            + registry.host() + " | docker-credential-here get");
        });
    }

    @Test
    void aHelperThatIsNotThereIsNamed() throws Exception {
        config("{\"credsStore\":\"nowhere\"}");
        challenge("Basic realm=\"x\"", "never");
        assertThatThrownBy(() -> repository().manifest(V1))
                .isInstanceOf(Failure.class)
                .hasMessage("the credential helper docker-credential-nowhere cannot be run: it is not on the PATH");
        config("{\"credsStore\":\"../../bin/evil\"}");
        assertThatThrownBy(() -> repository().manifest(V1)).hasMessageContaining("cannot exist");
    }

    @Test
    void refusedLoginsSayWhatToDoAndNotWhatTheyAre() throws Exception {
        login("user", "hunter2");
        challenge("Basic realm=\"x\"", "never");
        assertThatThrownBy(() -> repository().manifest(V1)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.NOT_AUTHORISED);
            assertThat(failure.what() + failure.hint()).doesNotContain("hunter2");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 503})
    void a_token_service_that_is_busy_is_asked_again_after_its_pause(int status) throws Exception {
        List<Long> times = new CopyOnWriteArrayList<>();
        tokenService("Bearer realm=\"http://" + registry.host() + "/token\"", exchange -> {
            times.add(System.nanoTime());
            return times.size() == 1 && busy(exchange, status, "1");
        });
        assertThat(repository().manifest(V1)).isNotNull();
        assertThat(times).hasSize(2);
        // Not how fast, but not before: that is what was asked for.
        assertThat(times.get(1) - times.get(0))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void a_token_service_that_stays_broken_is_no_login_that_is_refused() {
        AtomicInteger asked = new AtomicInteger();
        tokenService("Bearer realm=\"http://" + registry.host() + "/token\"", exchange -> {
            asked.incrementAndGet();
            return busy(exchange, 503, null);
        });
        assertThatThrownBy(() -> repository().manifest(V1)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.UNREACHABLE);
            assertThat(failure.what())
                    .isEqualTo("the token service of registry " + registry.host() + " answered 503, again and again");
            assertThat(failure.hint()).doesNotContain("login");
        });
        assertThat(asked).hasValue(5);
    }

    @Test
    void a_token_service_that_wants_a_longer_pause_than_is_waited_is_said() {
        tokenService("Bearer realm=\"http://" + registry.host() + "/token\"", exchange -> busy(exchange, 429, "3600"));
        assertThatThrownBy(() -> repository().manifest(V1))
                .isInstanceOf(Failure.class)
                .hasMessage("the token service of registry " + registry.host()
                        + " answered 429 and asks for a pause of 60 minutes, longer than is waited here");
    }

    @Test
    void a_token_service_that_is_not_there_is_said_to_be_the_one() throws Exception {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        challenge("Bearer realm=\"http://127.0.0.1:" + port + "/token\"", "never");
        assertThatThrownBy(() -> repository().manifest(V1)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Failure.Kind.UNREACHABLE);
            assertThat(failure.what())
                    .isEqualTo("the token service of registry " + registry.host()
                            + " cannot be reached: the connection was refused");
        });
    }

    private static boolean busy(HttpExchange exchange, int status, @Nullable String pause) throws IOException {
        if (pause != null) {
            exchange.getResponseHeaders().set("Retry-After", pause);
        }
        TestRegistry.answer(exchange, status, null, new byte[0]);
        return true;
    }

    private RemoteRepository repository() {
        RegistryClient client = new RegistryClient(
                new Http(Optional.empty(), "test"),
                Endpoints.standard(false),
                new RegistryLogins(Map.of("DOCKER_CONFIG", home.toString(), "PATH", home.toString()), home),
                CLOCK);
        return new RemoteRepository(client, new Repository(registry.host(), "team/app"), Duration.ofSeconds(10), CLOCK);
    }

    private void login(String user, String password) throws IOException {
        String auth = basic(user, password).substring("Basic ".length());
        config("{\"auths\":{\"https://" + registry.host() + "/v2/\":{\"auth\":\"" + auth + "\"}}}");
    }

    private void config(String json) throws IOException {
        Files.writeString(home.resolve("config.json"), json);
    }

    private void challenge(String challenge, String accepted) {
        registry.trouble(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/v2/")) {
                return false;
            }
            shown.add(header(exchange));
            if (header(exchange).equals(accepted)) {
                return false;
            }
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
    }

    private void tokenService(String challenge) {
        tokenService(challenge, exchange -> false);
    }

    private void tokenService(String challenge, TestRegistry.Trouble trouble) {
        registry.trouble(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/token")) {
                if (trouble.makes(exchange)) {
                    return true;
                }
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                shown.add(exchange.getRequestURI() + " " + header(exchange) + body);
                TestRegistry.answer(exchange, 200, null, "{\"token\":\"abc\"}".getBytes(StandardCharsets.UTF_8));
                return true;
            }
            shown.add(header(exchange));
            if (header(exchange).equals("Bearer abc")) {
                return false;
            }
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            TestRegistry.answer(exchange, 401, null, new byte[0]);
            return true;
        });
    }

    private static String header(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        return header == null ? "" : header;
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
