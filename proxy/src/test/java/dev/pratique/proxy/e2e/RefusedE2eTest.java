package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Cosign;
import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Predicates;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.TarLayer;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What must not be pulled fails in crane with the reason in its message, and is counted under that reason. */
@Tag("e2e")
class RefusedE2eTest {
    private static final String POLICY = """
            rules:
              - name: attested
                repositories: ['upstream.test/attested/**']
                signedBy: {any: [acme]}
                provenance: {builders: ['https://ci.example/builder@v1'], sources: ['https://git.example/acme/*']}
              - name: signed
                repositories: ['upstream.test/signed/**']
                signedBy: {any: [acme]}
                base: catalog
                tags: {refuse: [latest]}
              - {name: closed, repositories: ['upstream.test/closed/**'], refuse: not from an approved registry}
            """;

    private static Stock stock;
    private static Front front;
    private static RunningProxy proxy;
    private static Tool crane;

    @BeforeAll
    static void start() {
        crane = Tool.named("crane");
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        proxy = stock.config()
                .upstream("upstream.test", front.url())
                .policy(POLICY)
                .start();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, front);
    }

    @Test
    void an_unsigned_image() {
        assertRefused(stock.app(stock.current(), "signed/unsigned"), "UNSIGNED");
    }

    @Test
    void an_image_signed_by_a_key_that_nobody_trusts() {
        Image app = stock.app(stock.current(), "signed/untrusted");
        Stock.signer("somebody").sign(Layout.BUNDLE, there(app));

        assertRefused(app, "SIGNATURE_UNTRUSTED");
    }

    @Test
    void an_image_signed_by_somebody_whom_the_rule_does_not_name() {
        Image app = stock.app(stock.current(), "signed/guest");
        Stock.signer(Stock.GUEST).sign(Layout.TAG, there(app));

        assertRefused(app, "WRONG_SIGNER");
    }

    @Test
    void an_image_beside_which_the_signature_of_another_one_was_put() {
        Image signed = stock.app(stock.current(), "signed/replayed");
        Image other = stock.app(stock.current(), "signed/replayed");
        Stock.signer(Stock.ACME).sign(Layout.TAG, there(signed));
        String repository = "signed/replayed:";
        stock.images().copy(repository + signed.evidenceTag(".sig"), repository + other.evidenceTag(".sig"));

        assertRefused(other, "OTHER_SUBJECT");
    }

    @Test
    void an_image_of_which_the_right_key_signed_nothing_but_an_sbom() {
        Image app = stock.app(stock.current(), "signed/sbom");
        Stock.signer(Stock.ACME).attest(Layout.BUNDLE, "spdxjson", Predicates.spdx(), there(app));

        assertRefused(app, "NOT_A_SIGNATURE");
    }

    @Test
    void an_image_without_provenance() {
        assertRefused(stock.signedApp("attested/without"), "NO_PROVENANCE");
    }

    @Test
    void an_image_built_from_another_source() {
        Image app = stock.signedApp("attested/source");
        Stock.signer(Stock.ACME).attest(Layout.BUNDLE, "slsaprovenance1", Predicates.otherSource(), there(app));

        assertRefused(app, "PROVENANCE_SOURCE");
    }

    @Test
    void an_image_built_by_somebody_else() {
        Image app = stock.signedApp("attested/builder");
        Stock.signer(Stock.ACME).attest(Layout.TAG, "slsaprovenance1", Predicates.otherBuilder(), there(app));

        assertRefused(app, "PROVENANCE_BUILDER");
    }

    @Test
    void an_image_on_a_base_that_is_not_in_the_catalog() {
        assertRefused(signed(stock.app(stock.stranger(), "signed/off-catalog")), "OFF_CATALOG");
    }

    @Test
    void an_image_on_a_base_past_its_end_of_life() {
        assertRefused(signed(stock.app(stock.dead(), "signed/end-of-life")), "BASE_END_OF_LIFE");
    }

    @Test
    void an_image_by_a_tag_that_the_rule_refuses() {
        Image app = stock.signedApp("signed/tags");
        stock.images().copy("signed/tags:1.0", "signed/tags:latest");

        assertRefused(new Image(app.repository(), "latest", app.digest()), "TAG_REFUSED");
    }

    @Test
    void an_image_of_a_repository_that_a_rule_refuses() {
        assertRefused(stock.app(stock.current(), "closed/app"), "REFUSED_BY_RULE");
    }

    @Test
    void an_image_that_no_rule_is_about() {
        assertRefused(stock.app(stock.current(), "nowhere/app"), "NO_RULE");
    }

    @Test
    void an_image_that_the_upstream_does_not_have() {
        assertRefused(new Image("signed/nothing", "1.0", "sha256:" + "0".repeat(64)), "MANIFEST_UNKNOWN");
    }

    @Test
    void an_image_whose_signatures_cannot_be_asked_for_is_undecided() {
        Image app = stock.app(stock.current(), "signed/unreadable");
        front.fail("/v2/signed/unreadable/referrers/.*", Fault.status(500));

        assertTurnedAway(app, "undecided", "EVIDENCE_UNREADABLE");
    }

    @Test
    void a_deprecated_base_is_admitted_with_a_warning() {
        Image app = signed(stock.app(stock.old(), "signed/deprecated"));
        long warned = proxy.pulls("warned", "");

        Web.Answer answer = Web.get(proxy.url() + "/v2/signed/deprecated/manifests/1.0");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.header("Warning")).startsWith("299 - \"").containsIgnoringCase("deprecated");
        assertThat(proxy.pulls("warned", "")).isEqualTo(warned + 1);
        assertThat(crane.run("manifest", app.tagged(proxy.host())).succeeded()).isTrue();
    }

    @Test
    void a_layer_with_other_bytes_is_cut_off_and_never_stored() {
        Image app = stock.images().on(stock.current(), "signed/tampered", "1.0", TarLayer.random(300_000));
        signed(app);
        List<String> listed = stock.images().listed(app);
        String layer = listed.get(listed.size() - 1);
        assertThat(crane.run("manifest", app.tagged(proxy.host())).succeeded()).isTrue();
        front.fail("/v2/signed/tampered/blobs/" + layer, Fault.tamper());

        Tool.Ran ran = crane.run("blob", proxy.host() + "/" + app.repository() + "@" + layer);

        assertThat(ran.succeeded()).as(ran.err()).isFalse();
        assertThat(proxy.stores(layer)).isFalse();
        front.heal();
        assertThat(Web.get(proxy.url() + "/v2/signed/tampered/blobs/" + layer).status())
                .isEqualTo(200);
    }

    @Test
    void every_refusal_stands_in_the_decision_log_with_its_reason() {
        Image app = stock.app(stock.current(), "signed/logged");

        assertRefused(app, "UNSIGNED");

        org.awaitility.Awaitility.await("the line is written")
                .atMost(java.time.Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(proxy.decisions())
                        .anySatisfy(line -> assertThat(line)
                                .contains("\"upstream.test/signed/logged\"")
                                .contains("\"answer\":\"refused\"")
                                .contains("\"reason\":\"UNSIGNED\"")
                                .contains(app.digest())));
    }

    private static Image signed(Image app) {
        Stock.signer(Stock.ACME).sign(Cosign.Layout.BUNDLE, there(app));
        return app;
    }

    private static String there(Image image) {
        return image.pinned(stock.registry().host());
    }

    private static void assertRefused(Image image, String reason) {
        assertTurnedAway(image, "refused", reason);
    }

    private static void assertTurnedAway(Image image, String answer, String reason) {
        long before = proxy.pulls(answer, reason);

        Tool.Ran pull = crane.run("pull", image.tagged(proxy.host()), "/dev/null");

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.said()).contains(reason);
        assertThat(proxy.pulls(answer, reason)).isGreaterThan(before);
        Web.Answer seen = Web.get(proxy.url() + "/v2/" + image.repository() + "/manifests/" + image.tag());
        assertThat(Refused.of(seen).reason()).as(seen.toString()).isEqualTo(reason);
        assertThat(seen.text()).contains("\"remedy\"").contains("\"findings\"");
    }
}
