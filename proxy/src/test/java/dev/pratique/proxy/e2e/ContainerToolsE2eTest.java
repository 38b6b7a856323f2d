package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Authority;
import dev.pratique.proxy.e2e.rig.ContainersNode;
import dev.pratique.proxy.e2e.rig.ContainersNode.Client;
import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
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
 * Real skopeo, podman and buildah behind the proxy, over HTTPS with a private authority: what is admitted arrives with its
 * bytes, what is not is not fetched from the registry behind the proxy's back, and the reason is what people read.
 */
@Tag("e2e")
class ContainerToolsE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['%s/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private static Stock stock;
    private static Front front;
    private static RunningProxy proxy;
    private static Authority authority;
    private static final Map<Address, ContainersNode> NODES = new EnumMap<>(Address.class);

    /** How a client is made to ask the proxy for an image of a registry. */
    enum Address {
        /** {@code PROXY/REGISTRY/repository}: people name the proxy. */
        BY_PATH {
            @Override
            ContainersNode node() {
                return ContainersNode.with("");
            }

            @Override
            String host() {
                return proxy.host() + "/" + front.host();
            }
        },
        /** People name the registry, and registries.conf as our own command writes it says that it is at the proxy. */
        REMAPPED {
            @Override
            ContainersNode node() {
                return ContainersNode.generated(proxy);
            }

            @Override
            String host() {
                return front.host();
            }
        };

        abstract ContainersNode node();

        /** What stands before the repository. */
        abstract String host();
    }

    /** The form in which the registry itself stays the last resort. */
    private static String mirror() {
        return """
                [[registry]]
                prefix = "%1$s"
                location = "%1$s"
                insecure = true
                [[registry.mirror]]
                location = "%2$s/%1$s"
                """.formatted(front.host(), proxy.host());
    }

    static Stream<Arguments> clients() {
        return Stream.of(Client.values())
                .flatMap(client -> Stream.of(Address.values()).map(address -> Arguments.of(client, address)));
    }

    @BeforeAll
    static void start() {
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.withoutPort(stock.registry());
        authority = Authority.create();
        proxy = stock.config()
                .upstream(front.host(), front.url(), ", timeouts: {response: 2s}")
                .policy(POLICY.formatted(front.host()))
                .https(authority)
                .start();
        for (Address address : Address.values()) {
            NODES.put(address, address.node().trust(proxy.host(), authority));
        }
    }

    @AfterEach
    void heal() {
        front.heal();
        NODES.values().forEach(ContainersNode::clear);
    }

    @AfterAll
    static void stop() {
        Ending.all(NODES.get(Address.BY_PATH), NODES.get(Address.REMAPPED), proxy, front);
        NODES.clear();
    }

    @ParameterizedTest
    @EnumSource
    void the_registry_sees_a_client_that_has_it_as_a_last_resort(Client client) {
        Image app = stock.app(stock.current(), "signed/control-" + name(client));
        front.forget();
        try (ContainersNode open = ContainersNode.with(mirror()).trust(proxy.host(), authority)) {
            long refused = proxy.pulls("refused", "UNSIGNED");

            Tool.Ran pull = open.pull(client, app.tagged(front.host()));

            assertThat(pull.succeeded()).as(pull.toString()).isTrue();
            assertThat(proxy.pulls("refused", "UNSIGNED")).isGreaterThan(refused);
            assertThat(front.seen())
                    .anyMatch(seen -> !seen.fromProxy() && seen.path().endsWith("/manifests/1.0"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_client_that_was_not_given_the_authority_asks_nothing(Client client) {
        Image app = stock.signedApp("signed/stranger-" + name(client));
        front.forget();
        try (ContainersNode stranger = ContainersNode.with("")) {
            Tool.Ran pull = stranger.pull(client, app.tagged(Address.BY_PATH.host()));

            assertThat(pull.succeeded()).as(pull.toString()).isFalse();
            assertThat(pull.said()).contains("x509: certificate signed by unknown authority");
            assertThat(front.seen()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Address.class)
    void skopeo_copies_an_image_byte_for_byte(Address address) {
        Image app = stock.signedApp("signed/copied-" + name(address));

        for (String image : new String[] {app.tagged(address.host()), app.pinned(address.host())}) {
            front.forget();
            Pulled copied = NODES.get(address).copied(image);

            assertThat(copied.sameBytesAs(fromTheRegistry(app))).isTrue();
            assertThat(front.seen()).allMatch(Front.Seen::fromProxy);
        }
    }

    @ParameterizedTest
    @EnumSource(Address.class)
    void skopeo_copies_an_index_with_all_its_children(Address address) {
        String repository = "signed/family-" + name(address);
        Image one = stock.app(stock.current(), repository);
        Image two = stock.app(stock.current(), repository);
        Image index = stock.images().index(repository, "all", one, two);
        Stock.signer(Stock.ACME)
                .sign(Layout.BUNDLE, index.pinned(stock.registry().host()));

        front.forget();

        byte[] raw = NODES.get(address).raw(index.tagged(address.host()));
        Pulled copied = NODES.get(address).copied(index.pinned(address.host()));

        // skopeo 1.9.3 writes an index anew when it stores one; what it read is compared instead.
        assertThat(Pulled.sha256(raw)).isEqualTo(index.digest());
        assertThat(copied.blobs().keySet())
                .containsAll(fromTheRegistry(one).blobs().keySet())
                .containsAll(fromTheRegistry(two).blobs().keySet());
        assertThat(front.seen()).isNotEmpty().allMatch(Front.Seen::fromProxy);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void an_admitted_image_arrives_whole(Client client, Address address) {
        Image app = stock.signedApp("signed/good-" + name(client) + "-" + name(address));
        String config = stock.images().listed(app).get(0);
        front.forget();

        for (String image : new String[] {app.tagged(address.host()), app.pinned(address.host())}) {
            ContainersNode node = NODES.get(address);
            Tool.Ran pull = node.pull(client, image);

            assertThat(pull.succeeded()).as(pull.toString()).isTrue();
            assertThat(front.seen()).isNotEmpty().allMatch(Front.Seen::fromProxy);
            if (client == Client.SKOPEO) {
                continue; // what it wrote is compared above
            }
            assertThat(node.kept().has(app.digest())).as("the manifest").isTrue();
            assertThat(node.kept().has(config)).as("the configuration").isTrue();
            assertThat(node.mounted(image).resolve("app.txt")).content().startsWith(app.repository());
            node.clear();
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void an_unsigned_image_is_not_fetched_past_the_proxy(Client client, Address address) {
        Image app = stock.app(stock.current(), "signed/unsigned-" + name(client) + "-" + name(address));

        assertTurnedAway(client, address, app.tagged(address.host()), "refused", "UNSIGNED");
        assertTurnedAway(client, address, app.pinned(address.host()), "refused", "UNSIGNED");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void an_image_off_the_catalog_is_not_fetched_past_the_proxy(Client client, Address address) {
        Image app = stock.app(stock.stranger(), "signed/off-" + name(client) + "-" + name(address));
        Stock.signer(Stock.ACME).sign(Layout.BUNDLE, app.pinned(stock.registry().host()));

        assertTurnedAway(client, address, app.tagged(address.host()), "refused", "OFF_CATALOG");
    }

    @ParameterizedTest
    @MethodSource("clients")
    void an_image_whose_signatures_cannot_be_read_is_not_fetched_past_the_proxy(Client client, Address address) {
        Image app = stock.app(stock.current(), "signed/unreadable-" + name(client) + "-" + name(address));
        front.fail(".*/referrers/.*", Fault.status(500));

        assertTurnedAway(client, address, app.tagged(address.host()), "undecided", "EVIDENCE_UNREADABLE");
        assertTurnedAway(client, address, app.pinned(address.host()), "undecided", "EVIDENCE_UNREADABLE");
    }

    @ParameterizedTest
    @EnumSource
    void an_image_of_a_registry_that_the_proxy_does_not_know_is_refused(Client client) {
        assertTurnedAway(client, Address.BY_PATH, proxy.host() + "/unknown.test/app:1.0", "refused", "NO_RULE");
    }

    @ParameterizedTest
    @EnumSource(Address.class)
    void buildah_builds_on_an_admitted_base_and_not_on_a_refused_one(Address address) {
        Image good = stock.signedApp("signed/from-" + name(address));
        Image bad = stock.app(stock.current(), "signed/from-unsigned-" + name(address));
        ContainersNode node = NODES.get(address);
        front.forget();

        Tool.Ran built = node.build("FROM " + good.tagged(address.host()) + "\nLABEL stands=on\n");
        Tool.Ran refused = node.build("FROM " + bad.tagged(address.host()) + "\nLABEL stands=on\n");
        Tool.Ran from = node.from(good.tagged(address.host()));
        Tool.Ran fromRefused = node.from(bad.tagged(address.host()));

        assertThat(built.succeeded()).as(built.toString()).isTrue();
        assertThat(from.succeeded()).as(from.toString()).isTrue();
        assertThat(refused.succeeded()).as(refused.toString()).isFalse();
        assertThat(refused.said()).contains("UNSIGNED");
        assertThat(fromRefused.succeeded()).as(fromRefused.toString()).isFalse();
        assertThat(fromRefused.said()).contains("UNSIGNED");
        assertThat(front.seen()).isNotEmpty().allMatch(Front.Seen::fromProxy);
    }

    private static Pulled fromTheRegistry(Image image) {
        return Pulled.by(Tool.named("crane"), image.pinned(stock.registry().host()));
    }

    private static void assertTurnedAway(Client client, Address address, String image, String answer, String reason) {
        front.forget();
        long before = proxy.pulls(answer, reason);

        Tool.Ran pull = NODES.get(address).pull(client, image);

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.said()).contains(reason);
        assertThat(proxy.pulls(answer, reason)).as(proxy.said()).isGreaterThan(before);
        assertThat(front.seen()).allMatch(Front.Seen::fromProxy);
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
