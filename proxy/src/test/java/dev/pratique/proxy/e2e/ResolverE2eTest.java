package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Authority;
import dev.pratique.proxy.e2e.rig.Containerd;
import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.HostsToml;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.Resolver;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The resolvers of three lines of containerd behind the proxy, over HTTPS with a private authority: what is admitted arrives
 * whole; for what is not, no request reaches the registry, and the node's user reads why.
 */
@Tag("e2e")
class ResolverE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['%s/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;
    private static final String REMEDY = "sign it where it is built";

    private static Stock stock;
    private static Front front;
    private static Front elsewhere;
    private static Authority authority;
    private static RunningProxy proxy;

    static Stream<Arguments> nodes() {
        return Stream.of(Resolver.values())
                .flatMap(resolver -> Stream.of(HostsToml.values()).map(hosts -> Arguments.of(resolver, hosts)));
    }

    @BeforeAll
    static void start() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        elsewhere = Front.before(stock.registry());
        authority = Authority.create();
        proxy = stock.config()
                .upstream(front.host(), front.url(), ", timeouts: {response: 2s}")
                .policy(POLICY.formatted(front.host()))
                .https(authority)
                .start();
    }

    @AfterEach
    void heal() {
        front.heal();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, front, elsewhere);
    }

    @ParameterizedTest
    @EnumSource
    void the_registry_sees_a_resolver_that_falls_back_to_it(Resolver resolver) {
        Image app = stock.app(stock.current(), "signed/control-" + name(resolver));
        try (RunningProxy forbidding = forbidding()) {
            front.forget();
            long refused = forbidding.pulls("refused", "UNSIGNED");

            Resolver.Pull pull =
                    resolver.pull(HostsToml.MIRROR_ONLY.write(forbidding, front.host()), app.tagged(front.host()));

            assertThat(pull.succeeded()).as(pull.toString()).isTrue();
            assertThat(forbidding.pulls("refused", "UNSIGNED")).isGreaterThan(refused);
            assertThat(front.seen())
                    .anyMatch(seen -> seen.fromContainerd() && seen.path().contains("/manifests/"))
                    .anyMatch(seen -> seen.fromContainerd() && seen.path().contains("/blobs/"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_resolver_that_was_not_given_the_authority_is_not_served(Resolver resolver) {
        Image app = stock.signedApp("signed/stranger-" + name(resolver));
        front.forget();
        Path hosts =
                Containerd.hosts(front.host(), "server = \"" + proxy.url() + "\"\n" + HostsToml.mirror(proxy.url()));

        Resolver.Pull pull = resolver.pull(hosts, app.tagged(front.host()));

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.said()).contains("x509: certificate signed by unknown authority");
        assertThat(front.seen()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_admitted_image_arrives_byte_for_byte(Resolver resolver, HostsToml hosts) {
        Image app = stock.signedApp("signed/good-" + name(resolver) + name(hosts));

        assertArrives(resolver, hosts, app.tagged(front.host()), app);
        assertArrives(resolver, hosts, app.pinned(front.host()), app);
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_admitted_index_arrives_with_all_its_children(Resolver resolver, HostsToml hosts) {
        String repository = "signed/family-" + name(resolver) + name(hosts);
        Image one = stock.app(stock.current(), repository);
        Image two = stock.app(stock.current(), repository);
        Image index = stock.images().index(repository, "all", one, two);
        Stock.signer(Stock.ACME)
                .sign(Layout.BUNDLE, index.pinned(stock.registry().host()));

        assertArrives(resolver, hosts, index.tagged(front.host()), index);
        assertArrives(resolver, hosts, index.pinned(front.host()), index);
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_unsigned_image_is_not_fetched_past_the_proxy(Resolver resolver, HostsToml hosts) {
        Image app = stock.app(stock.current(), "signed/unsigned-" + name(resolver) + name(hosts));

        assertTurnedAway(resolver, hosts, app.tagged(front.host()), "refused", "UNSIGNED");
        assertTurnedAway(resolver, hosts, app.pinned(front.host()), "refused", "UNSIGNED");
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_unsigned_index_is_not_fetched_past_the_proxy(Resolver resolver, HostsToml hosts) {
        String repository = "signed/orphans-" + name(resolver) + name(hosts);
        Image index = stock.images().index(repository, "all", stock.app(stock.current(), repository));

        assertTurnedAway(resolver, hosts, index.tagged(front.host()), "refused", "UNSIGNED");
        assertTurnedAway(resolver, hosts, index.pinned(front.host()), "refused", "UNSIGNED");
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_image_whose_signatures_cannot_be_read_is_not_fetched_past_the_proxy(Resolver resolver, HostsToml hosts) {
        Image app = stock.app(stock.current(), "signed/unreadable-" + name(resolver) + name(hosts));
        front.fail(".*/referrers/.*", Fault.status(500));

        assertTurnedAway(resolver, hosts, app.tagged(front.host()), "undecided", "EVIDENCE_UNREADABLE");
        assertTurnedAway(resolver, hosts, app.pinned(front.host()), "undecided", "EVIDENCE_UNREADABLE");
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_image_of_a_registry_that_hangs_is_not_fetched_past_the_proxy(Resolver resolver, HostsToml hosts) {
        Image app = stock.signedApp("signed/hanging-" + name(resolver) + name(hosts));
        front.fail("/v2/signed/hanging-.*", Fault.hang());

        assertTurnedAway(resolver, hosts, app.tagged(front.host()), "undecided", "UPSTREAM_TIMEOUT");
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void an_image_of_a_registry_that_the_proxy_does_not_know_is_not_fetched_past_it(
            Resolver resolver, HostsToml hosts) {
        Image app = stock.signedApp("signed/unknown-" + name(resolver) + name(hosts));
        elsewhere.forget();

        assertTurnedAway(resolver, hosts, app.tagged(elsewhere.host()), "refused", "UNKNOWN_UPSTREAM");

        assertThat(elsewhere.seen()).isEmpty();
    }

    /** With a status on which they fall back, closed nodes have nowhere to fall; newer lines then show our error's text. */
    @ParameterizedTest
    @EnumSource
    void a_closed_node_shows_the_reason_of_a_403_too(Resolver resolver) {
        Image app = stock.app(stock.current(), "signed/forbidden-" + name(resolver));
        try (RunningProxy forbidding = forbidding()) {
            front.forget();

            Resolver.Pull pull =
                    resolver.pull(HostsToml.GENERATED.write(forbidding, front.host()), app.tagged(front.host()));

            assertThat(pull.succeeded()).as(pull.toString()).isFalse();
            assertThat(pull.said()).contains("UNSIGNED");
            if (resolver != Resolver.CONTAINERD_1_7) {
                assertThat(pull.said()).contains("denied: UNSIGNED").contains(REMEDY);
            }
            assertThat(front.seen()).isNotEmpty().allMatch(Front.Seen::fromProxy);
        }
    }

    private static RunningProxy forbidding() {
        return stock.config()
                .upstream(front.host(), front.url())
                .settings("refusal: {status: {'containerd/': 403}}")
                .policy(POLICY.formatted(front.host()))
                .https(authority)
                .start();
    }

    private static void assertArrives(Resolver resolver, HostsToml hosts, String image, Image stocked) {
        front.forget();
        Pulled expected =
                Pulled.by(Tool.named("crane"), stocked.pinned(stock.registry().host()));

        Resolver.Pull pull = resolver.pull(hosts.write(proxy, front.host()), image);

        assertThat(pull.succeeded()).as(pull.toString()).isTrue();
        assertThat(pull.digest()).isEqualTo(stocked.digest());
        assertThat(pull.arrived().sameBytesAs(expected)).as(pull.toString()).isTrue();
        assertThat(front.seen()).allMatch(Front.Seen::fromProxy);
    }

    private static void assertTurnedAway(
            Resolver resolver, HostsToml hosts, String image, String answer, String reason) {
        front.forget();
        long before = proxy.pulls(answer, reason);

        Resolver.Pull pull = resolver.pull(hosts.write(proxy, image.substring(0, image.indexOf('/'))), image);

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.digest()).as(pull.toString()).isEmpty();
        assertThat(pull.fetched()).isEmpty();
        assertThat(pull.said()).contains(reason);
        assertThat(proxy.pulls(answer, reason)).as(proxy.said()).isGreaterThan(before);
        assertThat(front.seen()).allMatch(Front.Seen::fromProxy);
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
