package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pratique.proxy.e2e.rig.Cosign;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.LayoutPush;
import dev.pratique.proxy.e2e.rig.ProxyConfig;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Scratch;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real cosign behind the proxy: what it says of each recorded image it says of it through the proxy, whatever way the
 * signature is stored and whether the upstream has the referrers API or not.
 */
@Tag("e2e")
class VerifiersE2eTest {
    /** Asks for no signature and is still no {@code admit}: evidence is served for being evidence, or not at all. */
    private static final String POLICY = """
            rules:
              - {name: samples, repositories: ['upstream.test/samples/**'], base: scratch}
              - {name: signed, repositories: ['upstream.test/verified/**'], signedBy: {any: [acme]}, base: catalog}
              - {name: closed, repositories: ['upstream.test/closed/**'], refuse: not from here}
            """;

    /** One of each way to store evidence. */
    private static final Set<String> TREES = Set.of(
            "att-k-bundle",
            "att-k-legacy-rekor1",
            "index-top-only",
            "k-both-formats",
            "k-bundle-docker-image",
            "k-bundle-fallback-tag",
            "k-legacy-docker-mt",
            "k-legacy-oci11",
            "nv-multisig");

    private static final Map<Registry.Kind, Front> FRONTS = new EnumMap<>(Registry.Kind.class);
    private static final Map<Registry.Kind, RunningProxy> PROXIES = new EnumMap<>(Registry.Kind.class);
    private static List<SampleCase> samples;
    private static Tool cosign;
    /** The same, which also looks at what cosign 2 called OCI 1.1. */
    private static Tool experimental;

    @BeforeAll
    static void start() {
        String tuf = Scratch.directory("tuf").toString();
        cosign = Tool.named("cosign").with("TUF_ROOT", tuf);
        experimental = Tool.named("cosign").with("TUF_ROOT", tuf).with("COSIGN_EXPERIMENTAL", "1");
        samples = SampleCase.all();
        for (Registry.Kind kind : Registry.Kind.values()) {
            Stock stock = Stock.of(kind);
            samples.forEach(sample -> LayoutPush.of(sample.layout(), stock.registry(), sample.repository()));
            FRONTS.put(kind, Front.before(stock.registry()));
            ProxyConfig config = stock.config().settings("tags: {ttl: 0}").policy(POLICY);
            PROXIES.put(
                    kind,
                    config.upstream("upstream.test", FRONTS.get(kind).url()).start());
        }
    }

    @AfterAll
    static void stop() {
        List<AutoCloseable> all = new ArrayList<>(PROXIES.values());
        all.addAll(FRONTS.values());
        Ending.all(all.toArray(AutoCloseable[]::new));
    }

