package dev.pratique.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.attestations.image.Digest;
import dev.pratique.attestations.image.MediaType;
import dev.pratique.attestations.registry.Fetch;
import dev.pratique.attestations.registry.Fetched;
import dev.pratique.proxy.FakeRegistry;
import dev.pratique.proxy.FakeRegistryFault;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamAuthTest {
    private final FakeRegistry registry = FakeRegistry.start();
    private final FakeRegistry evil = FakeRegistry.start();
    private final UpstreamSettings settings = UpstreamSettings.registry(Rig.NAME, registry.uri())
            .withTimeouts(Rig.SHORT)
            .withCredentials(() -> new Credentials("robot", "s3cret"));
    private final Rig rig = new Rig(settings);
    private final byte[] document = "{\"schemaVersion\":2}".getBytes(UTF_8);
    private final byte[] content = new byte[100_000];
    private final Digest blob = registry.blob("acme/app", content);

    UpstreamAuthTest() {
        registry.manifest("acme/app", MediaType.OCI_MANIFEST, document, "1.0");
        evil.manifest("acme/app", MediaType.OCI_MANIFEST, document, "1.0");
        evil.blob("acme/app", content);
    }

    @AfterEach
    void close() {
        rig.close();
        registry.close();
        evil.close();
    }

    @Test
    void a_token_is_fetched_once_and_used_for_the_repository() {
        registry.requireToken("robot", "s3cret", 300);
        for (int i = 0; i < 5; i++) {
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        }
        assertThat(registry.count("/token")).isOne();
        assertThat(registry.count("GET /token?service=fake&scope=repository%3Aacme%2Fapp%3Apull"))
                .isOne();
        assertThat(registry.count("/manifests/")).isEqualTo(6);
    }

    @Test
    void anonymous_tokens_need_no_login() {
        registry.requireToken("", "", 300);
        try (Rig anonymous =
                new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri()).withTimeouts(Rig.SHORT))) {
            assertThat(anonymous.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        }
        assertThat(registry.requests().stream()
                        .filter(request -> request.path().startsWith("/token"))
                        .findFirst()
                        .orElseThrow()
                        .headers())
                .doesNotContainKey("authorization");
    }

    @Test
    void a_token_that_is_no_longer_taken_is_renewed_once() {
        registry.requireToken("robot", "s3cret", 300);
        rig.fetch(Rig.tag("1.0"));
        registry.revokeTokens();
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        assertThat(registry.count("/token")).isEqualTo(2);
        registry.fault("/manifests/", FakeRegistryFault.status(401, "WWW-Authenticate", challengeOf(registry)));
        assertThat(rig.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(401));
        assertThat(registry.count("/token")).isEqualTo(3);
    }

    @Test
    void a_short_lived_token_is_not_kept() {
        registry.requireToken("robot", "s3cret", 1);
        rig.fetch(Rig.tag("1.0"));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        assertThat(registry.count("/token")).isEqualTo(2);
    }

    @Test
    void concurrent_requests_renew_one_token() {
        registry.requireToken("robot", "s3cret", 300);
        registry.fault("/token", FakeRegistryFault.delay(java.time.Duration.ofMillis(200)));
        List<Fetch> fetches = Collections.nCopies(40, Rig.tag("1.0"));
        assertThat(rig.fetchAll(fetches)).allMatch(Fetched.Found.class::isInstance);
        assertThat(registry.count("/token")).isOne();
        registry.revokeTokens();
        assertThat(rig.fetchAll(fetches)).allMatch(Fetched.Found.class::isInstance);
        assertThat(registry.count("/token")).isEqualTo(2);
    }

    @Test
    void another_repository_has_another_token() {
        registry.requireToken("robot", "s3cret", 300);
        rig.fetch(Rig.tag("1.0"));
        rig.fetch(new Fetch.BlobHead(new dev.pratique.attestations.image.Repository(Rig.NAME, "acme/other"), blob));
        assertThat(registry.count("repository%3Aacme%2Fother%3Apull")).isOne();
    }

    @Test
    void basic_is_answered_and_remembered() {
        registry.requireBasic("robot", "s3cret");
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Found.class);
        assertThat(registry.count("/manifests/")).isEqualTo(3);
    }

    @Test
    void a_wrong_password_is_denied_after_one_attempt() {
        registry.requireBasic("robot", "other");
        assertThat(rig.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(401));
        assertThat(registry.count("/manifests/")).isEqualTo(2);
        registry.requireToken("robot", "other", 300);
        assertThat(rig.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(401));
    }

    @Test
    @DisplayName("UPS-02: credentials and anonymous token requests never go to a realm that is not allowed")
    void a_foreign_realm_is_never_contacted() {
        registry.requireToken("robot", "s3cret", 300);
        registry.challenge(challengeOf(evil));
        assertThat(rig.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(401));
        assertThat(evil.connections()).isZero();
        assertThat(rig.counted("realm refused")).isOne();
        try (Rig anonymous =
                new Rig(UpstreamSettings.registry(Rig.NAME, registry.uri()).withTimeouts(Rig.SHORT))) {
            assertThat(anonymous.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(401));
        }
        assertThat(evil.connections()).isZero();
    }

    @Test
    void an_allowed_realm_is_asked() {
        registry.requireToken("robot", "s3cret", 300);
        registry.challenge(challengeOf(evil));
        try (Rig allowed =
                new Rig(settings.withTokenRealms(Set.of(Origin.of(evil.uri()).orElseThrow())))) {
            allowed.fetch(Rig.tag("1.0"));
        }
        assertThat(evil.count("GET /token")).isOne();
    }

    @Test
    void docker_hub_has_its_own_token_service() {
        assertThat(UpstreamSettings.registry("docker.io").tokenRealms())
                .containsExactly(new Origin("https", "auth.docker.io", 443));
        assertThat(UpstreamSettings.registry("quay.io").tokenRealms()).isEmpty();
    }

    @ParameterizedTest(name = "UPS-04: {0} to another origin goes without Authorization")
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_to_another_origin_loses_the_authorization(int status) {
        registry.requireToken("robot", "s3cret", 300);
        registry.fault(
                "GET /v2/acme/app/blobs/", new Redirect(status, evil.uri() + "/v2/acme/app/blobs/" + blob)::answer);
        assertThat(rig.fetch(Rig.blob(blob))).isInstanceOf(Fetched.Found.class);
        assertThat(evil.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.headers())
                        .doesNotContainKeys("authorization", "cookie")
                        .containsKey("user-agent"));
        assertThat(evil.count("/token")).isZero();
    }

    /** Redirects whoever is authorised. */
    private record Redirect(int status, String location) {
        boolean answer(FakeRegistry.Request request, FakeRegistry.Answer normal, java.net.Socket socket)
                throws java.io.IOException, InterruptedException {
            return normal.status() == 401
                    ? FakeRegistryFault.header("X", "y").answer(request, normal, socket)
                    : FakeRegistryFault.redirect(status, location).answer(request, normal, socket);
        }
    }

    @Test
    void a_redirect_within_the_origin_keeps_the_authorization() {
        registry.requireToken("robot", "s3cret", 300);
        registry.blob("acme/moved", content);
        registry.fault("GET /v2/acme/app/blobs/", new Redirect(307, "/v2/acme/moved/blobs/" + blob)::answer);
        assertThat(rig.fetch(Rig.blob(blob))).isInstanceOf(Fetched.Found.class);
    }

    @Test
    @DisplayName("UPS-02, UPS-04: a redirect target cannot call for credentials")
    void a_redirect_target_that_wants_credentials_is_denied() {
        registry.requireToken("robot", "s3cret", 300);
        evil.requireBasic("robot", "s3cret");
        registry.fault("GET /v2/acme/app/blobs/", new Redirect(307, evil.uri() + "/v2/acme/app/blobs/" + blob)::answer);
        assertThat(rig.fetch(Rig.blob(blob))).isEqualTo(new Fetched.Denied(401));
        assertThat(evil.requests())
                .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
    }

    @ParameterizedTest(name = "UPS-04: a redirect to {0} is wrong")
    @ValueSource(strings = {"", "::", "ftp://x/y", "http://user:pw@127.0.0.1/", "/v2/acme/app/blobs/loop"})
    void a_redirect_to_nowhere_or_without_end_is_wrong(String location) {
        registry.fault("/blobs/", FakeRegistryFault.redirect(307, location));
        assertThat(rig.fetch(Rig.blob(blob))).isInstanceOf(Fetched.Wrong.class);
        assertThat(registry.requests().size()).isLessThanOrEqualTo(Question.MAX_REDIRECTS + 1);
    }

    @Test
    @DisplayName("UPS-08: Basic beside Bearer does not get the password, readable or not")
    void a_bearer_challenge_is_never_downgraded_to_basic() {
        registry.requireBasic("robot", "s3cret");
        String foreign = challengeOf(evil);
        for (String header : List.of(
                "Basic realm=\"x\", " + foreign,
                foreign + ", Basic realm=\"x\"",
                "Basic realm=\"x\", Bearer realm=\"unterminated",
                "Basic realm=\"x\", Bearer",
                "Basic realm=\"x\", bEaReR service=\"no realm\"",
                "Bearer realm=\"" + registry.uri() + "/token\",realm=\"" + evil.uri() + "/token\"")) {
            registry.challenge(header);
            rig.fetch(Rig.tag("1.0"));
        }
        assertThat(evil.connections()).isZero();
        assertThat(registry.requests().stream()
                        .filter(request -> !request.path().startsWith("/token")))
                .allSatisfy(request -> assertThat(request.headers().getOrDefault("authorization", ""))
                        .doesNotContain("Basic"));
    }

    @Test
    @DisplayName("UPS-08: no challenge is a crash")
    void hostile_challenges_are_denied() {
        for (String header : List.of(
                "",
                ",,,,",
                "Bearer " + "a=b,".repeat(1500),
                "Bearer " + "a=b,".repeat(10_000),
                "Bearer realm=\"" + "x".repeat(7000) + "\"",
                "Bearer realm=\"http://\"",
                "Bearer realm=\"javascript:alert(1)\"",
                "Bearer realm=\"/token\"",
                "Bearer realm=\"" + registry.uri() + "/token#x\"",
                "Bearer realm=\"" + registry.uri().toString().replace("//", "//robot:pw@") + "/token\"",
                "Negotiate abc, NTLM")) {
            registry.fault("/manifests/", FakeRegistryFault.status(401, "WWW-Authenticate", header));
            assertThat(rig.fetch(Rig.tag("1.0"))).isEqualTo(new Fetched.Denied(401));
        }
        String huge = "Bearer realm=\"" + "x".repeat(1 << 20) + "\"";
        registry.fault("/manifests/", FakeRegistryFault.status(401, "WWW-Authenticate", huge));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
    }

    @Test
    void a_token_service_that_sends_no_token_is_wrong_and_one_that_fails_is_unread() {
        registry.requireToken("robot", "s3cret", 300);
        for (String body : List.of(
                "not json",
                "{}",
                "{\"token\":7}",
                "{\"token\":\"a b\"}",
                "{\"token\":\"a\\r\\nX-Evil: 1\"}",
                "{\"token\":\"good\",\"token\":\"evil\"}",
                "[" + "[".repeat(1000) + "]".repeat(1001))) {
            registry.fault("/token", FakeRegistryFault.body(body.getBytes(UTF_8)));
            assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
        }
        registry.fault("/token", FakeRegistryFault.body(new byte[1 << 20]));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
        registry.fault("/token", FakeRegistryFault.status(503));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Unread.class);
        registry.fault("/token", FakeRegistryFault.redirect(307, evil.uri() + "/token"));
        assertThat(rig.fetch(Rig.tag("1.0"))).isInstanceOf(Fetched.Wrong.class);
        assertThat(evil.connections()).isZero();
    }

    @Test
    void credentials_do_not_show_their_password() {
        assertThat(new Credentials("robot", "s3cret").toString()).doesNotContain("s3cret");
        assertThat(settings.toString()).doesNotContain("s3cret");
        assertThat(new Authenticator.Send("Bearer s3cret").toString()).doesNotContain("s3cret");
    }

    private static String challengeOf(FakeRegistry realm) {
        return "Bearer realm=\"" + realm.uri() + "/token\",service=\"x\",scope=\"repository:a:pull,push\"";
    }
}
