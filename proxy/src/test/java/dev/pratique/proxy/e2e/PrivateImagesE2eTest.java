package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Containerd;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.Resolver;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that asks who is there: the proxy shows its own credentials, and nobody else's go anywhere. */
@Tag("e2e")
class PrivateImagesE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['%s/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;
    private static final String ROBOT = "Basic " + encoded("robot:of-the-proxy");
    private static final String SECRET = "pull-secret-of-a-user";
    private static final String USER = "Basic " + encoded("user:" + SECRET);

    private static Stock stock;
    private static Front registry;
    private static RunningProxy proxy;
    /** Before the proxy, to see what clients send it. */
    private static Front door;

    @BeforeAll
    static void start() {
        stock = Stock.of(Registry.Kind.TAGS);
        registry = Front.before(stock.registry());
        registry.fail(".*", Fault.unauthorized(ROBOT));
        Path password = Scratch.file(".password", "of-the-proxy\n");
        proxy = stock.config()
                .upstream(
                        registry.host(),
                        registry.url(),
                        ", credentials: {username: robot, password: {file: '" + password + "'}}")
                .policy(POLICY.formatted(registry.host()))
                .start();
        door = Front.before(proxy.url());
    }

    @AfterAll
    static void stop() {
        Ending.all(door, proxy, registry);
    }

    @Test
    void a_private_image_is_pulled_with_the_proxys_credentials_by_a_client_that_has_none() {
        Image app = stock.signedApp("signed/private");
        registry.forget();

        Pulled through = Pulled.by(Tool.named("crane"), app.tagged(proxy.host()));

        assertThat(through.sameBytesAs(Pulled.by(
                        Tool.named("crane"), app.tagged(stock.registry().host()))))
                .isTrue();
        assertThat(registry.seen()).anyMatch(seen -> seen.authorization().equals(ROBOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Bearer"})
    void credentials_that_a_client_sends_are_neither_passed_on_nor_written_down(String scheme) {
        String secret = scheme.equals("Basic") ? USER : "Bearer " + SECRET;
        Image good = stock.signedApp("signed/sent-" + scheme.toLowerCase(java.util.Locale.ROOT));
        Image bad = stock.app(stock.current(), "signed/sent-unsigned-" + scheme.toLowerCase(java.util.Locale.ROOT));
        registry.forget();

        Web.Answer admitted = with(secret, proxy.url() + good.manifestPath());
        Web.Answer layer = with(
                secret,
                proxy.url() + "/v2/" + good.repository() + "/blobs/"
                        + stock.images().listed(good).get(1));
        Web.Answer refused = with(secret, proxy.url() + bad.manifestPath());

        assertThat(admitted.status()).as(admitted.toString()).isEqualTo(200);
        assertThat(layer.status()).as(layer.toString()).isEqualTo(200);
        assertThat(Refused.of(refused).reason()).isEqualTo("UNSIGNED");
        assertNoSecret(secret);
    }

    @Test
    void what_crane_sends_without_being_asked_goes_no_further_than_the_proxy() {
        Image app = stock.signedApp("signed/crane-user");
        Path docker = Scratch.directory("docker");
        String auth = USER.substring("Basic ".length());
        write(docker.resolve("config.json"), "{\"auths\": {\"" + door.host() + "\": {\"auth\": \"" + auth + "\"}}}");
        Tool crane = Tool.named("crane").with("DOCKER_CONFIG", docker.toString());
        door.forget();
        registry.forget();

        Pulled.by(crane, app.tagged(door.host()));

        assertThat(door.seen()).anyMatch(seen -> seen.authorization().equals(USER));
        assertNoSecret(USER);
    }

    @Test
    void skopeo_is_not_asked_for_credentials_and_sends_none() {
        Image app = stock.signedApp("signed/skopeo-user");
        door.forget();

        Tool.Ran copy = Tool.named("skopeo")
                .run(
                        "--insecure-policy",
                        "copy",
                        "--src-tls-verify=false",
                        "--src-creds",
                        "user:" + SECRET,
                        "docker://" + app.tagged(door.host()),
                        "dir:" + Scratch.directory("skopeo"));

        assertThat(copy.succeeded()).as(copy.toString()).isTrue();
        assertThat(door.seen())
                .isNotEmpty()
                .allMatch(seen -> seen.authorization().isEmpty());
    }

    /** hosts.toml can name headers that go with every request, asked for or not. */
    @ParameterizedTest
    @EnumSource
    void what_a_node_sends_with_every_request_goes_no_further_than_the_proxy(Resolver resolver) {
        Image app = stock.signedApp("signed/node-"
                + resolver.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        Path hosts = Containerd.hosts(
                registry.host(),
                "server = \"%1$s\"\n[host.\"%1$s\"]\n  capabilities = [\"pull\", \"resolve\"]\n".formatted(door.url())
                        + "  [host.\"%s\".header]\n    authorization = [\"%s\"]\n".formatted(door.url(), USER));
        door.forget();
        registry.forget();

        Resolver.Pull pull = resolver.pull(hosts, app.tagged(registry.host()));

        assertThat(pull.succeeded()).as(pull.toString()).isTrue();
        assertThat(door.seen()).anyMatch(seen -> seen.authorization().equals(USER));
        assertNoSecret(USER);
    }

    @Test
    void without_credentials_of_its_own_the_proxy_cannot_decide_and_does_not_ask_the_client_for_any() {
        Image app = stock.signedApp("signed/locked");
        try (RunningProxy poor = stock.config()
                .upstream(registry.host(), registry.url())
                .policy(POLICY.formatted(registry.host()))
                .start()) {
            registry.forget();

            Web.Answer answer = with(USER, poor.url() + app.manifestPath());

            assertThat(answer.status()).as(answer.toString()).isNotEqualTo(200).isNotEqualTo(401);
            assertThat(Refused.of(answer).reason()).as(answer.toString()).isEqualTo("UPSTREAM_DENIED");
            assertThat(registry.seen())
                    .isNotEmpty()
                    .allMatch(seen -> seen.authorization().isEmpty());
        }
    }

    private static Web.Answer with(String authorization, String url) {
        return Web.send(HttpRequest.newBuilder(URI.create(url)).header("Authorization", authorization));
    }

    private static void assertNoSecret(String sent) {
        assertThat(registry.seen())
                .isNotEmpty()
                .allMatch(Front.Seen::fromProxy)
                .noneMatch(seen -> seen.authorization().equals(sent));
        String encoded = sent.substring(sent.indexOf(' ') + 1);
        org.awaitility.Awaitility.await("the decision is written")
                .atMost(Duration.ofSeconds(10))
                .until(() -> !proxy.decisions().isEmpty());
        assertThat(String.join("\n", proxy.decisions()) + proxy.said())
                .doesNotContain(encoded)
                .doesNotContain(SECRET);
        for (String page : List.of("/metrics", "/")) {
            assertThat(Web.get(proxy.operator() + page).text())
                    .doesNotContain(encoded)
                    .doesNotContain(SECRET);
        }
        assertThat(proxy.storesText(encoded)).isFalse();
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
