package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Balancer;
import dev.pratique.proxy.e2e.rig.Balancer.Choice;
import dev.pratique.proxy.e2e.rig.Cosign.Layout;
import dev.pratique.proxy.e2e.rig.Ending;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two proxies with the same files: what docs/operating.md says of them, with and without affinity. */
@Tag("e2e")
class ReplicasE2eTest {
    private static final String POLICY = """
            rules:
              - {name: signed, repositories: ['upstream.test/signed/**'], signedBy: {any: [acme]}, base: catalog}
            """;

    private Stock stock;
    private Front front;
    private RunningProxy one;
    private RunningProxy two;
    private Tool crane;

    @BeforeEach
    void start() {
        crane = Tool.named("crane");
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        one = replica();
        two = replica();
    }

    @AfterEach
    void stop() {
        Ending.all(one, two, front);
    }

    @Test
    void the_same_files_are_the_same_revision_and_the_same_answers() {
        Image good = stock.signedApp("signed/alike");
        Image bad = stock.app(stock.current(), "signed/alike-unsigned");

        assertThat(one.revision()).isNotEmpty().isEqualTo(two.revision());
        for (RunningProxy each : List.of(one, two)) {
            assertThat(manifest(each, good).status()).isEqualTo(200);
            assertThat(Refused.of(manifest(each, bad)).reason()).isEqualTo("UNSIGNED");
        }
    }

    @Test
    void a_changed_catalog_counts_at_each_replica_that_has_the_file() {
        Image app = stock.signedApp("signed/retired");
        String catalog = "version: 2\nbases:\n" + stock.entry(stock.current(), "endOfLife: 2025-01-01");
        String before = one.revision();

        one.config().catalog(catalog);
        one.awaitOtherRevision(before);

        assertThat(one.revision()).isNotEqualTo(two.revision());
        assertThat(Refused.of(manifest(one, app)).reason()).isEqualTo("BASE_END_OF_LIFE");
        assertThat(manifest(two, app).status()).isEqualTo(200);
        two.config().catalog(catalog);
        two.awaitOtherRevision(before);
        assertThat(two.revision()).isEqualTo(one.revision());
        assertThat(Refused.of(manifest(two, app)).reason()).isEqualTo("BASE_END_OF_LIFE");
    }

    @Test
    void each_replica_judges_and_fetches_for_itself() {
        Image app = stock.signedApp("signed/own");
        Pulled.by(crane, app.tagged(one.host()));
        front.forget();

        Pulled.by(crane, app.tagged(two.host()));

        assertThat(front.seen()).anyMatch(seen -> seen.path().contains("/blobs/"));
        assertThat(two.metric("pratique_pulls_total", "answer=\"admitted\"")).isPositive();
    }

    @Test
    void a_layer_is_unknown_to_a_replica_that_was_not_asked_for_its_image() {
        Image app = stock.signedApp("signed/apart");
        List<String> parts = stock.images().listed(app);
        assertThat(manifest(one, app).status()).isEqualTo(200);

        for (String part : parts) {
            Web.Answer unknown = blob(two, app, part);
            assertThat(Refused.of(unknown))
                    .as(unknown.toString())
                    .isEqualTo(new Refused(404, "BLOB_UNKNOWN", "BLOB_UNKNOWN"));
        }

        assertThat(Web.head(two.url() + app.manifestPath()).status()).isEqualTo(200);
        for (String part : parts) {
            assertThat(blob(two, app, part).status()).isEqualTo(200);
        }
    }

    @Test
    void a_child_that_only_its_index_vouches_for_is_refused_by_a_replica_that_was_not_asked_for_the_index() {
        Image child = stock.app(stock.current(), "signed/kin");
        Image index = stock.images().index("signed/kin", "all", child);
        Stock.signer(Stock.ACME)
                .sign(Layout.BUNDLE, index.pinned(stock.registry().host()));
        assertThat(Web.get(one.url() + index.manifestPath()).status()).isEqualTo(200);

        assertThat(Web.get(one.url() + child.manifestPath()).status()).isEqualTo(200);
        Web.Answer apart = Web.get(two.url() + child.manifestPath());
        assertThat(Refused.of(apart).reason()).as(apart.toString()).isEqualTo("UNSIGNED");
    }

    @Test
    void a_pull_whose_requests_alternate_fails_until_each_replica_was_asked_for_the_image() {
        Image app = stock.signedApp("signed/alternating");
        try (Balancer balancer = Balancer.before(Choice.IN_TURN, List.of(one, two))) {
            Tool.Ran pull = crane.run("pull", app.tagged(balancer.host()), "/dev/null");

            assertThat(pull.succeeded()).as(pull.toString()).isFalse();
            assertThat(pull.said()).contains("BLOB_UNKNOWN");
            assertThat(manifest(one, app).status()).isEqualTo(200);
            assertThat(manifest(two, app).status()).isEqualTo(200);
            Pulled.by(crane, app.tagged(balancer.host()));
        }
    }

    @Test
    void with_affinity_pulls_are_whole_and_go_on_at_the_other_replica_when_one_is_gone() {
        Image app = stock.signedApp("signed/sticky");
        Image child = stock.app(stock.current(), "signed/sticky-kin");
        Image index = stock.images().index("signed/sticky-kin", "all", child);
        Stock.signer(Stock.ACME)
                .sign(Layout.BUNDLE, index.pinned(stock.registry().host()));
        Pulled there = Pulled.by(crane, app.tagged(stock.registry().host()));
        try (Balancer balancer = Balancer.before(Choice.BY_SOURCE, List.of(one, two))) {
            assertThat(Pulled.by(crane, app.tagged(balancer.host())).sameBytesAs(there))
                    .isTrue();
            Pulled.by(crane, index.tagged(balancer.host()));
            boolean first = one.metric("pratique_pulls_total") > 0;
            assertThat((first ? two : one).metric("pratique_pulls_total")).isZero();

            (first ? one : two).close();

            assertThat(Pulled.by(crane, app.tagged(balancer.host())).sameBytesAs(there))
                    .isTrue();
            Pulled.by(crane, index.tagged(balancer.host()));
            assertThat((first ? two : one).metric("pratique_pulls_total")).isPositive();
        }
    }

    private RunningProxy replica() {
        return stock.config()
                .upstream("upstream.test", front.url())
                .policy(POLICY)
                .start();
    }

    private static Web.Answer manifest(RunningProxy proxy, Image image) {
        return Web.get(proxy.url() + "/v2/" + image.repository() + "/manifests/" + image.tag());
    }

    private static Web.Answer blob(RunningProxy proxy, Image image, String digest) {
        return Web.get(proxy.url() + "/v2/" + image.repository() + "/blobs/" + digest);
    }
}
