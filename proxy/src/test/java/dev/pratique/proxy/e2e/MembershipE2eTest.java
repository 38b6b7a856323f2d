package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Cosign;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Refused;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import dev.pratique.proxy.e2e.rig.Web;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No digest is served but as a part of an admitted image of the repository in which it is asked for. */
@Tag("e2e")
class MembershipE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['upstream.test/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private static Stock stock;
    private static Front front;
    private static RunningProxy proxy;
    private static Tool crane;

    @BeforeAll
    static void start() {
        crane = Tool.named("crane");
        stock = Stock.of(Registry.Kind.REFERRERS);
        front = Front.before(stock.registry());
        proxy = stock.config()
                .upstream("upstream.test", front.url())
                .settings("tags: {ttl: 1s, staleIfError: 1h}")
                .policy(POLICY)
                .start();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, front);
    }

    @Test
    void nothing_of_a_refused_image_can_be_had_by_its_digest() {
        Image one = stock.app(stock.current(), "signed/refused");
        Image two = stock.app(stock.current(), "signed/refused");
        Image index = stock.images().index("signed/refused", "all", one, two);
        Web.Answer named = Web.get(manifest("signed/refused", "all"));
        assertThat(Refused.of(named)).isEqualTo(new Refused(403, "DENIED", "UNSIGNED"));

        for (Image image : List.of(index, one, two)) {
            assertNothing("signed/refused", image.digest(), "manifests");
            assertNothing("signed/refused", image.digest(), "blobs");
            for (String part : stock.images().listed(image)) {
                assertNothing("signed/refused", part, "blobs");
                assertNothing("signed/refused", part, "manifests");
            }
        }
    }

    @Test
    void a_part_of_an_admitted_image_is_none_of_another_repository() {
        Image admitted = stock.signedApp("signed/mine");
        Pulled.by(crane, admitted.tagged(proxy.host()));
        stock.signedApp("signed/yours");

        for (String part : stock.images().listed(admitted)) {
            assertThat(Web.get(blob("signed/mine", part)).status()).isEqualTo(200);
            long before = proxy.pulls("refused", "BLOB_UNKNOWN");
            Web.Answer elsewhere = Web.get(blob("signed/yours", part));
            assertThat(Refused.of(elsewhere).reason()).as(elsewhere.toString()).isEqualTo("BLOB_UNKNOWN");
            assertThat(proxy.pulls("refused", "BLOB_UNKNOWN")).isEqualTo(before + 1);
        }
    }

    @Test
    void listing_a_stored_layer_in_another_repositorys_signed_manifest_does_not_give_it_away() {
        Image secret = stock.signedApp("signed/secret");
        Pulled.by(crane, secret.tagged(proxy.host()));
        List<String> parts = stock.images().listed(secret);
        String layer = parts.get(parts.size() - 1);
        // This registry takes a manifest whose layers nobody uploaded to its repository; one that asks who may read
        // what does not serve them there.
        stock.images().copy("signed/secret:1.0", "signed/thief:1.0");
        Stock.signer(Stock.ACME)
                .sign(
                        Cosign.Layout.BUNDLE,
                        new Image("signed/thief", "1.0", secret.digest())
                                .pinned(stock.registry().host()));
        front.fail("/v2/signed/thief/blobs/" + layer, Fault.status(404));

        Web.Answer manifest = Web.get(manifest("signed/thief", "1.0"));
        Web.Answer stolen = Web.get(blob("signed/thief", layer));

        assertThat(manifest.status()).as(manifest.toString()).isEqualTo(200);
        assertThat(stolen.status()).as(stolen.toString()).isEqualTo(404);
        assertThat(Web.get(blob("signed/secret", layer)).status()).isEqualTo(200);
        front.heal();
    }

    @Test
    void a_catalog_edit_while_the_upstream_is_down_judges_stored_images_anew() {
        Image app = stock.signedApp("signed/stored");
        Front mortal = Front.before(stock.registry());
        try (RunningProxy alone = stock.config()
                .upstream("upstream.test", mortal.url())
                .settings("tags: {ttl: 1s, staleIfError: 1h}")
                .policy(POLICY)
                .start()) {
            Pulled before = Pulled.by(crane, app.tagged(alone.host()));
            mortal.close();

            String first = alone.revision();
            alone.config().catalog(stock.catalog() + stock.entry(stock.stranger(), "approved: 2024-01-01"));
            alone.awaitOtherRevision(first);
            Pulled after = Pulled.by(crane, app.pinned(alone.host()));
            Tool.Ran byTag = crane.run("manifest", app.tagged(alone.host()));

            String second = alone.revision();
            alone.config().catalog("version: 2\nbases:\n" + stock.entry(stock.current(), "endOfLife: 2025-01-01"));
            alone.awaitOtherRevision(second);
            Tool.Ran retired = crane.run("manifest", app.pinned(alone.host()));

            assertThat(after.sameBytesAs(before)).isTrue();
            assertThat(byTag.succeeded()).as(byTag.toString()).isTrue();
            assertThat(retired.said()).contains("BASE_END_OF_LIFE");
            assertThat(alone.pulls("refused", "BASE_END_OF_LIFE")).isPositive();
        } finally {
            mortal.close();
        }
    }

    private static void assertNothing(String repository, String digest, String route) {
        Web.Answer answer = Web.get(proxy.url() + "/v2/" + repository + "/" + route + "/" + digest);
        assertThat(answer.status()).as(answer.toString()).isBetween(403, 404);
        assertThat(Refused.of(answer).reason())
                .as(answer.toString())
                .isIn("UNSIGNED", "BLOB_UNKNOWN", "MANIFEST_UNKNOWN");
        Web.Answer head = Web.head(proxy.url() + "/v2/" + repository + "/" + route + "/" + digest);
        assertThat(head.status()).isEqualTo(answer.status());
    }

    private static String manifest(String repository, String reference) {
        return proxy.url() + "/v2/" + repository + "/manifests/" + reference;
    }

    private static String blob(String repository, String digest) {
        return proxy.url() + "/v2/" + repository + "/blobs/" + digest;
    }
}
