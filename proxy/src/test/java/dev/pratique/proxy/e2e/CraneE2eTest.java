package dev.pratique.proxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pratique.proxy.e2e.rig.Authority;
import dev.pratique.proxy.e2e.rig.Ending;
import dev.pratique.proxy.e2e.rig.Fault;
import dev.pratique.proxy.e2e.rig.Front;
import dev.pratique.proxy.e2e.rig.Image;
import dev.pratique.proxy.e2e.rig.Pulled;
import dev.pratique.proxy.e2e.rig.Registry;
import dev.pratique.proxy.e2e.rig.RunningProxy;
import dev.pratique.proxy.e2e.rig.Stock;
import dev.pratique.proxy.e2e.rig.Tool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Real crane behind the proxy, over HTTPS with a private authority. */
@Tag("e2e")
class CraneE2eTest {
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
        stock = Stock.of(Registry.Kind.TAGS);
        front = Front.before(stock.registry());
        Authority authority = Authority.create();
        crane = Tool.named("crane")
                .with("SSL_CERT_FILE", authority.certificate().toString());
        proxy = stock.config()
                .upstream("upstream.test", front.url())
                .policy(POLICY)
                .https(authority)
                .start();
    }

    @AfterEach
    void heal() {
        front.heal();
    }

    @AfterAll
    static void stop() {
        Ending.all(proxy, front);
    }

    @Test
    void an_admitted_image_is_pulled_byte_for_byte_by_its_path_and_as_of_a_mirror() {
        Image app = stock.signedApp("signed/crane");
        front.forget();

        Pulled byPath = Pulled.by(crane, app.tagged(proxy.host() + "/upstream.test"));
        Pulled ofMirror = Pulled.by(crane, app.pinned(proxy.host()));

        Pulled there =
                Pulled.by(Tool.named("crane"), app.tagged(stock.registry().host()));
        assertThat(byPath.sameBytesAs(there)).isTrue();
        assertThat(ofMirror.sameBytesAs(there)).isTrue();
        assertThat(front.seen()).isNotEmpty().allMatch(Front.Seen::fromProxy);
    }

    @Test
    void an_unsigned_image_is_refused_with_its_reason() {
        Image app = stock.app(stock.current(), "signed/crane-unsigned");

        assertTurnedAway(app.tagged(proxy.host() + "/upstream.test"), "UNSIGNED");
        assertTurnedAway(app.pinned(proxy.host()), "UNSIGNED");
    }

    @Test
    void an_image_whose_signatures_cannot_be_read_is_undecided_with_its_reason() {
        Image app = stock.app(stock.current(), "signed/crane-unreadable");
        front.fail(".*/referrers/.*", Fault.status(500));

        assertTurnedAway(app.tagged(proxy.host()), "EVIDENCE_UNREADABLE");
    }

    @Test
    void a_machine_that_does_not_know_the_authority_asks_nothing() {
        Image app = stock.signedApp("signed/crane-stranger");
        front.forget();

        Tool.Ran pull = Tool.named("crane").run("manifest", app.tagged(proxy.host()));

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.said()).contains("x509");
        assertThat(front.seen()).isEmpty();
    }

    private static void assertTurnedAway(String image, String reason) {
        Tool.Ran pull = crane.run("pull", image, "/dev/null");

        assertThat(pull.succeeded()).as(pull.toString()).isFalse();
        assertThat(pull.said()).contains(reason);
        assertThat(front.seen()).allMatch(Front.Seen::fromProxy);
    }
}