    @TestFactory
    Stream<DynamicTest> cosign_says_of_each_sample_what_it_says_without_the_proxy() {
        Set<String> seen = new HashSet<>();
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> samples.stream()
                        .flatMap(sample -> sample.checks().stream()
                                .filter(check -> check.tool().equals("cosign"))
                                .filter(check -> seen.add(kind + sample.id() + check.arguments()))
                                .map(check -> DynamicTest.dynamicTest(
                                        kind + ": " + sample.id() + ": " + check.label(), () -> verify(kind, check)))));
    }

    private static void verify(Registry.Kind kind, SampleCase.Check check) {
        String host = PROXIES.get(kind).host();
        Tool tool = check.arguments().contains("--experimental-oci11") ? experimental : cosign;
        Tool.Ran ran = tool.run(check.arguments().stream()
                .map(argument -> argument.replace("HOST", host))
                .toArray(String[]::new));
        assertThat(ran.succeeded()).as(ran.toString()).isEqualTo(check.passes());
        // Where cosign does not accept an image it is for what it saw, not for what it could not get.
        assertThat(ran.said()).doesNotContain("DENIED", "UNAVAILABLE");
    }

    @TestFactory
    Stream<DynamicTest> cosign_draws_the_tree_of_each_sample_that_it_draws_without_the_proxy() {
        return Stream.of(Registry.Kind.values())
                .flatMap(kind -> samples.stream()
                        .filter(sample -> TREES.contains(sample.id()))
                        .map(sample -> DynamicTest.dynamicTest(kind + ": " + sample.id(), () -> {
                            String there = Stock.of(kind).registry().host();
                            List<String> direct = tree(there, sample);
                            assertThat(direct).hasSizeGreaterThan(2);
                            assertThat(tree(PROXIES.get(kind).host(), sample)).containsExactlyElementsOf(direct);
                        })));
    }

    /**
     * Its lines, in an order of their own, as cosign draws the branches in any, and without types, of which the registry
     * with the API says another than the manifests do.
     */
    private static List<String> tree(String host, SampleCase sample) {
        return cosign.output("tree", host + "/" + sample.repository() + ":" + sample.tag())
                .replace(host, "HOST")
                .lines()
                .map(line -> line.replaceFirst(" [^ ]+ artifacts via OCI referrer", ""))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void cosign_verifies_what_the_proxy_has_verified(Registry.Kind kind) {
        Stock stock = Stock.of(kind);
        for (Cosign.Layout layout : Cosign.Layout.values()) {
            Image app = stock.app(stock.current(), "verified/" + layout.name().toLowerCase(Locale.ROOT));
            assertThat(verify(kind, layout, Stock.ACME, app).succeeded()).isFalse();
            assertThat(pulled(kind, app)).isEqualTo(new Refused(403, "DENIED", "UNSIGNED"));
            Stock.signer(Stock.ACME).sign(layout, app.pinned(stock.registry().host()));
            Tool.Ran ran = verify(kind, layout, Stock.ACME, app);
            assertThat(ran.succeeded()).as(ran.toString()).isTrue();
            // A refusal is remembered for two seconds.
            await("the proxy admits " + app)
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> pulled(kind, app).status() == 200);
        }
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void evidence_about_an_image_that_the_proxy_refuses_can_be_looked_at(Registry.Kind kind) {
        Stock stock = Stock.of(kind);
        for (Cosign.Layout layout : Cosign.Layout.values()) {
            Image app =
                    stock.app(stock.current(), "verified/guest-" + layout.name().toLowerCase(Locale.ROOT));
            Stock.signer(Stock.GUEST).sign(layout, app.pinned(stock.registry().host()));
            assertThat(pulled(kind, app)).isEqualTo(new Refused(403, "DENIED", "WRONG_SIGNER"));
            Tool.Ran ran = verify(kind, layout, Stock.GUEST, app);
            assertThat(ran.succeeded()).as(ran.toString()).isTrue();
            assertThat(verify(kind, layout, Stock.ACME, app).succeeded()).isFalse();
        }
    }

    private static Refused pulled(Registry.Kind kind, Image image) {
        return Refused.of(
                Web.get(PROXIES.get(kind).url() + "/v2/" + image.repository() + "/manifests/" + image.digest()));
    }

    private static Tool.Ran verify(Registry.Kind kind, Cosign.Layout layout, String signer, Image image) {
        String key = Scratch.file(".pub", Stock.signer(signer).publicKey()).toString();
        List<String> command = new ArrayList<>(List.of("verify", "--key", key, "--insecure-ignore-tlog"));
        if (layout == Cosign.Layout.REFERRER) {
            command.addAll(List.of("--new-bundle-format=false", "--experimental-oci11"));
        }
        command.add(image.pinned(PROXIES.get(kind).host()));
        return experimental.run(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void every_entry_is_listed_under_the_type_that_its_manifest_has(Registry.Kind kind) {
        SampleCase sample = sample("nv-multisig");
        String list = PROXIES.get(kind).url() + "/v2/" + sample.repository() + "/referrers/" + sample.subject();
        String notary = "?artifactType=application/vnd.cncf.notary.signature";
        assertThat(Web.get(list + notary).header("OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(entries(Web.get(list + notary))).isEqualTo(3).isEqualTo(entries(Web.get(list)));
        assertThat(entries(Web.get(list + "?artifactType=application/vnd.oci.empty.v1%2Bjson")))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void what_is_no_evidence_is_listed_and_judged_when_it_is_asked_for(Registry.Kind kind) {
        SampleCase sample = sample("many-referrers");
        String repository = PROXIES.get(kind).url() + "/v2/" + sample.repository();
        Web.Answer list =
                Web.get(repository + "/referrers/" + sample.subject() + "?artifactType=application/vnd.example.type0");
        assertThat(entries(list)).isEqualTo(5);
        Matcher digest = Pattern.compile("\"digest\":\"([^\"]+)\"").matcher(list.text());
        assertThat(digest.find()).isTrue();
        assertThat(Refused.of(Web.get(repository + "/manifests/" + digest.group(1))))
                .isEqualTo(new Refused(403, "DENIED", "NOT_RUNNABLE"));
    }

    private static long entries(Web.Answer list) {
        assertThat(list.status()).as(list.toString()).isEqualTo(200);
        return Pattern.compile("\"digest\":").matcher(list.text()).results().count();
    }

    private static SampleCase sample(String id) {
        return samples.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void an_upstream_that_fails_is_never_an_empty_list(Registry.Kind kind) {
        SampleCase sample = sample("k-both-formats");
        String list = PROXIES.get(kind).url() + "/v2/" + sample.repository() + "/referrers/" + sample.subject();
        assertThat(Web.get(list).text()).contains("application/vnd.dev.sigstore.bundle.v0.3+json");
        String source = kind == Registry.Kind.REFERRERS
                ? ".*/k-both-formats/referrers/.*"
                : ".*/k-both-formats/manifests/sha256-[0-9a-f]{64}";
        FRONTS.get(kind).fail(source, Fault.status(500));
        try {
            assertThat(Refused.of(Web.get(list))).isEqualTo(new Refused(503, "UNAVAILABLE", "EVIDENCE_UNREADABLE"));
        } finally {
            FRONTS.get(kind).heal();
        }
        assertThat(Web.get(list).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Registry.Kind.class)
    void the_rule_refuses_lists_as_it_refuses_images_and_the_log_says_so(Registry.Kind kind) {
        RunningProxy proxy = PROXIES.get(kind);
        String closed = proxy.url() + "/v2/upstream.test/closed/app";
        assertThat(Refused.of(Web.get(closed + "/tags/list"))).isEqualTo(new Refused(403, "DENIED", "REFUSED_BY_RULE"));
        assertThat(Refused.of(Web.get(closed + "/referrers/sha256:" + "a".repeat(64))))
                .isEqualTo(new Refused(403, "DENIED", "REFUSED_BY_RULE"));
        assertThat(proxy.metric("pratique_discovery_total", "reason=\"REFUSED_BY_RULE\"", "answer=\"refused\""))
                .isEqualTo(2);
        assertThat(proxy.metric("pratique_discovery_total", "answer=\"listed\"", "kind=\"referrers\""))
                .isPositive();
        await().untilAsserted(() -> assertThat(String.join("\n", proxy.decisions()))
                .contains("\"kind\":\"tags\",\"repository\":\"upstream.test/closed/app\"")
                .contains("\"kind\":\"referrers\",\"repository\":\"upstream.test/closed/app\""));
    }
}
