package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What real cosign signed, in every layout and on both kinds of registry, is pulled byte for byte. */
@Tag("e2e")
class AdmittedE2eTest {
    private static final String POLICY = """
            rules:
              - name: attested
                repositories: ['upstream.test/attested/**']
                signedBy: {any: [acme]}
                provenance: {builders: ['https://ci.example/builder@v1'], sources: ['https://git.example/acme/*']}
                base: catalog
              - {name: signed, repositories: ['upstream.test/signed/**'], signedBy: {any: [acme]}, base: catalog}
              - {name: bases, repositories: ['upstream.test/debian/**'], admit: unverified}
            """;

    private static final Map<Registry.Kind, RunningProxy> PROXIES = new EnumMap<>(Registry.Kind.class);
    private static Tool crane;

    @BeforeAll
    static void start() {
        crane = Tool.named("crane");
        for (Registry.Kind kind : Registry.Kind.values()) {
            Stock stock = Stock.of(kind);
            PROXIES.put(
                    kind,
                    stock.config()
                            .upstream("upstream.test", stock.registry().url())
                            .policy(POLICY)
                            .start());
        }
    }

    @AfterAll
    static void stop() {
        PROXIES.values().forEach(RunningProxy::close);
    }

    static Stream<Arguments> signatures() {
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> Stream.of(Layout.values()).map(layout -> Arguments.of(kind, layout)));
    }

    static Stream<Arguments> attestations() {
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> Stream.of(Layout.BUNDLE, Layout.TAG)
                        .flatMap(layout -> Stream.of("slsaprovenance1", "slsaprovenance02")
                                .map(type -> Arguments.of(kind, layout, type))));
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void a_signed_image_is_pulled_byte_for_byte(Registry.Kind kind, Layout layout) {
        Stock stock = Stock.of(kind);
        Image app = stock.app(stock.current(), "signed/" + layout.name().toLowerCase(Locale.ROOT));
        Stock.signer(Stock.ACME).sign(layout, app.pinned(stock.registry().host()));

        assertPulled(kind, app, "signed");
    }

    @ParameterizedTest
    @MethodSource("attestations")
    void an_image_with_provenance_is_pulled_byte_for_byte(Registry.Kind kind, Layout layout, String type) {
        Stock stock = Stock.of(kind);
        Image app = stock.app(stock.current(), "attested/" + layout.name().toLowerCase(Locale.ROOT) + "-" + type);
        String there = app.pinned(stock.registry().host());
        Stock.signer(Stock.ACME).sign(layout, there);
        Stock.signer(Stock.ACME)
                .attest(layout, type, type.equals("slsaprovenance1") ? Predicates.slsa1() : Predicates.slsa02(), there);

        assertPulled(kind, app, "attested");
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void a_signed_index_covers_its_children(Registry.Kind kind) {
        Stock stock = Stock.of(kind);
        Image one = stock.app(stock.current(), "signed/family");
        Image two = stock.app(stock.current(), "signed/family");
        Image index = stock.images().index("signed/family", "all", one, two);
        Stock.signer(Stock.ACME)
                .sign(Layout.BUNDLE, index.pinned(stock.registry().host()));

        assertPulled(kind, index, "signed");
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void what_cosign_put_there_can_be_pulled_and_verified_through_the_proxy(Registry.Kind kind) {
        Stock stock = Stock.of(kind);
        Image app = stock.app(stock.current(), "signed/evidence");
        Stock.signer(Stock.ACME).sign(Layout.TAG, app.pinned(stock.registry().host()));
        RunningProxy proxy = PROXIES.get(kind);

        Web.Answer answer = Web.get(proxy.url() + "/v2/" + app.repository() + "/manifests/" + app.evidenceTag(".sig"));

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.text()).contains("application/vnd.dev.cosign.simplesigning.v1+json");
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void an_image_that_was_refused_is_pulled_once_it_is_signed(Registry.Kind kind) {
        Stock stock = Stock.of(kind);
        Image app = stock.app(stock.current(), "signed/late");
        RunningProxy proxy = PROXIES.get(kind);
        assertThat(crane.run("manifest", app.tagged(proxy.host())).said()).contains("UNSIGNED");

        Stock.signer(Stock.ACME).sign(Layout.BUNDLE, app.pinned(stock.registry().host()));

        org.awaitility.Awaitility.await("signing works at once")
                .atMost(java.time.Duration.ofSeconds(20))
                .until(() -> crane.run("manifest", app.tagged(proxy.host())).succeeded());
        assertPulled(kind, app, "signed");
    }

    private static void assertPulled(Registry.Kind kind, Image image, String rule) {
        RunningProxy proxy = PROXIES.get(kind);
        String upstream = Stock.of(kind).registry().host();
        long admitted = admitted(proxy, rule);

        Pulled through = Pulled.by(crane, image.tagged(proxy.host()));

        assertThat(through.sameBytesAs(Pulled.by(crane, image.tagged(upstream))))
                .isTrue();
        assertThat(admitted(proxy, rule)).isGreaterThan(admitted);
        assertThat(crane.output("manifest", image.tagged(proxy.host())))
                .isEqualTo(crane.output("manifest", image.tagged(upstream)));
        assertHeadAgrees(proxy, image);
    }

    private static void assertHeadAgrees(RunningProxy proxy, Image image) {
        String url = proxy.url() + "/v2/" + image.repository() + "/manifests/" + image.tag();
        Web.Answer head = Web.head(url);
        Web.Answer get = Web.get(url);

        assertThat(get.header("Docker-Content-Digest")).isEqualTo(image.digest());
        assertThat(head.header("Docker-Content-Digest")).isEqualTo(image.digest());
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(get.body().length));
        assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type"));
        assertThat(get.header("Content-Encoding")).isEmpty();
    }

    private static long admitted(RunningProxy proxy, String rule) {
        return (long)
                proxy.metric("pratique_pulls_total", "answer=\"admitted\"", "reason=\"\"", "rule=\"" + rule + "\"");
    }
}
