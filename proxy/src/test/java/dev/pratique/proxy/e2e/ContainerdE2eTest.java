package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.e2e.rig.Authority;
import dev.pratique.proxy.e2e.rig.Containerd;
import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.HostsToml;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real containerd behind the proxy, over HTTPS with a private authority: what is admitted arrives; what is refused or undecided is not fetched from the
 * registry behind the proxy's back, whatever the node's configuration lets it try.
 */
@Tag("e2e")
class ContainerdE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['%s/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private static Stock stock;
    private static Front front;
    private static Front elsewhere;
    private static Authority authority;
    private static RunningProxy proxy;
    private static Containerd containerd;

    @BeforeAll
    static void start() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        elsewhere = Front.before(stock.registry());
        authority = Authority.create();
        containerd = Containerd.start();
        proxy = stock.config()
                .upstream(front.host(), front.url(), ", timeouts: {response: 2s}")
                .policy(POLICY.formatted(front.host()))
                .https(authority)
                .start();
    }

    @AfterEach
    void heal() {
        front.heal();
        containerd.clear();
    }

    @AfterAll
    static void stop() {
        Ending.all(containerd, proxy, front, elsewhere);
    }

    @Test
    void a_registry_that_containerd_does_fetch_from_sees_it() {
        Image app = stock.signedApp("signed/control");
        front.forget();

        Tool.Ran pull = containerd.pull(
                Containerd.hosts(front.host(), HostsToml.mirror(front.url())), app.tagged(front.host()));

        assertThat(pull.succeeded()).as(pull.toString()).isTrue();
        assertThat(front.seen()).anyMatch(Front.Seen::fromContainerd);
    }

    @ParameterizedTest
    @EnumSource
    void an_admitted_image_arrives_and_the_registry_never_sees_containerd(HostsToml node) {
        Image app = stock.signedApp("signed/good-" + name(node));
        front.forget();
        long admitted = proxy.pulls("admitted", "");

        Tool.Ran pull = containerd.pull(node.write(proxy, front.host()), app.tagged(front.host()));

        assertThat(pull.succeeded()).as(pull.toString()).isTrue();
        assertThat(containerd.images()).contains(app.digest());
        assertThat(proxy.pulls("admitted", "")).isGreaterThan(admitted);
        assertThat(front.seen()).isNotEmpty().noneMatch(Front.Seen::fromContainerd);
    }

    @ParameterizedTest
    @EnumSource
    void an_unsigned_image_is_not_fetched_past_the_proxy(HostsToml node) {
        Image app = stock.app(stock.current(), "signed/unsigned-" + name(node));

        assertTurnedAway(node, app.tagged(front.host()), "refused", "UNSIGNED");
    }

    @ParameterizedTest
    @EnumSource
    void an_unsigned_image_is_not_fetched_past_the_proxy_by_its_digest_either(HostsToml node) {
        Image app = stock.app(stock.current(), "signed/pinned-" + name(node));

        assertTurnedAway(node, app.pinned(front.host()), "refused", "UNSIGNED");
    }

    @ParameterizedTest
    @EnumSource
    void an_image_off_the_catalog_is_not_fetched_past_the_proxy(HostsToml node) {
        Image app = stock.app(stock.stranger(), "signed/off-" + name(node));
        Stock.signer(Stock.ACME).sign(Layout.BUNDLE, app.pinned(stock.registry().host()));

        assertTurnedAway(node, app.tagged(front.host()), "refused", "OFF_CATALOG");
    }

    @ParameterizedTest
    @EnumSource
    void an_image_whose_signatures_cannot_be_read_is_not_fetched_past_the_proxy(HostsToml node) {
        Image app = stock.app(stock.current(), "signed/unreadable-" + name(node));
        front.fail(".*/referrers/.*", Fault.status(500));

        assertTurnedAway(node, app.tagged(front.host()), "undecided", "EVIDENCE_UNREADABLE");
    }

    @ParameterizedTest
    @EnumSource
    void an_image_of_a_registry_that_hangs_is_not_fetched_past_the_proxy(HostsToml node) {
        Image app = stock.signedApp("signed/hanging-" + name(node));
        front.fail("/v2/signed/hanging-.*", Fault.hang());

        assertTurnedAway(node, app.tagged(front.host()), "undecided", "UPSTREAM_TIMEOUT");
    }

    @ParameterizedTest
    @EnumSource
    void an_image_for_which_no_judge_is_free_is_not_fetched_past_the_proxy(HostsToml node) {
        Image app = stock.signedApp("signed/waiting-" + name(node));
        front.fail("/v2/signed/busy/.*", Fault.hang());
        front.forget();
        try (RunningProxy cramped = stock.config()
                .upstream(front.host(), front.url())
                .settings("limits: {judges: 1, waiting: 0}")
                .policy(POLICY.formatted(front.host()))
                .https(authority)
                .start()) {
            var unused = Web.trusting(authority)
                    .sendAsync(
                            HttpRequest.newBuilder(URI.create(cramped.url() + "/v2/signed/busy/manifests/1.0"))
                                    .build(),
                            BodyHandlers.discarding());
            await("the only judge is busy")
                    .atMost(Duration.ofSeconds(10))
                    .until(() ->
                            front.seen().stream().anyMatch(seen -> seen.path().startsWith("/v2/signed/busy/")));

            assertTurnedAway(node, cramped, app.tagged(front.host()), "undecided", "POOL_FULL");
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_image_of_a_registry_that_the_proxy_does_not_know_is_not_fetched_past_it(HostsToml node) {
        Image app = stock.signedApp("signed/unknown-" + name(node));
        elsewhere.forget();

        assertTurnedAway(node, app.tagged(elsewhere.host()), "refused", "UNKNOWN_UPSTREAM");

        assertThat(elsewhere.seen()).isEmpty();
    }

    private static void assertTurnedAway(HostsToml node, String image, String answer, String reason) {
        assertTurnedAway(node, proxy, image, answer, reason);
    }

    private static void assertTurnedAway(
            HostsToml node, RunningProxy proxy, String image, String answer, String reason) {
        front.forget();
        long before = proxy.pulls(answer, reason);

        Tool.Ran pull = containerd.pull(node.write(proxy, image.substring(0, image.indexOf('/'))), image);

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.said()).contains(reason);
        assertThat(proxy.pulls(answer, reason)).as(proxy.said()).isGreaterThan(before);
        assertThat(front.seen()).noneMatch(Front.Seen::fromContainerd);
        assertThat(containerd.images()).doesNotContain(image);
    }

    private static String name(HostsToml node) {
        return node.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
